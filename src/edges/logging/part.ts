// One part of a sealed log that is being written.
import { errorCode } from '#base'
import { closeSync, fdatasyncSync, ftruncateSync, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileOf, headOf, partsIn, type PartName } from './parts.ts'
import { bindingOf, longestFrame, sealFrame, type PartKey } from './sealing.ts'
import { writeAll } from './write.ts'

/** Frames of one file, each sealed as it comes. After a failure nothing is written to it any more. */
export class Part {
  readonly name: PartName
  readonly #fd: number
  readonly #key: PartKey['key']
  readonly #binding: Uint8Array
  #length: number
  #index = 0

  /**
   * Makes the next file of a day. A key is used for one call only, whether it succeeds or not.
   * @throws The system's error.
   */
  static create(dir: string, day: string, key: PartKey): Part {
    const before = partsIn(dir).findLast((other) => other.day === day)?.part ?? 0
    for (let part = before + 1; ; part++) {
      const fd = openNew(join(dir, fileOf({ day, part })))
      if (fd !== undefined) return new Part(dir, { day, part }, { fd, key })
    }
  }

  private constructor(dir: string, name: PartName, { fd, key }: { fd: number; key: PartKey }) {
    const head = headOf(name, key.lead)
    this.name = name
    this.#fd = fd
    this.#key = key.key
    this.#binding = bindingOf(head)
    this.#length = head.length
    try {
      writeAll(fd, head, 0)
      // An empty frame: whoever opens it has the right key and the right head.
      this.#frame(new Uint8Array(), false)
    } catch (thrown) {
      closeSync(fd)
      unlinkSync(join(dir, fileOf(name)))
      throw thrown
    }
  }

  /** Seals and writes. @throws The system's error; then `abandon` is all that is left to do. */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += longestFrame)
      this.#frame(bytes.subarray(at, at + longestFrame), false)
  }

  /** @throws The system's error. */
  sync(): void {
    fdatasyncSync(this.#fd)
  }

  /** Writes the end, so that nobody can cut lines off unseen. @throws The system's error. */
  close(): void {
    try {
      this.#frame(new Uint8Array(), true)
    } finally {
      closeSync(this.#fd)
    }
  }

  /** Takes off what was written of a frame, if that can be done. The part stays without an end. */
  abandon(): void {
    try {
      ftruncateSync(this.#fd, this.#length)
    } catch {
      // Whoever reads it will name the torn tail.
    } finally {
      closeSync(this.#fd)
    }
  }

  #frame(plain: Uint8Array, isLast: boolean): void {
    const place = { key: this.#key, binding: this.#binding, index: this.#index, isLast }
    const frame = sealFrame(plain, place)
    writeAll(this.#fd, frame, this.#length)
    this.#length += frame.length
    this.#index++
  }
}

/** @returns Undefined if there is such a file. @throws The system's error. */
function openNew(path: string): number | undefined {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return undefined
    throw thrown
  }
}
