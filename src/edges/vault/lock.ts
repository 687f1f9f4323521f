// Keeps a vault to one process: a lock file that names its holder, and is taken over when the holder is dead.
import { errorCode, Fault, hex, type Random } from '#base'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Takes the lock, or takes it over from a process that is no more. Of several processes that find the same dead holder
 * one wins: the takeover is itself a lock, named after the nonce of the one it replaces.
 * @returns Gives the lock back.
 * @throws Fault `vault-in-use` while a live process holds it.
 */
export function takeLock(path: string, random: Random): () => void {
  const nonce = hex(random(8))
  const own = JSON.stringify({ pid: process.pid, start: startOf(process.pid), nonce })
  const draft = `${path}.${nonce}.tmp`
  writeFileSync(draft, own, { mode: 0o600, flag: 'wx' })
  try {
    claim(path, draft)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (holderOf(path)?.nonce === nonce) rmSync(path, { force: true })
  }
}

function claim(path: string, draft: string): void {
  if (linked(draft, path)) return
  const holder = holderOf(path)
  // Given back in between; a lock that stands is only ever replaced by a takeover.
  if (holder === null) return claim(path, draft)
  if (isAlive(holder)) throw new Fault('vault-in-use', `process ${holder.pid} has this vault open`)
  const takeover = `${path}.${holder.nonce}.tmp`
  claim(takeover, draft)
  try {
    // Whoever was slower finds another holder here, since the one before it kept the takeover until it was done.
    if (holderOf(path)?.nonce !== holder.nonce) throw new Fault('vault-in-use', 'another process was quicker')
    renameSync(takeover, path)
  } catch (thrown) {
    rmSync(takeover, { force: true })
    throw thrown
  }
}

/** A link, unlike a new file, appears with its content. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    if (errorCode(thrown) === 'ENOENT') throw new Fault('vault-in-use', 'another process opens this vault')
    throw thrown
  }
}

/** True for a lock, draft or takeover whose process is no more. */
export function isAbandoned(path: string): boolean {
  const holder = holderOf(path)
  return holder !== null && !isAlive(holder)
}

interface Holder {
  readonly pid: number
  readonly start: string | null
  readonly nonce: string
}

const nobody: Holder = { pid: 0, start: null, nonce: 'none' }

/** Null without a lock; `nobody` for one that is empty or torn, since the machine stopped. */
function holderOf(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isHolder(value) ? value : nobody
  } catch (thrown) {
    return errorCode(thrown) === 'ENOENT' ? null : nobody
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false
  if (!('pid' in value && 'start' in value && 'nonce' in value)) return false
  const { pid, start, nonce } = value
  return Number.isSafeInteger(pid) && (start === null || typeof start === 'string') && isNonce(nonce)
}

function isNonce(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value)
}

function isAlive({ pid, start }: Holder): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (thrown) {
    if (errorCode(thrown) === 'ESRCH') return false
  }
  return startOf(pid) === start
}

/** Start time of a process in clock ticks since boot, so that a pid used again is not taken for the holder. @see proc(5) */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in brackets and may hold blanks and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
