// Tests of policies that are tried on the log at the command line.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Fault } from '#base'
import type { LogEntry } from '#wire'
import { callOf, fakeBroker, machineAt } from './fake-broker.test.ts'
import { simulate } from './policy-simulate.ts'

const hash = 'a'.repeat(64)
const forbid = (name: string) =>
  `@id("no-${name}")\nforbid (principal, action, resource) when { resource.name == "${name}" };\n`

const entries: LogEntry[] = ['/w/a.md', '/w/b.md', '/w/a.md'].map((path, at) => ({
  index: 3 - at,
  // Later than any clock here says.
  time: 4e12,
  event: {
    kind: 'intent',
    who: { assistant: 'claude', executable: '/usr/bin/node', launcher: null },
    what: 'read',
    object: { path },
  },
}))

test('simulate() puts files in the places of those of their names, and says what differs', async (t) => {
  const broker = await fakeBroker({
    'log.list': () => ({ size: 3, entries }),
    'policy.show': () => ({
      version: hash,
      problem: null,
      files: [{ name: 'own.cedar', text: forbid('b.md'), sha256: hash }],
      homes: { user: '/home/ana', keyreeve: [] },
    }),
  })
  t.after(() => broker.close())
  writeFileSync(`${broker.home}/own.cedar`, forbid('a.md'))
  const call = callOf(machineAt(broker.home))
  let document: Record<string, unknown> = {}
  let lines: readonly string[] = []
  const terminal = {
    ...call.terminal,
    data(given: object, shown: readonly string[]) {
      document = { ...given }
      lines = shown
    },
  }
  const asked = { ...call, terminal, arguments: [`${broker.home}/own.cedar`] }
  assert.equal(await simulate(asked), 0)
  assert.deepEqual(
    [document['asked'], document['changed'], document['changes']],
    [
      3,
      3,
      [
        { from: 'click', to: 'deny', count: 2 },
        { from: 'deny', to: 'click', count: 1 },
      ],
    ],
  )
  assert.match(lines[0] ?? '', /^of 3 requests since .* UTC, 3 would have been decided differently$/)
  assert.match(lines.join('\n'), /2 +claude +read +\/w\/a\.md +click -> deny +no-a\.md/)
})

test('simulate() refuses what it cannot try against, and files that do not hold', async (t) => {
  const broker = await fakeBroker({
    'log.list': () => ({ size: 0, entries: [] }),
    'policy.show': () => ({
      version: hash,
      problem: null,
      files: [],
      homes: { user: '/home/ana', keyreeve: [] },
    }),
  })
  t.after(() => broker.close())
  writeFileSync(`${broker.home}/own.cedar`, 'permit (')
  const call = { ...callOf(machineAt(broker.home)), arguments: [`${broker.home}/own.cedar`] }
  const codeOf = (options: Record<string, string>): Promise<unknown> =>
    simulate({ ...call, options }).catch((thrown: unknown) =>
      thrown instanceof Fault ? thrown.code : thrown,
    )
  assert.equal(await codeOf({ against: 'hearsay' }), 'usage')
  assert.equal(await codeOf({}), 'policy-invalid')
})
