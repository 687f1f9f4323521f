// Closes the ways on which a crash takes secrets along: diagnostic reports, heap snapshots, core dumps.
import { readFileSync } from 'node:fs'

/** One way that is still open, and what to do. */
export interface Leak {
  readonly code: 'report-environment' | 'heap-snapshot' | 'core-dump' | 'inspector'
  /** What would leave. */
  readonly detail: string
  /** What closes it. */
  readonly next: string
}

/** Of a process, what is read and set here: `process`. */
export interface CrashingProcess {
  readonly execArgv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report?: { excludeEnv?: boolean }
}

const heapFlags = ['--heapsnapshot-near-heap-limit', '--heapsnapshot-signal', '--heap-prof']
const coreFlags = ['--abort-on-uncaught-exception']
const inspectorFlags = ['--inspect', '--inspect-brk', '--inspect-wait']

/**
 * Takes the environment out of diagnostic reports, and names what only the one who starts the process can close. Call it
 * first in a program that handles secrets: `for (const { detail, next } of hardenProcess(process)) …`. A dump of memory
 * cannot be redacted, so that none must be made.
 * @returns What is left to do; empty if all is closed as far as can be told from here.
 */
export function hardenProcess(target: CrashingProcess): Leak[] {
  const flags = [...target.execArgv, ...(target.env['NODE_OPTIONS'] ?? '').split(/\s+/)]
  const has = (names: readonly string[]): boolean =>
    flags.some((flag) => names.includes(flag.replace(/=.*$/s, '').replaceAll('_', '-')))
  return [
    ...reportLeak(target),
    ...leakIf(has(heapFlags), {
      code: 'heap-snapshot',
      detail: 'a flag makes this process write its heap, with every secret in it, to a file',
      next: `start it without ${heapFlags.join(', ')}`,
    }),
    ...leakIf(coreLimit() !== '0' || has(coreFlags), {
      code: 'core-dump',
      detail: 'a crash may write the memory of this process to a core file or hand it to a crash handler',
      next: 'start it with "ulimit -c 0" or LimitCORE=0, and without --abort-on-uncaught-exception',
    }),
    ...leakIf(has(inspectorFlags), {
      code: 'inspector',
      detail: 'whoever reaches the inspector reads the memory of this process',
      next: 'start it without --inspect, and with --disable-sigusr1',
    }),
  ]
}

function reportLeak({ report }: CrashingProcess): Leak[] {
  if (report !== undefined && 'excludeEnv' in report) {
    report.excludeEnv = true
    if (report.excludeEnv) return []
  }
  return [
    {
      code: 'report-environment',
      detail: 'a diagnostic report would hold the environment',
      next: 'use Node 22.13, 23.3 or later, or start it without --report-on-fatalerror and the like',
    },
  ]
}

function leakIf(isOpen: boolean, leak: Leak): Leak[] {
  return isOpen ? [leak] : []
}

/**
 * The soft limit of core files as the kernel tells it, or `0` where there is no such file to read: on other systems.
 * @see proc_pid_limits(5)
 */
function coreLimit(): string {
  try {
    return /^Max core file size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '0'
  } catch {
    return '0'
  }
}
