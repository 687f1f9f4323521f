// What the console's tests share: a console in this process, a broker played at the other end of its pipe, and raw HTTP.
import { ManualClock } from '#base'
import { Channel, type Card, type Handlers, type ReplyOf, type RequestOf } from '#wire'
import { createHash, randomBytes } from 'node:crypto'
import { request, type IncomingHttpHeaders } from 'node:http'
import { duplexPair } from 'node:stream'
import { runConsole } from './console.ts'
import type { Pages } from './pages.ts'

const pages: Pages = new Map([
  ['/', { bytes: Buffer.from('<!doctype html>'), type: 'text/html; charset=utf-8' }],
  ['/app.js', { bytes: Buffer.from('"use strict"'), type: 'text/javascript; charset=utf-8' }],
])

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>
  readonly body?: string
  readonly host?: string
}

export interface Rig {
  readonly clock: ManualClock
  readonly broker: Channel
  readonly port: number
  /** Answers that the console passed on. */
  readonly decisions: RequestOf<'consent.decide'>[]
  /** A request as the page would make it, but for what `sent` changes. */
  fetch(path: string, sent?: Sent): Promise<Answer>
  /** Signs in with a fresh code and gives the headers of a signed-in page. */
  signIn(): Promise<Record<string, string>>
  stop(): Promise<void>
}

export async function startRig({
  handlers = {},
  readPages = () => pages,
  journal = '/nowhere',
}: { handlers?: Handlers; readPages?: () => Pages; journal?: string } = {}): Promise<Rig> {
  const clock = new ManualClock()
  const decisions: RequestOf<'consent.decide'>[] = []
  const [near, far] = duplexPair()
  const ended = runConsole({
    stream: near,
    readPages,
    journal,
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
  })
  const broker = new Channel({
    stream: far,
    self: 'broker',
    peer: 'console',
    clock,
    phase: () => 'ready',
    handlers: {
      'consent.decide': (answer) => {
        decisions.push(answer)
        return {}
      },
      status: () => statusOf(1),
      'vault.status': () => ({ exists: true, unlocked: true, assurance: 'file', slots: [], secrets: 2 }),
      'grant.list': () => ({ grants: [] }),
      'grant.revoke': (asked) => ({ revoked: 'all' in asked ? 3 : 1 }),
      'log.list': ({ limit }) => ({ size: limit, entries: [] }),
      ...handlers,
    },
  })
  const { port } = await broker.ask('console.serve', { port: 0 })
  const rig: Rig = {
    clock,
    broker,
    port,
    decisions,
    fetch: (path, sent = {}) => fetchRaw(port, path, sent),
    async signIn() {
      const { url } = await broker.ask('console.open', {})
      const body = JSON.stringify({ code: codeOf(url) })
      const { text } = await rig.fetch('/api/login', { method: 'POST', body })
      const { token }: { token: string } = JSON.parse(text)
      return { authorization: `Bearer ${token}` }
    },
    async stop() {
      broker.close()
      const timer = setInterval(() => clock.advance(500), 10)
      await ended
      clearInterval(timer)
    },
  }
  return rig
}

export function codeOf(url: string): string {
  return url.slice(url.indexOf('#code=') + '#code='.length)
}

/** The headers of a page of the console; a header that is set to undefined is left out. */
function fetchRaw(
  port: number,
  path: string,
  { method = 'GET', headers, body, host }: Sent,
): Promise<Answer> {
  const all = {
    host: `console.localhost:${port}`,
    'x-keyreeve': '1',
    'sec-fetch-site': 'same-origin',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  }
  const kept = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  return new Promise((resolve, reject) => {
    const asked = request({ host: host ?? '127.0.0.1', port, path, method, headers: kept, agent: false })
    asked.on('error', reject)
    asked.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    asked.end(body)
  })
}

export function statusOf(size: number): ReplyOf<'status'> {
  return {
    phase: 'ready',
    version: '0.1.0',
    home: '/home/ada/keyreeve',
    pid: 1,
    startedAt: 0,
    keystore: { kind: 'file', assurance: 'file', place: 'beside the vault' },
    journal: { size, root: 'root', origin: 'test' },
    console: null,
    gateway: null,
    programs: [],
    assistants: [],
    pending: 0,
    questions: { today: 0, budget: 25 },
    grants: 0,
  }
}

export function cardOf(id: string, over: Partial<Card> = {}): Card {
  const text = 'PORT=3000\n'
  return {
    id,
    kind: 'read',
    tier: 1,
    createdAt: 0,
    expiresAt: 60_000,
    armedAfter: 700,
    caller: {
      assistant: 'claude-desktop',
      destination: 'unknown',
      proved: {
        uid: 1000,
        pid: 7,
        executable: '/usr/bin/node',
        sha256: null,
        package: null,
        launcher: null,
        ancestry: [],
      },
      claimed: null,
    },
    reason: null,
    path: '/home/ada/.env',
    lines: null,
    classes: [],
    items: [],
    content: { text, sha256: sha256(text), bytes: text.length, redactions: [], size: text.length },
    scopes: ['once'],
    last: null,
    digest: sha256(id),
    ...over,
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
