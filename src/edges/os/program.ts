// Says which program a process runs: by the bytes of its file, and by the package that brought the file.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  realpathSync,
} from 'node:fs'
import { processOf } from './processes.ts'

/** What is known of a program; null where it is not. */
export interface Program {
  /** SHA-256, lower-case hex, of the file that the process runs, also if another one took its place since. */
  readonly sha256: string | null
  /** Name and version of the system's package that has the file. Only for files that root alone can change. */
  readonly package: string | null
}

const unknown: Program = { sha256: null, package: null }
const mostKept = 64
const patience = 2000
const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

/** By the file's identity and times: a file cannot be changed without changing its ctime. */
const kept = new Map<string, Promise<Program>>()

/**
 * Identifies the program of a process. Reads all of the file the first time that it sees it.
 * @returns Nulls where the file cannot be read (another user's process), and on other systems than Linux.
 */
export async function programOf(pid: number): Promise<Program> {
  const executable = processOf(pid)?.executable
  if (executable === undefined || !executable.startsWith('/')) return unknown
  try {
    // The link leads to the very file that runs, whatever stands at its path now.
    const fd = openSync(`/proc/${pid}/exe`, constants.O_RDONLY)
    return await identify(fd, executable)
  } catch {
    return unknown
  }
}

function identify(fd: number, executable: string): Promise<Program> {
  const { dev, ino, size, mtimeNs, ctimeNs, uid, mode } = fstatSync(fd, { bigint: true })
  const key = [dev, ino, size, mtimeNs, ctimeNs, executable].join(' ')
  const known = kept.get(key)
  if (known !== undefined) {
    closeSync(fd)
    return known
  }
  const isRoots = uid === 0n && (mode & 0o022n) === 0n
  const found = Promise.all([hashOf(fd), isRoots ? packageOf(executable) : null]).then(
    ([sha256, owner]) => ({ sha256, package: owner }),
    () => unknown,
  )
  if (kept.size >= mostKept) kept.clear()
  kept.set(key, found)
  return found
}

async function hashOf(fd: number): Promise<string> {
  const hash = createHash('sha256')
  const file: AsyncIterable<Uint8Array> = createReadStream('', { fd, highWaterMark: 1024 * 1024 })
  for await (const bytes of file) hash.update(bytes)
  return hash.digest('hex')
}

/** Asks dpkg. Where it does not know the path, or is not there, there is no package. @see dpkg-query(1) */
async function packageOf(executable: string): Promise<string | null> {
  const owner = /^([a-z0-9][a-z0-9+.-]*)(:\w+)?: \//.exec(
    await query('--search', ...namesOf(executable)),
  )?.[1]
  if (owner === undefined) return null
  const version = await query('--show', '--showformat=${Version}', owner)
  return `${owner} ${version}`.trim().slice(0, 128)
}

/** Where `/bin` is a link to `/usr/bin`, dpkg may know a file by either name. */
function namesOf(executable: string): string[] {
  const short = executable.replace(/^\/usr(?=\/s?bin\/)/, '')
  const isSame = short !== executable && existsSync(short) && realpathSync(short) === executable
  return isSame ? [executable, short] : [executable]
}

/** What it prints, also if it did not find all that it was asked for. */
function query(...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: environment, timeout: patience }
    execFile('dpkg-query', words, options, (_failed, stdout) => resolve(stdout))
  })
}
