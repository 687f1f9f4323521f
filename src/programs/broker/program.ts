// Starts a program of the house as a child, with a pipe of its own and nothing inherited.
import { Fault, type Clock } from '#base'
import { Channel, type Handlers } from '#wire'
import { spawn, type ChildProcess } from 'node:child_process'
import { Duplex } from 'node:stream'
import { permissions, settings, type ProgramName } from './rights.ts'

export interface Program {
  readonly name: ProgramName
  readonly pid: number
  readonly channel: Channel
  /** Settles when the process has ended. */
  readonly ended: Promise<void>
  /** Closes the pipe, which ends the program, and kills it if it stays. */
  stop(): Promise<void>
}

export interface ProgramOptions {
  readonly name: ProgramName
  readonly arguments: readonly string[]
  /** Only what the program needs, such as the address of the session bus. */
  readonly env: Readonly<Record<string, string>>
  readonly handlers: Handlers
  readonly clock: Clock
  /** Phase that this side of the pipe is in. */
  readonly phase: () => 'locked' | 'ready'
}

/** A program that was asked to end gets this long. */
const patience = 2000

/**
 * Starts a program. Its stdout is discarded, its stderr is ours; it has no stdin, an empty environment but for `env`,
 * and fd 3 as its channel.
 * @throws Fault `program-gone` if the process cannot be started.
 */
export function startProgram(options: ProgramOptions): Program {
  const child = spawn(process.execPath, argumentsOf(options), {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    // An empty NODE_OPTIONS keeps our own flags, and a stranger's, out of the child; one arena saves glibc some memory.
    env: { ...options.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '1' },
    // A group of its own: Ctrl-C at our terminal is for us to pass on.
    detached: true,
    windowsHide: true,
  })
  const pipe = child.stdio[3]
  if (child.pid === undefined || !(pipe instanceof Duplex)) {
    child.on('error', () => {})
    throw new Fault('program-gone', `the ${options.name} could not be started`)
  }
  const { name, handlers, clock, phase } = options
  const channel = new Channel({ stream: pipe, self: 'broker', peer: name, handlers, clock, phase })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => channel.close())
  return { name, pid: child.pid, channel, ended, stop: () => stopChild(child, channel, { ended, clock }) }
}

function argumentsOf({ name, arguments: own }: ProgramOptions): string[] {
  const isSource = import.meta.filename.endsWith('.ts')
  const folder = name === 'editor' ? 'reader' : name
  const main = new URL(`../${folder}/main.${isSource ? 'ts' : 'js'}`, import.meta.url).pathname
  return [...permissions[name], ...settings[name], '--disable-warning=ExperimentalWarning', main, ...own]
}

async function stopChild(
  child: ChildProcess,
  channel: Channel,
  { ended, clock }: { ended: Promise<void>; clock: Clock },
): Promise<void> {
  channel.close()
  const cancel = clock.after(patience, () => child.kill('SIGKILL'))
  await ended
  cancel()
}
