// Says what the system knows of a process and of those that started it.
import { closeSync, constants, openSync, readlinkSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'

/** What the system says of a process. */
export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  /** Path of the running program; `unknown` where the system does not tell us, as for processes of other users. */
  readonly executable: string
  /** True if the file was deleted or replaced since it was started. */
  readonly isReplaced: boolean
  /** Clock ticks from boot to the start: with the pid it names a process for good. */
  readonly startTime: number
  /** Device number of the controlling terminal. */
  readonly tty: number | null
  /** Effective user. */
  readonly uid: number
  /** Effective group. */
  readonly gid: number
  /** At most 64 arguments of 256 characters each. The process can set them: a claim, not a proof. */
  readonly command: readonly string[]
}

const limits = { arguments: 64, argument: 256, bytes: 16 * 1024, ancestors: 64 }

/** Programs that run others, and so tell nothing of who is behind a command; some have a version in their name. */
const carriers: ReadonlySet<string> = new Set(
  [
    'ash bash busybox csh dash elvish fish ksh mksh nu pwsh sh tcsh zsh',
    'bun deno node nodejs perl php pypy python ruby',
    'npm npx pipx pnpm uv uvx yarn',
    'dbus-run-session env nohup script setpriv setsid sudo timeout xargs',
    'keyreeve',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Describes a process.
 * @returns Null if there is none, if it has ended (a zombie too), and on macOS and Windows, which are not written yet.
 * @see proc_pid_stat(5), proc_pid_status(5)
 */
export function processOf(pid: number): ProcessInfo | null {
  if (process.platform !== 'linux' || !Number.isSafeInteger(pid) || pid <= 0) return null
  try {
    const { hasEnded, ...stat } = readStat(pid)
    const info = { pid, ...stat, ...executableOf(pid), ...ownerOf(pid), command: commandOf(pid) }
    // The pid may have gone to another process while we looked.
    return !hasEnded && readStat(pid).startTime === stat.startTime ? info : null
  } catch {
    return null
  }
}

/**
 * The process and those that started it, nearest first, at most 64. The line ends where a parent is gone: a process
 * that is younger than its child only has the pid that the parent had.
 */
export function ancestryOf(pid: number): ProcessInfo[] {
  const line: ProcessInfo[] = []
  let next = processOf(pid)
  while (next !== null && line.length < limits.ancestors) {
    line.push(next)
    const parent = processOf(next.parent)
    next = parent !== null && parent.startTime <= next.startTime ? parent : null
  }
  return line
}

/**
 * The nearest ancestor that is no shell, no interpreter, no command that runs others, and not Keyreeve: most likely
 * the application that the person knows. A process can leave its tree, so this is a hint and no proof.
 * @returns Null where there is none, or the system does not tell what it runs.
 */
export function launcherOf(pid: number): ProcessInfo | null {
  const [, ...ancestors] = ancestryOf(pid)
  return ancestors.find(({ executable }) => !isCarrier(executable)) ?? null
}

/** Tells whether an executable only runs others, or is not known at all. */
export function isCarrier(executable: string): boolean {
  return !executable.startsWith('/') || carriers.has(basename(executable).replace(/-?[\d.]+$/, ''))
}

interface Stat {
  readonly parent: number
  readonly tty: number | null
  readonly startTime: number
  /** True for a zombie: it has ended, and only its parent did not look yet. */
  readonly hasEnded: boolean
}

/** Null where there is no such process, or the system hides it. */
export function statOf(pid: number): Stat | null {
  try {
    return readStat(pid)
  } catch {
    return null
  }
}

function readStat(pid: number): Stat {
  return parseStat(readLimited(`/proc/${pid}/stat`))
}

/** Takes the fields after the name, which the process chooses and which may hold anything, brackets and spaces too. */
export function parseStat(stat: string): Stat {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, tty, startTime] = [1, 4, 19].map((index) => Number(fields[index]))
  if (parent === undefined || startTime === undefined || !Number.isSafeInteger(parent + startTime)) {
    throw new TypeError('no stat of a process')
  }
  return { parent, tty: tty || null, startTime, hasEnded: fields[0] === 'Z' || fields[0] === 'X' }
}

function executableOf(pid: number): { executable: string; isReplaced: boolean } {
  const link = `/proc/${pid}/exe`
  const mark = ' (deleted)'
  try {
    const executable = readlinkSync(link)
    const isReplaced = executable.endsWith(mark) && !isSameFile(executable, link)
    return { executable: isReplaced ? executable.slice(0, -mark.length) : executable, isReplaced }
  } catch {
    return { executable: 'unknown', isReplaced: false }
  }
}

/** A program may really be called "x (deleted)". */
function isSameFile(path: string, link: string): boolean {
  const named = statSync(path, { throwIfNoEntry: false })
  const running = statSync(link)
  return named?.ino === running.ino && named.dev === running.dev
}

function ownerOf(pid: number): { uid: number; gid: number } {
  const status = readLimited(`/proc/${pid}/status`)
  const [uid, gid] = ['Uid', 'Gid'].map(
    (name) => new RegExp(`^${name}:\\t\\d+\\t(\\d+)`, 'm').exec(status)?.[1],
  )
  if (uid === undefined || gid === undefined) throw new TypeError('no status of a process')
  return { uid: Number(uid), gid: Number(gid) }
}

function commandOf(pid: number): string[] {
  const words = readLimited(`/proc/${pid}/cmdline`).split('\0')
  if (words.at(-1) === '') words.pop()
  return words.slice(0, limits.arguments).map((word) => word.slice(0, limits.argument))
}

function readLimited(path: string): string {
  const fd = openSync(path, constants.O_RDONLY)
  try {
    const bytes = Buffer.alloc(limits.bytes)
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(fd)
  }
}
