// Tests of answers in windows, with a command of the test's own in zenity's place.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test, type TestContext } from 'node:test'
import { shownBlock } from '#base'
import type { Card, RequestOf } from '#wire'
import { callOf, machineAt } from './fake-broker.test.ts'
import { CardQueue } from './watch-queue.ts'
import { answerInWindows } from './watch-windows.ts'
import { zenity } from './window-zenity.ts'

const program = { pid: 7, executable: '/opt/claude', sha256: null, package: null }
const card: Card = {
  id: 'C1',
  kind: 'read',
  tier: 1,
  createdAt: 0,
  expiresAt: 60_000,
  armedAfter: 100,
  caller: {
    assistant: 'claude \u202e',
    destination: 'local',
    proved: { ...program, uid: 1, launcher: null, ancestry: [] },
    claimed: null,
  },
  reason: 'to \u001b[2J<b>see</b>',
  path: '/p/\u200bx',
  lines: null,
  classes: [],
  items: [],
  content: { text: 'exact\u202e text', sha256: 'a'.repeat(64), bytes: 5, redactions: [], size: 5 },
  scopes: ['once', 'file-session'],
  last: null,
  digest: 'd'.repeat(64),
}

/** Shows one card; the script is run once for each window, with its count in $N. */
async function answered(t: TestContext, script: string, shown: Card) {
  const folder = mkdtempSync(`${tmpdir()}/keyreeve-windows-`)
  t.after(() => rmSync(folder, { recursive: true }))
  const count = `echo x >> ${folder}/n; N=$(wc -l < ${folder}/n); cat > ${folder}/text`
  writeFileSync(`${folder}/zenity`, `#!/bin/sh\n${count}\n${script}\n`)
  chmodSync(`${folder}/zenity`, 0o755)
  const decided: RequestOf<'consent.decide'>[] = []
  const queue = new CardQueue()
  queue.add(shown)
  const broker = {
    ask: async (_name: string, request: unknown) => {
      decided.push(request as RequestOf<'consent.decide'>)
      queue.close()
      return {} as never
    },
  }
  const env = { PATH: `${folder}:/usr/bin:/bin` }
  await answerInWindows({ queue, broker, make: zenity, call: callOf(machineAt(folder, { env })) })
  const windows = readFileSync(`${folder}/n`, 'utf8').length / 2
  return { decided, windows, text: readFileSync(`${folder}/text`, 'utf8') }
}

test('answerInWindows() shows a card again if Allow came before it could be read', async (t) => {
  const script = '[ $N -gt 1 ] && sleep 1; echo "Allow once"; exit 1'
  const { decided, windows } = await answered(t, script, card)
  assert.equal(windows, 2)
  assert.deepEqual(decided, [{ id: 'C1', digest: card.digest, decision: 'allow', scope: 'once' }])
})

test('answerInWindows() takes a denial at once, and shows nothing that could pass for ours', async (t) => {
  const { decided, windows, text } = await answered(t, 'exit 0', card)
  assert.deepEqual([windows, decided[0]?.decision], [1, 'deny'])
  assert.equal(text, shownBlock(text))
  assert.match(text, /^│ exact\\u\{202e\} text$/m)
})

test('answerInWindows() lets a window allow nothing that lasts or needs more than a click', async (t) => {
  const others = [
    { ...card, tier: 2 as const },
    { ...card, scopes: ['file-session' as const] },
  ]
  for (const other of others) {
    const { text, decided } = await answered(
      t,
      'case "$*" in *Allow*) echo "Allow once";; esac; exit 0',
      other,
    )
    assert.equal(decided[0]?.decision, 'deny')
    assert.match(text, /can only deny/)
  }
})
