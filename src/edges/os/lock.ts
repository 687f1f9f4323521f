// Keeps a folder to one process: a file in it says by its name which process that is.
import { errorCode, Fault, type FaultCode } from '#base'
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { statOf } from './processes.ts'

/** How a refusal says what is held. */
export interface LockOptions {
  /** Code of the refusal. */
  readonly busy: FaultCode
  /** The folder in words: `process 42 holds WHAT`. */
  readonly what: string
}

/**
 * Claims a folder for this process by an empty file `lock-PID-START-BOOT`. First the claim is made, then the others are
 * looked at: of two that start at the same moment at least one sees the other, so never both hold it (both may be
 * refused). Claims of processes that have ended, also before the machine was started again, are removed. Processes of
 * another container that shares the folder are not seen.
 * @param folder Ours, private, and there.
 * @returns Gives the folder free.
 * @throws Fault `busy` if a living process, this one too, holds it; its message names the pid.
 */
export function lockFolder(folder: string, { busy, what }: LockOptions): () => void {
  const mine = ownClaim()
  const release = (): void => rmSync(join(folder, mine), { force: true })
  const refusal = (claim: string): Fault => new Fault(busy, `process ${claim.split('-')[1]} holds ${what}`)
  if (!make(join(folder, mine))) throw refusal(mine)
  try {
    const others = readdirSync(folder).filter((name) => name.startsWith('lock-') && name !== mine)
    const holder = others.find(isAlive)
    if (holder !== undefined) throw refusal(holder)
    for (const dead of others) rmSync(join(folder, dead), { force: true })
  } catch (thrown) {
    release()
    throw thrown
  }
  return release
}

/** Pid, start and boot name a process for good. Where the system tells neither of the two, they are 0. */
function ownClaim(): string {
  return `lock-${process.pid}-${statOf(process.pid)?.startTime ?? 0}-${bootOf()}`
}

/** False if the file is there already. */
function make(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    throw thrown
  }
}

function isAlive(claim: string): boolean {
  const [, pid, start, boot] = /^lock-([1-9]\d*)-(\d+)-(\w+)$/.exec(claim) ?? []
  if (boot !== bootOf() || !exists(Number(pid))) return false
  const stat = statOf(Number(pid))
  // A process that is there and hidden from us (proc(5), hidepid) may be the one that claimed.
  return stat === null || (String(stat.startTime) === start && !stat.hasEnded)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errorCode(thrown) === 'EPERM'
  }
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
  } catch {
    return '0'
  }
}
