// A broker for tests: the real wire on a real socket in a throwaway home, with answers that the test gives.
import { machineClock } from '#base'
import { Channel, placesOf, type Handlers, type Role } from '#wire'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { PassThrough, type Writable } from 'node:stream'
import type { Machine } from './machine.ts'
import { terminalOf } from './terminal.ts'
import type { Call } from './machine.ts'

export interface FakeBroker {
  readonly home: string
  readonly channels: readonly Channel[]
  readonly greetings: readonly { role: Role; assistant?: string | undefined }[]
  /** Ends every connection, as a broker that is killed does. */
  drop(): void
  close(): Promise<void>
}

export const keeperKey = 'A'.repeat(43)

/** Milliseconds are real here: a test of a socket cannot stand still. */
export const realClock = machineClock({ Date, performance, setTimeout })

export function makeHome(): string {
  const home = mkdtempSync(`${tmpdir()}/keyreeve-cli-`)
  mkdirSync(`${home}/run`, { mode: 0o700 })
  return home
}

export async function fakeBroker(
  handlers: Handlers = {},
  options: { home?: string; phase?: 'locked' | 'ready'; keeperKey?: string } = {},
): Promise<FakeBroker> {
  const { home = makeHome(), phase = 'ready' } = options
  const channels: Channel[] = []
  const greetings: FakeBroker['greetings'][number][] = []
  const server = createServer((stream) => {
    const channel = new Channel({
      stream,
      self: 'broker',
      peer: null,
      clock: realClock,
      phase: () => phase,
      handlers: {
        hello(request) {
          channel.peer = request.role
          greetings.push(request)
          return { v: 1, phase, home, keeperKey: options.keeperKey ?? keeperKey }
        },
        ...handlers,
      },
    })
    channels.push(channel)
  })
  await new Promise<void>((resolve) => server.listen(placesOf(machineAt(home)).socket, resolve))
  const drop = (): void => {
    for (const channel of channels.splice(0)) channel.close()
  }
  return {
    home,
    channels,
    greetings,
    drop,
    async close() {
      drop()
      await new Promise((resolve) => server.close(resolve))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export interface TestMachine extends Machine {
  readonly stdin: PassThrough
  readonly output: () => string
  readonly talk: () => string
}

export function machineAt(home: string, extra: Partial<Machine> = {}): TestMachine {
  const stdout = collector()
  const stderr = collector()
  return {
    env: { KEYREEVE_HOME: home },
    userFolder: '/home/person',
    platform: 'linux',
    clock: realClock,
    pause: (delay) => new Promise((resolve) => setTimeout(resolve, delay)),
    random: (length) => new Uint8Array(length).fill(7),
    uid: process.getuid?.() ?? null,
    cwd: '/home/person/project',
    node: process.execPath,
    nodeVersion: process.version,
    main: `${import.meta.dirname}/main.ts`,
    command: '/opt/bin/keyreeve',
    version: '9.9.9',
    stdout: stdout.stream,
    stderr: stderr.stream,
    interrupted: () => new AbortController().signal,
    ...extra,
    stdin: new PassThrough(),
    output: stdout.text,
    talk: stderr.text,
  }
}

export function callOf(machine: Machine, given: Partial<Call> & { isJson?: boolean } = {}): Call {
  const { isJson = false, ...rest } = given
  const terminal = terminalOf({ stdout: machine.stdout, stderr: machine.stderr, isJson })
  return { machine, terminal, arguments: [], options: {}, ...rest }
}

function collector(): { stream: Writable; text: () => string } {
  let text = ''
  const stream = new PassThrough()
  stream.on('data', (bytes) => (text += String(bytes)))
  return { stream, text: () => text }
}
