// The log below /api: filters, export, verification and proofs.
import type { LogEntry } from '#wire'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterOf, passes } from './filter.ts'
import { temporaryFolder, writeLog } from '../../edges/journal/fixture.test.ts'
import { startRig } from './rig.test.ts'

const length = 2500

/** Every third is a denial of cursor, the rest are reads of zed. */
function entryAt(index: number): LogEntry {
  const isDenial = index % 3 === 0
  const who = { assistant: isDenial ? 'cursor' : 'zed' }
  const object = { path: `/home/ada/${index}` }
  return { index, time: index, event: { kind: isDenial ? 'denial' : 'intent', what: 'read', who, object } }
}

function rigWithLog() {
  const handlers = {
    'log.list': ({ before = length, limit }: { before?: number | undefined; limit: number }) => {
      const entries = Array.from({ length: Math.min(before, limit) }, (_, at) => entryAt(before - 1 - at))
      return { size: length, entries }
    },
  }
  return startRig({ handlers })
}

test('listLog() gives what passes, across the pages of the broker, and where older entries begin', async (t) => {
  const rig = await rigWithLog()
  t.after(() => rig.stop())
  const headers = await rig.signIn()
  const look = async (query: string) => JSON.parse((await rig.fetch(`/api/log?${query}`, { headers })).text)
  const first = await look('assistant=cursor&limit=500')
  assert.equal(first.entries.length, 500)
  assert.equal(first.older, 1002)
  const second = await look(`assistant=cursor&limit=500&before=${first.older}`)
  assert.equal(second.entries.length, 334)
  assert.equal(second.older, null)
  assert.deepEqual(await look('text=nowhere'), { size: length, entries: [], older: null })
  const plain = await look('limit=2')
  assert.deepEqual([plain.entries.length, plain.older], [2, 2498])
  for (const query of ['kind=odd', 'outcome=odd', `text=${'x'.repeat(300)}`, 'text=a&limit=0']) {
    assert.equal((await rig.fetch(`/api/log?${query}`, { headers })).status, 400, query)
  }
})

test('exportLog() gives every entry that passes, one line of JSON each', async (t) => {
  const rig = await rigWithLog()
  t.after(() => rig.stop())
  const headers = await rig.signIn()
  const { text } = await rig.fetch('/api/log/export?outcome=denied', { headers })
  const lines = text.trimEnd().split('\n')
  assert.equal(lines.length, 834)
  assert.deepEqual(JSON.parse(lines[0] ?? ''), { v: 1, ...entryAt(2499) })
})

test('verify() and prove() look at the files of the log', async (t) => {
  const journal = temporaryFolder(t)
  await writeLog(t, journal, 5)
  const rig = await startRig({ journal })
  t.after(() => rig.stop())
  const headers = await rig.signIn()
  const verified = JSON.parse((await rig.fetch('/api/log/verification', { headers })).text)
  assert.deepEqual([verified.ok, verified.size, verified.problems], [true, 5, []])
  const { proof } = JSON.parse((await rig.fetch('/api/log/3/proof', { headers })).text)
  assert.match(proof, /^c2sp\.org\/tlog-proof@v1\nindex 3\n/)
  assert.equal((await rig.fetch('/api/log/99/proof', { headers })).status, 404)
})

test('passes() knows the kinds and outcomes of events, and lets nothing deleted through a filter', () => {
  const of = (query: string, event: LogEntry['event']): boolean =>
    passes({ index: 0, time: 0, event }, filterOf(new URLSearchParams(query)))
  assert.ok(of('', null))
  assert.ok(!of('text=a', null))
  assert.ok(of('kind=access', { kind: 'denial', what: 'grant' }))
  assert.ok(of('kind=files', { kind: 'outcome', result: 'delivered' }))
  assert.ok(of('kind=answers&outcome=denied', { kind: 'consent', decision: 'timed-out' }))
  assert.ok(of('kind=vault', { kind: 'secret', what: 'set' }))
  assert.ok(of('kind=house', { kind: 'never seen before' }))
  assert.ok(of('outcome=failed', { kind: 'outcome', result: 'undelivered' }))
  assert.ok(!of('outcome=allowed', { kind: 'outcome', result: 'delivered' }))
  assert.ok(of('text="quoted"', { path: '/a/"QUOTED"' }))
})
