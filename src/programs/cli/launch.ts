// Starts a broker and waits until it says that it is ready.
import { Fault, isFaultCode } from '#base'
import { spawn, type ChildProcess } from 'node:child_process'
import { Readable } from 'node:stream'
import * as z from 'zod'
import type { Machine } from './machine.ts'

/**
 * V8's settings for the broker: a young generation of 2 MiB and no optimising compilers, neither for JavaScript nor for
 * the policies' WebAssembly. It waits most of the time; this saves 50 MB and leaves less to attack.
 */
const settings = [
  '--max-semi-space-size=2',
  '--no-opt',
  '--no-maglev',
  '--liftoff-only',
  '--disable-sigusr1',
  '--report-exclude-env',
  '--disable-warning=ExperimentalWarning',
]

/** Milliseconds that a broker has to get ready, or to say why not. */
const patience = 20_000
const longestLine = 16_384

export interface LaunchedBroker {
  readonly isLocked: boolean
  readonly pid: number
  /** Settles with the exit code once the broker has ended; null if a signal ended it. */
  readonly ended: Promise<number | null>
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  /** Lets this process end while the broker goes on. */
  leave(): void
}

const readyLine = z.union([
  z.object({ ready: z.literal(true), locked: z.boolean() }),
  z.object({ error: z.object({ code: z.string().refine(isFaultCode), message: z.string().max(4000) }) }),
])

/**
 * Starts the broker in a session of its own, so that a Ctrl-C in the terminal reaches only whoever started it.
 * @param talk Where its stderr goes: `inherit` while somebody watches it.
 * @throws Fault of the broker, such as `already-running`; `program-gone` if it ends without a word; `timed-out`.
 */
export async function launchBroker(machine: Machine, talk: 'inherit' | 'ignore'): Promise<LaunchedBroker> {
  const child = spawn(machine.node, [...settings, programMain(machine, 'broker')], {
    cwd: '/',
    detached: true,
    // One arena saves glibc some memory.
    env: { ...cleanEnvironment(machine.env), MALLOC_ARENA_MAX: '1' },
    stdio: ['ignore', 'ignore', talk, 'pipe'],
    windowsHide: true,
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', () => resolve(1))
  })
  try {
    const isLocked = await untilReady(child, machine)
    const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => void child.kill(signal)
    return { isLocked, pid: child.pid ?? 0, ended, kill, leave: () => child.unref() }
  } catch (thrown) {
    child.kill('SIGKILL')
    throw thrown
  }
}

/** Path of another program of the same tree: source beside source, compiled beside compiled. */
export function programMain({ main }: Pick<Machine, 'main'>, name: string): string {
  return main.replace(/cli([\\/])main\.(ts|js)$/, (_, slash: string, suffix: string) =>
    [name, `main.${suffix}`].join(slash),
  )
}

/** Whoever set NODE_OPTIONS or an inspector for this process does not get into the broker. */
export function cleanEnvironment(env: Machine['env']): Record<string, string | undefined> {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...rest } = env
  return rest
}

async function untilReady(child: ChildProcess, { clock }: Machine): Promise<boolean> {
  const pipe = child.stdio[3]
  if (!(pipe instanceof Readable)) throw new Fault('program-gone', 'the broker could not be started')
  const cancel = clock.after(patience, () => pipe.destroy(new Fault('timed-out', 'the broker is not ready')))
  try {
    return parseReady(await firstLine(pipe))
  } finally {
    cancel()
    pipe.destroy()
  }
}

async function firstLine(pipe: Readable): Promise<string> {
  let text = ''
  for await (const bytes of pipe) {
    text += String(bytes)
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end)
    if (text.length > longestLine) break
  }
  throw new Fault('program-gone', 'the broker ended before it was ready')
}

function parseReady(line: string): boolean {
  const parsed = readyLine.safeParse(parseJson(line))
  if (!parsed.success) throw new Fault('program-gone', 'the broker did not say whether it is ready')
  if ('ready' in parsed.data) return parsed.data.locked
  throw new Fault(parsed.data.error.code, parsed.data.error.message)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
