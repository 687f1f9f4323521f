// Reads from a descriptor, and notices when the file is changed meanwhile.
import { Fault } from '#base'
import { fstatSync, read, readSync } from 'node:fs'

/**
 * Runs `use` and gives its result if the file did not change meanwhile; else runs it once more. A change within one
 * tick of the file system's clock that keeps the size goes unnoticed: all bytes still come from the one read.
 * @throws Fault `file-changed` if it changed both times.
 */
export async function steadily<Result>(fd: number, use: () => Result | Promise<Result>): Promise<Result> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const before = stampOf(fd)
    const result = await attemptOf(use)
    if (stampOf(fd) === before) return result()
  }
  throw new Fault('file-changed', 'the file changed while it was read')
}

/**
 * Reads up to `length` bytes from `position`; fewer only at the end of the file.
 * @throws Fault `path-unreadable`
 */
export function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
  return bytes.subarray(0, readInto(fd, bytes, position))
}

/** Fills `bytes` from `position`; gives how many there were. @throws Fault `path-unreadable` */
export function readInto(fd: number, bytes: Uint8Array, position: number): number {
  let filled = 0
  try {
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, position + filled)
      if (count === 0) break
      filled += count
    }
  } catch (cause) {
    throw unreadable(cause)
  }
  return filled
}

/** One read that lets other work go on meanwhile; 0 at the end of the file. @throws Fault `path-unreadable` */
export function readSome(fd: number, bytes: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, bytes, 0, bytes.length, position, (failed, count) => {
      if (failed === null) resolve(count)
      else reject(unreadable(failed))
    })
  })
}

/** Lets other work go on, such as the word that nobody waits any more. @throws What `signal` was aborted with. */
export async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal?.throwIfAborted()
}

/** Holds a failure back too: what a half-changed file made fail counts only if the file then held still. */
async function attemptOf<Result>(use: () => Result | Promise<Result>): Promise<() => Result> {
  try {
    const result = await use()
    return () => result
  } catch (thrown) {
    return () => {
      throw thrown
    }
  }
}

function stampOf(fd: number): string {
  const { size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true })
  return `${size} ${mtimeNs} ${ctimeNs}`
}

function unreadable(cause: unknown): Fault {
  return new Fault('path-unreadable', 'the system does not let us read the file', { cause })
}
