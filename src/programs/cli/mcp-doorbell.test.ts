// Tests of the doorbell at the client: a link that decides nothing.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ElicitRequestSchema, type ElicitRequest } from '@modelcontextprotocol/sdk/types.js'
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test, type TestContext } from 'node:test'
import type { ReplyOf } from '#wire'
import { fakeBroker } from './fake-broker.test.ts'

const main = `${import.meta.dirname}/main.ts`

const status: ReplyOf<'status'> = {
  phase: 'ready',
  version: '1',
  home: '/h',
  pid: 1,
  startedAt: 0,
  keystore: { kind: 'file', assurance: 'file', place: '/h/k' },
  journal: null,
  console: { port: 4242 },
  gateway: null,
  programs: [],
  assistants: [],
  pending: 1,
  questions: { today: 1, budget: 25 },
  grants: 0,
}

/** Reads a file of which the person is asked for longer than the doorbell waits. */
async function readSlowly(
  t: TestContext,
  elicitation: { url?: object; form?: Record<string, unknown> } | undefined,
) {
  let answer: (reply: ReplyOf<'file.list'>) => void = () => {}
  const broker = await fakeBroker({
    'file.list': () => new Promise<ReplyOf<'file.list'>>((resolve) => (answer = resolve)),
    status: () => status,
  })
  t.after(() => broker.close())
  const capabilities = elicitation === undefined ? {} : { elicitation }
  const client = new Client({ name: 'test', version: '1' }, { capabilities })
  const rung: ElicitRequest['params'][] = []
  const denial = { status: 'denied', code: 'consent-refused', message: 'no', next: 'no' } as const
  if (elicitation !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      rung.push(params)
      // The client says yes; the person, a moment later, says no.
      setTimeout(() => answer(denial), 200)
      return { action: 'accept' }
    })
  }
  const args = ['--disable-warning=ExperimentalWarning', main, 'mcp', '--assistant', 'tester']
  const env = { KEYREEVE_HOME: broker.home, HOME: '/home/person', PATH: process.env['PATH'] ?? '' }
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env, cwd: tmpdir(), stderr: 'inherit' }),
  )
  t.after(() => client.close())
  if (elicitation?.url === undefined) setTimeout(() => answer(denial), 4000)
  const result = await client.callTool({ name: 'list_files', arguments: { path: '/tmp' } })
  return { rung, result: result.structuredContent as Record<string, unknown> }
}

test('ClientDoorbell shows a link that holds nothing, and takes no yes from the client', async (t) => {
  const { rung, result } = await readSlowly(t, { url: {} })
  assert.equal(rung.length, 1)
  assert.equal(rung[0]?.mode, 'url')
  assert.equal('url' in rung[0] && rung[0].url, 'http://console.localhost:4242/')
  assert.equal(result['code'], 'consent-refused')
})

test('ClientDoorbell leaves clients alone that show no links', async (t) => {
  for (const elicitation of [undefined, { form: {} }]) {
    const { rung, result } = await readSlowly(t, elicitation)
    assert.deepEqual(rung, [])
    assert.equal(result['code'], 'consent-refused')
  }
})
