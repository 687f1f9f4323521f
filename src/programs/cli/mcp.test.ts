import { Client as NewClient } from '@modelcontextprotocol/client'
import { StdioClientTransport as NewTransport } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, test } from 'node:test'
import { Fault } from '#base'
import type { ReplyOf, RequestOf } from '#wire'
import { fakeBroker, type FakeBroker } from './fake-broker.test.ts'

type Result = {
  content: { type: string; text: string }[]
  structuredContent: Record<string, unknown>
  isError?: boolean
}
type AnyClient = {
  callTool(request: { name: string; arguments?: Record<string, unknown> }, ...rest: never[]): Promise<unknown>
  close(): Promise<void>
}

const main = `${import.meta.dirname}/main.ts`
const clientInfo = { name: 'test-client', version: '1.2.3' }
let broker: FakeBroker
let reads: RequestOf<'file.read'>[] = []
let claims: { name: string; version: string }[] = []
let claimed: (claim: { name: string; version: string }) => void = () => {}
let answerRead: (request: RequestOf<'file.read'>) => ReplyOf<'file.read'> | Promise<ReplyOf<'file.read'>>

const text = 'line one\nnon-ASCII: ü — \u202e\n'
const released = (path: string): ReplyOf<'file.read'> => ({
  status: 'ok',
  path,
  mode: 'text',
  text,
  sha256: createHash('sha256').update(text).digest('hex'),
  lines: null,
  totalLines: 2,
  size: text.length,
  encoding: 'utf-8',
  redactions: [],
})

before(async () => {
  broker = await fakeBroker({
    'client.claim'(claim) {
      claims.push(claim)
      claimed(claim)
    },
    'file.read'(request) {
      reads.push(request)
      return answerRead(request)
    },
    'file.list': ({ path }) => ({
      status: 'ok',
      path,
      entries: [
        { name: 'sub', kind: 'folder', size: 0 },
        { name: 'a\nb', kind: 'file', size: 3 },
      ],
      truncated: true,
    }),
    'access.request': () => ({ status: 'pending', ticket: 'T1', expiresAt: 1_767_225_600_000 }),
    'access.wait': ({ ticket }) =>
      ticket === 'T1'
        ? { status: 'ok', result: { grants: [], refused: [] } }
        : { status: 'denied', code: 'ticket-unknown', message: 'no such ticket', next: 'ask again' },
    'grant.list': () => ({ grants: [] }),
  })
})

after(() => broker.close())

function parameters(home = broker.home) {
  const env = { KEYREEVE_HOME: home, HOME: '/home/person', PATH: process.env['PATH'] ?? '' }
  const args = ['--disable-warning=ExperimentalWarning', main, 'mcp', '--assistant', 'tester']
  return { command: process.execPath, args, env, cwd: tmpdir(), stderr: 'inherit' as const }
}

const clients: Record<string, (home?: string) => Promise<AnyClient>> = {
  async 'v2 client, protocol of 2026'(home) {
    const client = new NewClient(clientInfo, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(new NewTransport(parameters(home)))
    return client
  },
  async 'v2 client, protocol of 2025'(home) {
    const client = new NewClient(clientInfo)
    await client.connect(new NewTransport(parameters(home)))
    return client
  },
  async 'v1 client'(home) {
    const client = new OldClient(clientInfo)
    await client.connect(new OldTransport(parameters(home)))
    return client
  },
}

async function call(client: AnyClient, name: string, args: object): Promise<Result> {
  return (await client.callTool({ name, arguments: { ...args } })) as Result
}

for (const [kind, open] of Object.entries(clients)) {
  test(`mcp() serves a ${kind}`, async (t) => {
    reads = []
    claims = []
    const known = new Promise((resolve) => (claimed = resolve))
    const client = await open()
    t.after(() => client.close())

    answerRead = ({ path }) => released(path)
    const ok = await call(client, 'read_file', { path: '/tmp/a', lines: [[1, 2]], reason: 'why' })
    assert.equal(ok.content[0]?.text, text)
    assert.deepEqual(ok.structuredContent, { ...released('/tmp/a') })
    assert.deepEqual(reads, [{ path: '/tmp/a', lines: [[1, 2]], reason: 'why' }])
    assert.equal(broker.greetings.at(-1)?.assistant, 'tester')
    await known
    assert.deepEqual(claims, [clientInfo])

    answerRead = () => ({ status: 'pending', ticket: 'T1', expiresAt: 1_767_225_600_000 })
    const pending = await call(client, 'read_file', { path: '/tmp/a' })
    assert.deepEqual(pending.structuredContent, {
      status: 'pending',
      ticket: 'T1',
      expiresAt: 1_767_225_600_000,
    })
    assert.match(pending.content[0]?.text ?? '', /wait_for_permission with ticket "T1"/)

    answerRead = () => ({
      status: 'denied',
      code: 'denied-by-policy',
      message: 'no',
      next: 'do not ask again',
    })
    const denied = await call(client, 'read_file', { path: '/tmp/a' })
    assert.equal(denied.isError ?? false, false)
    assert.equal(denied.structuredContent['code'], 'denied-by-policy')
    assert.equal(denied.content[0]?.text, 'Denied (denied-by-policy): no. Next: do not ask again.')

    const listing = await call(client, 'list_files', { path: '~/x', glob: '*' })
    assert.equal(listing.structuredContent['path'], '/home/person/x')
    assert.equal(listing.content[0]?.text, 'sub/\na\\u{a}b  3 bytes\n(more were left out; use a glob)')

    const items = [{ path: '/tmp/a', scope: 'file-session', until: '2026-01-01T00:00:00Z' }]
    const asked = await call(client, 'request_access', { items, reason: 'work' })
    assert.equal(asked.structuredContent['ticket'], 'T1')
    const waited = await call(client, 'wait_for_permission', { ticket: 'T1' })
    assert.deepEqual(waited.structuredContent, { status: 'ok', grants: [], refused: [] })
    const lost = await call(client, 'wait_for_permission', { ticket: 'T2' })
    assert.equal(lost.structuredContent['code'], 'ticket-unknown')
    assert.deepEqual((await call(client, 'list_grants', {})).structuredContent, { status: 'ok', grants: [] })
  })
}

test('mcp() answers hostile arguments with the denied shape and keeps its connection', async (t) => {
  const client = await clients['v2 client, protocol of 2025']!()
  t.after(() => client.close())
  reads = []
  answerRead = ({ path }) => released(path.slice(0, 10))
  const hostile: [string, object][] = [
    ['read_file', {}],
    ['read_file', { path: 7 }],
    ['read_file', { path: '' }],
    ['read_file', { path: 'a'.repeat(4097) }],
    ['read_file', { path: '/a', lines: [[0, 1]] }],
    ['read_file', { path: '/a', lines: [[1, 2, 3]] }],
    ['read_file', { path: '/a', mode: 'raw' }],
    ['read_file', { path: '/a', allow: true }],
    ['read_file', { path: '/a', __proto__: null, constructor: 1 }],
    ['read_file', { path: `~/${'a'.repeat(4094)}` }],
    ['request_access', { items: [], reason: 'x' }],
    ['request_access', { items: [{ path: '/a', scope: 'forever' }], reason: 'x' }],
    ['wait_for_permission', { ticket: '../x' }],
    ['list_grants', { all: true }],
  ]
  for (const [name, args] of hostile) {
    const { structuredContent } = await call(client, name, args)
    assert.deepEqual([name, structuredContent['code']], [name, 'message-invalid'], JSON.stringify(args))
  }
  assert.equal(reads.length, 0)
  const connections = broker.greetings.length
  await call(client, 'read_file', { path: '/a\0b/../\u202e' })
  assert.equal(reads[0]?.path, '/a\0b/../\u202e')
  assert.equal(broker.greetings.length, connections)
})

test('mcp() answers connection-closed when the broker goes away, and connects again at the next call', async (t) => {
  const client = await clients['v2 client, protocol of 2026']!()
  t.after(() => client.close())
  answerRead = () => {
    setImmediate(() => broker.drop())
    return new Promise(() => {})
  }
  const gone = await call(client, 'read_file', { path: '/tmp/a' })
  assert.deepEqual(
    [gone.structuredContent['status'], gone.structuredContent['code']],
    ['denied', 'connection-closed'],
  )
  answerRead = ({ path }) => released(path)
  assert.equal((await call(client, 'read_file', { path: '/tmp/b' })).structuredContent['status'], 'ok')
})

test('mcp() passes a fault of the broker on as a denial with its next step', async (t) => {
  const client = await clients['v1 client']!()
  t.after(() => client.close())
  answerRead = () => {
    throw new Fault('locked', 'the vault is locked')
  }
  const { structuredContent } = await call(client, 'read_file', { path: '/tmp/a' })
  assert.deepEqual(structuredContent, {
    status: 'denied',
    code: 'locked',
    message: 'the vault is locked',
    next: 'run "keyreeve unlock"',
  })
})

test('mcp() stops waiting for a call that the client cancels, and serves the next', async (t) => {
  const client = (await clients['v2 client, protocol of 2025']!()) as unknown as NewClient
  t.after(() => client.close())
  let settle: (() => void) | undefined
  const cancel = new AbortController()
  answerRead = () => {
    cancel.abort()
    return new Promise((resolve) => (settle = () => resolve(released('/late'))))
  }
  await assert.rejects(
    client.callTool({ name: 'read_file', arguments: { path: '/tmp/a' } }, { signal: cancel.signal }),
  )
  settle?.()
  answerRead = ({ path }) => released(path)
  const next = await call(client, 'read_file', { path: '/tmp/b' })
  assert.equal(next.structuredContent['path'], '/tmp/b')
})

test('mcp() answers every tool with a denial where no broker runs and none can be started', async (t) => {
  const home = mkdtempSync(`${tmpdir()}/keyreeve-cli-`)
  mkdirSync(`${home}/run`, { mode: 0o755 })
  const client = await clients['v2 client, protocol of 2025']!(home)
  t.after(async () => {
    await client.close()
    rmSync(home, { recursive: true })
  })
  const { structuredContent } = await call(client, 'list_grants', {})
  assert.deepEqual([structuredContent['status'], structuredContent['code']], ['denied', 'home-insecure'])
})
