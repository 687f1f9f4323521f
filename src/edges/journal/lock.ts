// One writer a log: a file whose name says which process holds it.
import { errorCode, Fault } from '#base'
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { privateFile } from './folder.ts'

/**
 * Claims the folder for this process. First the claim is made, then the others are looked at: of two that start at the
 * same moment at least one sees the other, so never both hold it. Claims of dead processes are removed.
 * @returns Gives the folder free.
 * @throws Fault `already-running` if a living process (this one too) holds it.
 */
export function lockFolder(folder: string): () => void {
  const mine = `lock-${identityOf(process.pid)}`
  claim(join(folder, mine))
  const release = () => rmSync(join(folder, mine), { force: true })
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('lock-') || name === mine) continue
    if (isAlive(name)) {
      release()
      throw new Fault('already-running', `process ${pidOf(name)} writes this journal`)
    }
    rmSync(join(folder, name), { force: true })
  }
  return release
}

function claim(path: string): void {
  try {
    closeSync(openSync(path, 'wx', privateFile))
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      throw new Fault('already-running', 'this process writes this journal already', { cause: error })
    }
    throw error
  }
}

function isAlive(name: string): boolean {
  const pid = pidOf(name)
  if (!Number.isSafeInteger(pid) || pid < 1 || !exists(pid)) return false
  // A process that came later may have the number of one that is gone; a killed one stays until its parent looks.
  return `lock-${identityOf(pid)}` === name && statOf(pid)[0] !== 'Z'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

function pidOf(name: string): number {
  return Number(name.split('-')[1])
}

/** `pid-start-boot`; on a system without /proc only the number tells processes apart. */
function identityOf(pid: number): string {
  return `${pid}-${startOf(pid)}-${bootOf()}`
}

/** Ticks from the start of the machine to the start of the process. @see proc_pid_stat(5), field 22 */
function startOf(pid: number): string {
  return statOf(pid)[19] ?? '0'
}

/** Fields of the process from the third on: the second, its name in parentheses, may hold anything. */
function statOf(pid: number): string[] {
  const text = readOr(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function bootOf(): string {
  return readOr('/proc/sys/kernel/random/boot_id').slice(0, 8) || '0'
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
