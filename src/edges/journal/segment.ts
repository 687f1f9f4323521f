// The segment that is being written: zero-filled ahead, so that a commit costs one write and one fdatasync.
import { errorCode, Fault } from '#base'
import { fdatasyncSync, fstatSync, lstatSync, readlinkSync, writeSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder, privateFile, syncFolder } from './folder.ts'
import { encodeSegmentHeader, longestSegment, segmentHeaderBytes, type SegmentHeader } from './header.ts'

/** A segment grows by this much when less than half of it is left. */
const step = 1024 * 1024
/** Zeroes are synced in pieces, so that a commit that comes between waits for one piece at most. */
const slice = 128 * 1024
const zeroes = Buffer.alloc(slice)

/** Path of a segment below the root of the log. */
export function segmentPath({ day, number }: Pick<SegmentHeader, 'day' | 'number'>): string {
  return `sealed/${day}/${String(number).padStart(8, '0')}.seg`
}

export class SegmentWriter {
  readonly header: SegmentHeader
  readonly path: string
  readonly #file: FileHandle
  /** Where the system says that the open file is; undefined where it does not say. */
  readonly #place: string | undefined
  #used = segmentHeaderBytes
  #allocated = step
  #growth: Promise<void> | undefined
  #growthError: Error | undefined

  private constructor(header: SegmentHeader, path: string, file: FileHandle) {
    this.header = header
    this.path = path
    this.#file = file
    this.#place = placeOf(file.fd)
  }

  /** Makes the file, durable with its header and its first mebibyte before it has its name. */
  static async create(folder: string, header: SegmentHeader): Promise<SegmentWriter> {
    const relative = segmentPath(header)
    const path = join(folder, relative)
    await makeFolder(folder, dirname(relative))
    await rm(`${path}.tmp`, { force: true })
    const file = await open(`${path}.tmp`, 'wx+', privateFile)
    try {
      await file.write(encodeSegmentHeader(header), 0, segmentHeaderBytes, 0)
      await fill(file, segmentHeaderBytes, step)
      await file.sync()
      await rename(`${path}.tmp`, path)
      await syncFolder(dirname(path))
      return new SegmentWriter(header, path, file)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** True if a frame of this length fits under the cap. */
  takes(length: number): boolean {
    return this.#used + length <= longestSegment
  }

  /** True if a frame of this length can be written now: growth must not put zeroes over it later. */
  isReady(length: number): boolean {
    return this.#growth === undefined || this.#used + length <= this.#allocated
  }

  /** Waits until a growth under way is done. */
  async settle(): Promise<void> {
    await this.#growth
  }

  /**
   * Writes a frame and makes it durable. Blocks: in the one file that everything waits for, a hand-over to the thread
   * pool and back costs about as much as the sync itself.
   * @returns Its offset.
   * @throws Fault `journal-unwritable` if the file lost its name; the system's error if it cannot be written. After
   *   any error the segment must not be written again.
   */
  commit(frame: Uint8Array): number {
    if (this.#growthError !== undefined) throw this.#growthError
    const at = this.#used
    writeWhole(this.#file.fd, frame, at)
    fdatasyncSync(this.#file.fd)
    if (!this.#hasItsName()) throw new Fault('journal-unwritable', 'the segment was moved or removed')
    this.#used += frame.length
    this.#allocated = Math.max(this.#allocated, this.#used)
    if (this.#allocated - this.#used < step / 2) this.#growAhead()
    return at
  }

  /** Cuts off what is not used, and closes. */
  async finish(): Promise<void> {
    await this.#growth
    await this.#file.truncate(this.#used)
    await this.#file.sync()
    await this.#file.close()
  }

  /** Closes and leaves all as it is: for recovery to judge. */
  async abandon(): Promise<void> {
    await this.#growth
    await this.#file.close()
  }

  /**
   * A program that goes on writing to a file without a name records nothing. Where the system tells the place of an
   * open file that is asked for: since Linux 6.13 a stat makes the next write dirty the inode, which costs that sync
   * about a third more.
   */
  #hasItsName(): boolean {
    if (this.#place !== undefined) return placeOf(this.#file.fd) === this.#place
    const held = fstatSync(this.#file.fd)
    const named = lstatSync(this.path)
    return held.nlink > 0 && held.ino === named.ino && held.dev === named.dev
  }

  #growAhead(): void {
    if (this.#growth !== undefined || this.#allocated >= longestSegment) return
    this.#growth = this.#grow(Math.min(this.#allocated + step, longestSegment))
  }

  /** Never rejects: the next commit throws the error. */
  async #grow(target: number): Promise<void> {
    try {
      await fill(this.#file, this.#allocated, target)
      this.#allocated = target
    } catch (cause) {
      this.#growthError = new Error('the segment cannot grow', { cause })
    } finally {
      this.#growth = undefined
    }
  }
}

async function fill(file: FileHandle, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += slice) {
    await file.write(zeroes, 0, Math.min(slice, to - at), at)
    await file.datasync()
  }
}

function writeWhole(fd: number, bytes: Uint8Array, at: number): void {
  // A disk that fills up takes part of a write before it refuses the rest.
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done)
}

/** @see proc_pid_fd(5): the path, with " (deleted)" after it once the name is gone. */
function placeOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
