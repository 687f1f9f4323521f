// Reads the files of a vault, and keeps them private.
import { errorCode, Fault } from '#base'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder that is ours private: itself 0700, each file in it 0600.
 * @returns What had to be put right, one sentence each.
 * @throws Fault `home-insecure` if it, or an entry, is a link or belongs to another user.
 */
export function makePrivate(folder: string): string[] {
  const repairs = repair(folder, 0o700, (stat) => stat.isDirectory())
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) repairs.push(...makePrivate(path))
    else repairs.push(...repair(path, 0o600, (stat) => stat.isFile()))
  }
  return repairs
}

function repair(path: string, mode: number, isExpected: (stat: Stats) => boolean): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  // Another process gave up its try for the lock.
  if (stat === undefined) return []
  if (!isExpected(stat))
    throw new Fault('home-insecure', `${path} is a link or of a kind that was not expected`)
  const uid = process.getuid?.()
  if (uid === undefined) return []
  if (stat.uid !== uid) throw new Fault('home-insecure', `${path} belongs to another user`)
  if ((stat.mode & 0o7777) === mode) return []
  chmodSync(path, mode)
  return [`${path} had mode ${(stat.mode & 0o7777).toString(8)}; it is ${mode.toString(8)} now`]
}

/**
 * Reads a whole file without following a link.
 * @param limit Bytes that it may have at most.
 * @returns Null if there is no such file.
 * @throws Fault `vault-corrupt` if it is no regular file or is larger.
 */
export function readWhole(path: string, limit: number): Uint8Array | null {
  const fd = openToRead(path)
  if (fd === null) return null
  try {
    const stat = fstatSync(fd)
    if (stat.isFile() && stat.size <= limit) return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
  throw new Fault('vault-corrupt', `${path}: larger than a vault file can be`)
}

function openToRead(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null
    if (errorCode(thrown) === 'ELOOP') throw new Fault('vault-corrupt', `${path}: a link stands in its place`)
    if (errorCode(thrown) === 'EACCES')
      throw new Fault('home-insecure', `${path} cannot be read by its own user`)
    throw thrown
  }
}
