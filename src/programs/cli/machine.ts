// What main.ts lends to the commands: the machine, the person's streams, and the wish to stop.
import type { Clock, Random } from '#base'
import type { Surroundings } from '#wire'
import type { Readable, Writable } from 'node:stream'
import type { Terminal } from './terminal.ts'

export interface Machine extends Surroundings {
  readonly clock: Clock
  /** Waits that many milliseconds; unlike a wait by `clock`, it keeps the process alive meanwhile. */
  readonly pause: (delay: number) => Promise<void>
  readonly random: Random
  /** Numeric user id, or null where the system has none. */
  readonly uid: number | null
  readonly cwd: string
  /** Node's executable, for the programs that are started. */
  readonly node: string
  readonly nodeVersion: string
  /** Path of main.ts or main.js: the programs beside it are started from the same tree. */
  readonly main: string
  /** What an assistant's configuration names to start the shim: absolute, since desktop apps have a PATH of their own. */
  readonly command: string
  /** Version of the package. */
  readonly version: string
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. A command that asks for it ends by itself from then on. */
  readonly interrupted: () => AbortSignal
}

/** One run of a command. */
export interface Call {
  readonly machine: Machine
  readonly terminal: Terminal
  /** Arguments in order; a missing optional one is undefined. */
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}
