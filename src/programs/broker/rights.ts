// The programs that the broker starts, and with which of Node's permission flags.

/** Programs that run as children of the broker. */
export type ProgramName = 'keeper' | 'reader' | 'editor' | 'console' | 'tokens' | 'gateway'

/**
 * Flags per program: a seat belt, not a boundary. The keeper runs without it, since fsync throws under it and addons
 * step over it; nor does the editor, which is
 * the reader's code with the right to write and syncs what it writes. `floors.ts` shows this table to the tools.
 */
export const permissions: Readonly<Record<ProgramName, readonly string[]>> = {
  keeper: [],
  reader: ['--permission', '--allow-fs-read=*'],
  editor: [],
  console: ['--permission', '--allow-fs-read=*', '--allow-net'],
  tokens: ['--permission', '--allow-fs-read=*', '--allow-net'],
  gateway: ['--permission', '--allow-fs-read=*', '--allow-net'],
}

const safe = ['--disable-sigusr1', '--report-exclude-env'] as const

/**
 * V8's settings per program: a limit, so that a runaway program dies instead of the machine; a young generation of
 * 1 MiB; and no optimising compilers where nothing is computed for long, which saves 10 MB each and leaves less to
 * attack. `--disable-sigusr1` keeps a signal from opening the inspector, `--report-exclude-env` the environment out of reports.
 */
export const settings: Readonly<Record<ProgramName, readonly string[]>> = {
  keeper: [...frugal(128), '--no-opt', '--no-maglev'],
  reader: [...frugal(256), '--single-threaded'],
  editor: [...frugal(256), '--single-threaded'],
  console: [...frugal(128), '--no-opt', '--no-maglev'],
  tokens: [...frugal(128), '--no-opt', '--no-maglev'],
  gateway: ['--max-old-space-size=256', '--max-semi-space-size=8', ...safe],
}

function frugal(mebibytes: number): string[] {
  return [`--max-old-space-size=${mebibytes}`, '--max-semi-space-size=1', ...safe]
}
