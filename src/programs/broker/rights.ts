// The programs that the broker starts, and with which of Node's permission flags.

/** Programs that run as children of the broker. */
export type ProgramName = 'keeper' | 'reader' | 'console'

/**
 * Flags per program: a seat belt, not a boundary. The keeper runs without it, since fsync throws under it and addons
 * step over it. `floors.ts` shows this table to the tools.
 */
export const permissions: Readonly<Record<ProgramName, readonly string[]>> = {
  keeper: [],
  reader: ['--permission', '--allow-fs-read=*'],
  console: ['--permission', '--allow-fs-read=*', '--allow-net'],
}

/** Memory limits, in MiB of V8's old space: a runaway program dies instead of the machine. */
export const heaps: Readonly<Record<ProgramName, number>> = { keeper: 128, reader: 256, console: 128 }
