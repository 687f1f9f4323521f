// Writes all of it, at once: for workers and sinks, where nobody waits.
import { errorCode } from '#base'
import { writeSync } from 'node:fs'

/** Milliseconds until a full pipe is tried again. */
const pause = 5

/**
 * Writes to a descriptor; to a pipe that is full at the moment, as soon as there is room.
 * @param position Where in the file; without it, at the descriptor's own place.
 * @throws The system's error.
 */
export function writeAll(fd: number, data: string | Uint8Array, position?: number): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  for (let done = 0; done < bytes.length;) {
    done += writeSome(fd, bytes.subarray(done), position === undefined ? null : position + done)
  }
}

function writeSome(fd: number, bytes: Uint8Array, position: number | null): number {
  try {
    return writeSync(fd, bytes, 0, bytes.length, position)
  } catch (thrown) {
    if (errorCode(thrown) !== 'EAGAIN') throw thrown
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
    return 0
  }
}
