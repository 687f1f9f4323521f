// The file of lasting grants: one line of JSON, one line of HMAC-SHA-256 over it.
import { asFault, errorCode, Fault, hex, utf8, type Milliseconds, type Secret } from '#base'
import { replaceFile, syncFolder } from '#os'
import { messages, type Grant } from '#wire'
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname } from 'node:path'

export interface SavedGrants {
  /** Wall clock of the last writing: time has never been before it. */
  readonly savedAt: Milliseconds
  readonly grants: readonly Grant[]
}

const largest = 8 * 1024 * 1024
/** 1 had no destination, program and policy. What an older version wrote lasted an hour at most, and is left. */
const version = 2

/**
 * Reads the file, makes it private again if it is not, and checks its code before anything in it is parsed.
 * @returns Null where there is no file.
 * @throws Fault `grants-corrupt` for a file that is not exactly what was written.
 */
export function readGrants(file: string, key: Secret): SavedGrants | null {
  try {
    return parse(readPrivately(file), key)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null
    if (thrown instanceof Fault && thrown.code !== 'grants-corrupt') throw thrown
    throw new Fault('grants-corrupt', 'the file of grants was changed or damaged', { cause: thrown })
  }
}

function readPrivately(file: string): string {
  // Neither a link nor a FIFO that someone left at this place may be opened in the file's stead.
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK)
  try {
    const { size, mode } = fs.fstatSync(fd)
    if (!fs.fstatSync(fd).isFile() || size > largest) throw corrupt()
    if ((mode & 0o077) !== 0) fs.fchmodSync(fd, 0o600)
    return fs.readFileSync(fd, 'utf8')
  } finally {
    fs.closeSync(fd)
  }
}

function parse(text: string, key: Secret): SavedGrants {
  const [body = '', code = ''] = text.split('\n')
  const expected = utf8(codeOf(body, key))
  const given = utf8(code)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw corrupt()
  if (text !== `${body}\n${code}\n`) throw corrupt()
  const saved: unknown = JSON.parse(body)
  if (isOlder(saved)) return { savedAt: 0, grants: [] }
  if (!isSaved(saved)) throw corrupt()
  return saved
}

function isOlder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'v' in value && value.v !== version
}

function isSaved(value: unknown): value is SavedGrants {
  if (typeof value !== 'object' || value === null || !('savedAt' in value) || !('grants' in value))
    return false
  const { savedAt, grants } = value
  return typeof savedAt === 'number' && messages['grant.list'].reply.safeParse({ grants }).success
}

/**
 * Replaces the file whole or not at all, and returns when that is on disk.
 * @throws Fault `disk-full` or `internal`; the file is then as it was.
 */
export function writeGrants(file: string, key: Secret, { savedAt, grants }: SavedGrants): void {
  const body = JSON.stringify({ v: version, savedAt, grants })
  try {
    replaceFile(file, utf8(`${body}\n${codeOf(body, key)}\n`))
  } catch (thrown) {
    throw asFault(thrown, 'the grants could not be saved')
  }
}

/** Removes the file, so that no grant in it can come back. */
export function removeGrants(file: string): void {
  try {
    fs.rmSync(file, { force: true })
    syncFolder(dirname(file))
  } catch (thrown) {
    throw asFault(thrown, 'the grants could not be removed')
  }
}

function codeOf(body: string, key: Secret): string {
  return key.lend((bytes) =>
    hex(createHmac('sha256', bytes).update('keyreeve/grants/v1\n').update(body).digest()),
  )
}

function corrupt(): Fault {
  return new Fault('grants-corrupt', 'the file of grants was changed or damaged')
}
