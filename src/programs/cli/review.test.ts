// Tests of the review at the command line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPolicies } from '#policy'
import type { LogEntry } from '#wire'
import { callOf, fakeBroker, machineAt } from './fake-broker.test.ts'
import { review } from './review.ts'

const now = 1_000 * 86_400_000

function entriesOf(count: number, before: number): LogEntry[] {
  const event = {
    kind: 'consent',
    decision: 'allowed',
    method: 'console',
    assistant: 'claude',
    destination: 'cloud:api.example.com',
    asked: 'read',
    paths: ['/home/ana/a b/x'],
    classes: [],
  }
  return Array.from({ length: count }, (_, at) => ({ index: before - 1 - at, time: now - at, event }))
}

test('review() looks through all pages, and its suggestions are policies that hold', async (t) => {
  const asked: (number | undefined)[] = []
  const broker = await fakeBroker({
    'log.list': ({ before = 1500, limit }) => {
      asked.push(before)
      return { size: 1500, entries: entriesOf(Math.min(limit, before), before) }
    },
    'grant.list': () => ({ grants: [] }),
    status: () => ({
      phase: 'ready',
      version: '1',
      home: '/h',
      pid: 1,
      startedAt: 0,
      keystore: { kind: 'file', assurance: 'file', place: '/h/k' },
      journal: null,
      console: null,
      gateway: null,
      programs: [],
      assistants: [],
      pending: 0,
      questions: { today: 1500, budget: 25 },
      grants: 0,
    }),
  })
  t.after(() => broker.close())
  const machine = machineAt(broker.home)
  const call = callOf({ ...machine, clock: { ...machine.clock, now: () => now } })
  let document: { questions: { asked: number }; suggestions: { cedar: string }[] } | null = null
  let lines: readonly string[] = []
  const terminal = {
    ...call.terminal,
    data(given: object, shown: readonly string[]) {
      document = given as typeof document
      lines = shown
    },
  }
  assert.equal(await review({ ...call, terminal }), 0)
  assert.deepEqual(asked, [1500, 500])
  assert.equal(document!.questions.asked, 1500)
  const [suggestion] = document!.suggestions
  assert.match(lines.join('\n'), /You allowed this 1500 times/)
  assert.deepEqual(checkPolicies([{ name: 'own.cedar', text: suggestion!.cedar }]).problems, [])
})
