// A broker played at the far end of the console's pipe, with the real console process behind it.
import { machineClock } from '#base'
import { openLog } from '#journal'
import {
  Channel,
  type Card,
  type Grant,
  type Handlers,
  type LogEntry,
  type Passkey,
  type ReplyOf,
  type RequestOf,
} from '#wire'
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Duplex } from 'node:stream'
import { permissions } from '../../floors.ts'
import { freshKeys, heartbeat, random } from '../../src/edges/journal/fixture.test.ts'
import { mainOf } from '../../tools/trial.ts'
import { PlayedRoutes } from './played-routes.ts'

const web = new URL('../../web/dist', import.meta.url).pathname

const clock = machineClock({ Date, performance, setTimeout })

/** Starts a console and has it listen. */
export async function playBroker(): Promise<PlayedBroker> {
  const folder = mkdtempSync(`${tmpdir()}/keyreeve-console-`)
  await writeJournal(`${folder}/journal`)
  const broker = new PlayedBroker(`${folder}/journal`)
  broker.process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await broker.serve()
  return broker
}

/** As many events as the played log lists: what it lists is made up, what is verified is not. */
async function writeJournal(dir: string): Promise<void> {
  const log = await openLog({ dir, keys: freshKeys(), clock, random })
  while (log.size < 10) await log.append(heartbeat)
  await log.publish()
  await log.close()
}

export class PlayedBroker {
  readonly process: ChildProcess
  readonly channel: Channel
  /** What the person answered, and what was revoked. */
  readonly decisions: RequestOf<'consent.decide'>[] = []
  readonly revoked: RequestOf<'grant.revoke'>[] = []
  readonly routes = new PlayedRoutes()
  readonly changes: RequestOf<'policy.change'>[] = []
  /** Files of the folder of policies. */
  files: ReplyOf<'policy.show'>['files'] = []
  /** This machine as a device. */
  device = enrolledDevice()
  /** What is enrolled. */
  passkeys: Passkey[] = []
  port = 0
  #grants = grantsAtFirst()
  #asked = 0
  readonly #pending = new Set<string>()

  constructor(journal: string) {
    const flags = [...permissions.console, '--disable-warning=ExperimentalWarning']
    this.process = spawn(
      process.execPath,
      [...flags, mainOf('console'), '--web', web, '--journal', journal],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
        env: { NODE_OPTIONS: '' },
      },
    )
    const stream = this.process.stdio[3]
    assert.ok(stream instanceof Duplex)
    const handlers = this.#handlers()
    this.channel = new Channel({
      stream,
      self: 'broker',
      peer: 'console',
      clock,
      phase: () => 'ready',
      handlers,
    })
  }

  async serve(): Promise<void> {
    this.port = (await this.channel.ask('console.serve', { port: 0 })).port
  }

  async link(): Promise<string> {
    return (await this.channel.ask('console.open', {})).url
  }

  /** Sends a card. */
  ask(over: Partial<Card>): Card {
    const card = cardOf(`card-${++this.#asked}`, over)
    this.#pending.add(card.id)
    this.channel.tell('consent.card', card)
    return card
  }

  /** Withdraws what is pending, and gives the grants back. */
  reset(): void {
    for (const id of this.#pending) this.#end(id, 'withdrawn')
    this.decisions.length = 0
    this.revoked.length = 0
    this.routes.reset()
    this.changes.length = 0
    this.files = []
    this.passkeys = []
    this.device = enrolledDevice()
    this.#grants = grantsAtFirst()
  }

  #end(id: string, outcome: RequestOf<'consent.ended'>['outcome']): void {
    if (this.#pending.delete(id)) this.channel.tell('consent.ended', { id, outcome })
  }

  #handlers(): Handlers {
    return {
      ...this.routes.handlers,
      'consent.decide': (answer) => {
        this.decisions.push(answer)
        this.#end(answer.id, answer.decision === 'allow' ? 'allowed' : 'denied')
        return {}
      },
      'grant.list': () => ({ grants: this.#grants }),
      'grant.revoke': (request) => {
        this.revoked.push(request)
        const before = this.#grants.length
        this.#grants = 'all' in request ? [] : this.#grants.filter(({ id }) => id !== request.id)
        return { revoked: before - this.#grants.length }
      },
      'passkey.list': () => ({ passkeys: this.passkeys }),
      'passkey.challenge': () => ({
        challenge: 'A'.repeat(43),
        credentials: this.passkeys.map(({ id }) => id),
      }),
      'log.list': ({ before = 10 }) => ({ size: 10, entries: entries.filter(({ index }) => index < before) }),
      'secret.list': () => ({ secrets }),
      'device.status': () => this.device,
      'device.forget': () => {
        this.device = { device: null, tokens: [] }
        return {}
      },
      'policy.show': () => ({
        version: sha256('policies'),
        problem: null,
        files: this.files,
        homes: { user: '/home/ada', keyreeve: ['/home/ada/.local/state/keyreeve'] },
      }),
      'policy.change': (change) => {
        this.changes.push(change)
        const { file: name, text } = change
        const others = this.files.filter((file) => file.name !== name)
        this.files = [...others, { name, text, sha256: sha256(text) }]
        return { version: sha256(text), ended: this.#grants.length }
      },
      status: () => status,
      'vault.status': () => ({ exists: true, unlocked: true, assurance: 'file', slots: [], secrets: 3 }),
    }
  }
}

function cardOf(id: string, over: Partial<Card>): Card {
  const text = 'NODE_ENV=development\nSTRIPE_KEY=[stripe-secret-key:4f2a]\n\n<img src=x onerror=alert(1)>\n'
  const redactions = [{ detector: 'stripe-secret-key', count: 1 }]
  const now = Date.now()
  return {
    id,
    kind: 'read',
    tier: 1,
    createdAt: now,
    expiresAt: now + 60_000,
    armedAfter: 100,
    caller: callerOf('claude-desktop'),
    reason: null,
    path: '/home/ada/acme/.env',
    lines: [[1, 4]],
    classes: [],
    items: [],
    content: { text, sha256: sha256(text), bytes: text.length, redactions, size: 512 },
    scopes: ['once', 'file-session', 'folder-hour'],
    last: null,
    digest: sha256(id),
    ...over,
  }
}

export function callerOf(assistant: string): Card['caller'] {
  const launcher = {
    pid: 4211,
    executable: '/opt/Claude/claude-desktop',
    sha256: sha256('claude-desktop'),
    package: 'claude-desktop 0.11.6',
  }
  return {
    assistant,
    destination: 'cloud:api.anthropic.com',
    proved: {
      uid: 1000,
      pid: 4300,
      executable: '/usr/bin/node',
      sha256: sha256('node'),
      package: null,
      launcher,
      ancestry: [{ pid: 4211, executable: '/opt/Claude/claude-desktop' }],
    },
    claimed: { name: 'claude-ai', version: '0.11.6' },
  }
}

function grantsAtFirst(): Grant[] {
  const identity = { device: '1', inode: '2' }
  const now = Date.now()
  const times = { createdAt: now, expiresAt: now + 3_600_000, lastUsedAt: null }
  const held = { executable: '/opt/Claude/claude-desktop', program: sha256('p'), policy: sha256('r') }
  const shared = { identity, ...times, ...held, destination: 'local', uses: 0, method: 'console' } as const
  return [
    { id: 'g1', assistant: 'claude-desktop', scope: 'folder-hour', path: '/home/ada/acme', ...shared },
    { id: 'g2', assistant: 'cursor', scope: 'file-session', path: '/home/ada/notes.md', ...shared },
    { id: 'g3', assistant: 'zed', scope: 'file-session', path: `/home/ada/${'long/'.repeat(60)}`, ...shared },
  ]
}

const consent = { level: 1, method: 'console', answeredAt: 0 }
const entries: LogEntry[] = [
  { kind: 'outcome', intent: 8, result: 'delivered' },
  {
    kind: 'intent',
    who: { assistant: 'zed', pid: 12, executable: '/usr/bin/node', launcher: '/opt/zed/zed' },
    what: 'read',
    object: { path: '/home/ada/a' },
    why: { consent },
  },
  {
    kind: 'denial',
    who: { assistant: 'cursor', pid: 13, executable: `/opt/${'deep/'.repeat(40)}cursor`, launcher: null },
    what: 'read',
    object: { path: '/home/ada/.ssh/id_ed25519' },
    code: 'denied-by-policy',
  },
  null,
  ...Array.from({ length: 5 }, (_, at) => ({
    kind: 'consent',
    decision: 'allowed',
    method: 'console',
    assistant: 'claude-desktop',
    destination: 'local',
    asked: 'read',
    paths: [`/home/ada/acme/page-${at}.md`],
    classes: [],
  })),
].map((event, at) => ({ index: 9 - at, time: Date.now(), event }))

const secrets = ['stripe', `long-${'x'.repeat(120)}`].map((name, at) => {
  const createdAt = Date.now() - (at + 1) * 150 * 86_400_000
  return { name, version: at + 1, createdAt, updatedAt: createdAt, bytes: 32 }
})

const status: ReplyOf<'status'> = {
  phase: 'ready',
  version: '0.1.0',
  home: '/home/ada/.local/state/keyreeve',
  pid: 1,
  startedAt: 0,
  keystore: { kind: 'file', assurance: 'file', place: 'beside the vault' },
  journal: { size: 10, root: 'A'.repeat(44), origin: 'keyreeve/test' },
  console: { port: 1 },
  gateway: null,
  programs: [{ name: 'keeper', pid: 2 }],
  assistants: [callerOf('cursor')],
  pending: 0,
  questions: { today: 3, budget: 25 },
  grants: 3,
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function enrolledDevice(): ReplyOf<'device.status'> {
  const device = {
    id: 'dev_9fK2mQ7xTd0a',
    issuer: 'https://tokens.example',
    scope: 'llm.infer:read files:read',
    key: 'A'.repeat(43),
    fingerprint: 'q7Zt1nHk0sVd4mXbYcE8wR2uLpG5jTfAoI3eN6yBvQM',
    since: Date.UTC(2026, 8, 3, 9, 30),
    attestedUntil: Date.UTC(2027, 0, 12, 9, 30),
    server: 'unreachable',
  } as const
  const at = { audience: 'https://gateway.example', scope: 'llm.infer:read' }
  return {
    device,
    tokens: [
      { ...at, state: 'riding-out', expiresIn: 412 },
      { ...at, audience: 'https://files.example', scope: 'files:read', state: 'expired', expiresIn: 0 },
    ],
  }
}
