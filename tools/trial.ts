// A throwaway house of real processes, for journeys, benches and the tour.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Card, Scope } from '#wire'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'

const root = new URL('..', import.meta.url).pathname

export interface TrialOptions {
  /** Run the compiled `dist/` instead of the source. */
  readonly isCompiled?: boolean
  /** Run the source, as a clone does, even where `npm test` has bundled it. */
  readonly isSource?: boolean
  /** Use the session's keystore; without it the house has a file slot. */
  readonly hasKeystore?: boolean
  /** An existing home instead of a fresh one. */
  readonly home?: string
  /** More of the environment, such as a display. */
  readonly extra?: Readonly<Record<string, string>>
}

/** Where `npm test` has laid the programs, bundled; without it they run from source. */
const house = process.env['KEYREEVE_TEST_HOUSE']

/** Main file of a program, for tests that start it themselves. */
export function mainOf(program: string): string {
  return house === undefined
    ? `${root}src/programs/${program}/main.ts`
    : `${house}/programs/${program}/main.js`
}

/** What starts `keyreeve`: a command and its first arguments. */
export function commandOf({ isCompiled, isSource }: TrialOptions = {}): readonly [string, ...string[]] {
  if (isSource === true || (house === undefined && isCompiled !== true)) return [`${root}bin/keyreeve`]
  const main = isCompiled === true ? `${root}dist/bin/keyreeve.js` : mainOf('cli')
  return [process.execPath, '--disable-warning=ExperimentalWarning', main]
}

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Trial {
  readonly home: string
  readonly env: Record<string, string>
  /** Command line and arguments that start the shim. */
  readonly shim: (assistant: string) => { command: string; args: string[]; env: Record<string, string> }
  /** Runs a command of the house, or of another one by its environment. */
  run(args: readonly string[], input?: string, other?: Record<string, string>): Promise<Finished>
  /** An MCP client of the current SDK, connected through the shim. */
  assistant(name: string): Promise<Client>
  console(): Promise<ConsoleSession>
  /** Pids of the running programs, by name. */
  pids(): Promise<Map<string, number>>
  close(): Promise<void>
}

/** Starts a house in a fresh home. */
export async function openTrial(options: TrialOptions = {}): Promise<Trial> {
  const { hasKeystore = false, home = mkdtempSync(`${tmpdir()}/keyreeve-trial-`) } = options
  const env = { ...trialEnv(home, hasKeystore), ...options.extra }
  const [command, ...first] = commandOf(options)
  const run: Trial['run'] = (args, input = '', other = env) =>
    finish({ command: command, args: [...first, ...args], env: other, input })
  const started = await run(['start'])
  if (started.code !== 0) throw new Error(`the house did not start: ${started.stdout}${started.stderr}`)
  const clients: Client[] = []
  const consoles: ConsoleSession[] = []
  const shim = (assistant: string) => ({
    command: command,
    args: [...first, 'mcp', '--assistant', assistant],
    env,
  })
  return {
    home,
    env,
    shim,
    run,
    async assistant(name) {
      const client = new Client({ name: 'trial', version: '1.0.0' })
      await client.connect(new StdioClientTransport({ ...shim(name), stderr: 'ignore' }))
      clients.push(client)
      return client
    },
    async console() {
      const link = JSON.parse((await run(['ui', '--json', '--no-open'])).stdout) as { url: string }
      const session = await ConsoleSession.open(link.url)
      consoles.push(session)
      return session
    },
    async pids() {
      const status = JSON.parse((await run(['status', '--json'])).stdout) as {
        programs: { name: string; pid: number }[]
      }
      return new Map(status.programs.map(({ name, pid }) => [name, pid]))
    },
    async close() {
      for (const session of consoles) session.close()
      await Promise.allSettled(clients.map((client) => client.close()))
      await run(['stop'])
      if (options.home === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

function trialEnv(home: string, hasKeystore: boolean): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'NODE_COMPILE_CACHE',
    ...(hasKeystore ? ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR'] : []),
  ]
  const found = kept.flatMap((name): [string, string][] => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(found), KEYREEVE_HOME: home }
}

interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  readonly input: string
}

function finish({ command, args, env, input }: Command): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** A person at the console, over its ordinary interface. */
export class ConsoleSession {
  readonly #port: number
  readonly #token: string
  readonly #cards: Card[] = []
  readonly #waiting: ((card: Card) => void)[] = []
  #events: IncomingMessage | null = null

  private constructor(port: number, token: string) {
    this.#port = port
    this.#token = token
  }

  /** Signs in with a link's one-time code. */
  static async open(url: string): Promise<ConsoleSession> {
    const { port, hash } = new URL(url)
    const code = new URLSearchParams(hash.slice(1)).get('code')
    return ConsoleSession.enter(Number(port), '/api/login', { code })
  }

  /** Signs in by any of the ways that there are. */
  static async enter(port: number, path: string, body: object): Promise<ConsoleSession> {
    const { token } = (await call({ port, path, body })) as { token: string }
    const session = new ConsoleSession(port, token)
    await session.#follow()
    return session
  }

  /** The next card that comes, or one that is already there. */
  nextCard(): Promise<Card> {
    const card = this.#cards.shift()
    return card === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(card)
  }

  /** Answers a card; for Allow waits until the card takes it. */
  async decide(card: Card, decision: 'allow' | 'deny', scope: Scope = card.scopes[0]!): Promise<unknown> {
    if (decision === 'allow') await new Promise((resolve) => setTimeout(resolve, card.armedAfter + 20))
    return this.post(`/api/consent/${card.id}`, { digest: card.digest, decision, scope })
  }

  post(path: string, body: object): Promise<unknown> {
    return call({ port: this.#port, path, body, token: this.#token })
  }

  get(path: string): Promise<unknown> {
    return call({ port: this.#port, path, token: this.#token })
  }

  close(): void {
    this.#events?.destroy()
  }

  async #follow(): Promise<void> {
    this.#events = await open({ port: this.#port, path: '/api/events', token: this.#token })
    this.#events.on('error', () => {})
    let text = ''
    this.#events.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) this.#take(event)
    })
  }

  #take(event: string): void {
    if (!event.startsWith('data: ')) return
    const { name, data } = JSON.parse(event.slice(6)) as { name: string; data: Card }
    if (name !== 'card') return
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#cards.push(data)
    else waiting(data)
  }
}

/** Asks the console as a page would that is not signed in. */
export function askConsole(port: number, path: string, body: object): Promise<unknown> {
  return call({ port, path, body })
}

interface Call {
  readonly port: number
  readonly path: string
  readonly body?: object
  readonly token?: string
}

function open({ port, path, body, token }: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: `console.localhost:${port}`,
      'x-keyreeve': '1',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, resolve)
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function call(options: Call): Promise<unknown> {
  const answer = await open(options)
  let text = ''
  for await (const bytes of answer) text += String(bytes)
  const parsed = JSON.parse(text || '{}') as object
  if (answer.statusCode !== undefined && answer.statusCode < 400) return parsed
  throw Object.assign(new Error(`${options.path} answered ${answer.statusCode}`), parsed)
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024
}

/** Whether a process has a file open. */
export function holdsOpen(pid: number, path: string): boolean {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === path)
}

/** Null for a descriptor that was closed meanwhile. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** Every byte of every file below a folder, for tests that look for a planted secret. */
export function everyByteBelow(folder: string): Buffer {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Buffer.concat(
    names.filter((entry) => entry.isFile()).map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`)),
  )
}
