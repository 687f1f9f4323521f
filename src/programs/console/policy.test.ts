// Policies below /api: what is checked and tried there, and what is left to the broker.
import { Fault } from '#base'
import type { Handlers, LogEntry, RequestOf } from '#wire'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256, startRig, type Answer } from './rig.test.ts'

const permit = 'permit (principal, action in Action::"files", resource) when { context.consent >= 0 };'
const reads = ['/home/ada/a.md', '/home/ada/a.md', '/home/ada/.ssh/id', '/home/ada/b.md']

const entries: LogEntry[] = reads.map((path, at) => ({
  index: reads.length - at,
  // Later than any clock here says.
  time: 4e12,
  event: {
    kind: 'intent',
    who: { assistant: 'claude', executable: '/usr/bin/node', launcher: null },
    what: 'read',
    object: { path },
  },
}))

function handlers(files: Record<string, string>, changes: RequestOf<'policy.change'>[] = []): Handlers {
  return {
    'policy.show': () => ({
      version: sha256('v'),
      problem: null,
      files: Object.entries(files).map(([name, text]) => ({ name, text, sha256: sha256(text) })),
      homes: { user: '/home/ada', keyreeve: [] },
    }),
    'policy.change': (change) => {
      if (change.before !== null) throw new Fault('policy-changed', 'it is another one by now')
      changes.push(change)
      return { version: sha256('w'), ended: 2 }
    },
    'log.list': () => ({ size: entries.length, entries }),
  }
}

async function asked(own: Handlers, path: string, body: object): Promise<Record<string, unknown>> {
  const rig = await startRig({ handlers: own })
  const headers = await rig.signIn()
  const answer: Answer = await rig.fetch(path, { method: 'POST', body: JSON.stringify(body), headers })
  await rig.stop()
  return { status: answer.status, ...(JSON.parse(answer.text) as object) }
}

test('simulate() counts requests that end otherwise, with the text in the place of its file', async () => {
  const files = {
    'a.cedar': '// nothing',
    'b.cedar': 'forbid (principal, action, resource) when { resource.name == "b.md" };',
  }
  const found = await asked(handlers(files), '/api/policy/trial', { file: 'a.cedar', text: permit })
  assert.deepEqual(
    [found['asked'], found['changed'], found['changes'], found['isCut']],
    [4, 2, [{ from: 'click', to: 'allow', count: 2 }], false],
  )
  const [one] = found['differences'] as { path: string; count: number }[]
  assert.deepEqual([one?.path, one?.count], ['/home/ada/a.md', 2])
})

test('simulate() and check() name the place of what is wrong, in the order of the text', async () => {
  const wrong = {
    file: 'a.cedar',
    text: 'permit (principal, action, resource)\nwhen { resource.x && resource.y };',
  }
  const tried = await asked(handlers({}), '/api/policy/trial', wrong)
  assert.deepEqual([tried['status'], tried['code']], [422, 'policy-invalid'])
  const { problems } = await asked(handlers({ 'b.cedar': 'nonsense' }), '/api/policy/check', wrong)
  const places = (problems as { source: string; line: number; column: number }[]).map(
    ({ source, line, column }) => `${source}:${line}:${column}`,
  )
  assert.deepEqual([...new Set(places)], ['a.cedar:2:8', 'a.cedar:2:22', 'b.cedar:1:9'])
})

test('check() refuses a body without a text', async () => {
  const answer = await asked(handlers({}), '/api/policy/check', { file: 'a.cedar' })
  assert.deepEqual([answer['status'], answer['code']], [400, 'message-invalid'])
})

test('serveApi() leaves a change to the broker, and gives its refusal', async () => {
  const changes: RequestOf<'policy.change'>[] = []
  const change = { file: 'a.cedar', text: permit, before: null }
  const saved = await asked(handlers({}, changes), '/api/policy', change)
  assert.deepEqual([saved['status'], saved['ended'], changes], [200, 2, [change]])
  const refused = await asked(handlers({}), '/api/policy', { ...change, before: sha256('old') })
  assert.deepEqual([refused['status'], refused['code']], [409, 'policy-changed'])
  const outside = await asked(handlers({}), '/api/policy', { ...change, file: '../a.cedar' })
  assert.deepEqual([outside['status'], outside['code']], [400, 'message-invalid'])
})
