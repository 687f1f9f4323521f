// A stretch of a text as it reads without what stands between its bytes or for them, and where each of them stood.
import type { Found, Secrets } from './secrets.ts'

/** Part of no form of a secret, and of no text in UTF-8. */
const gap = 0xff
const firstRoom = 1024

/** Grows byte by byte, and is used again and again. */
export class Reading {
  #bytes = new Uint8Array(firstRoom)
  #starts = new Uint32Array(firstRoom)
  #widths = new Uint8Array(firstRoom)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Begins anew. @param most Bytes that may be added. */
  clear(most: number): void {
    this.#length = 0
    if (most <= this.#bytes.length) return
    this.#bytes = new Uint8Array(most)
    this.#starts = new Uint32Array(most)
    this.#widths = new Uint8Array(most)
  }

  /** Adds the byte that stands, written in whatever way, at `start`, `width` bytes wide. */
  add(byte: number, start: number, width: number): void {
    const at = this.#length++
    this.#bytes[at] = byte
    this.#starts[at] = start
    this.#widths[at] = width
  }

  /** Nothing goes on from what comes before it to what comes behind. */
  addGap(start: number): void {
    if (this.#length > 0 && this.#bytes[this.#length - 1] !== gap) this.add(gap, start, 0)
  }

  /**
   * Finds secrets in the reading, and says where they stand in the text.
   * @param rest Where in the text the reading goes on once more has come; undefined if nothing follows it.
   */
  find(secrets: Secrets, rest: number | undefined): Found {
    if (this.#length === 0) return { found: [], until: rest ?? Infinity }
    const { found, until } = secrets.find(this.#bytes.subarray(0, this.#length), 0, rest === undefined)
    const inText = found.map(({ start, end, name }) => {
      const last = end - 1
      return { start: this.#starts[start]!, end: this.#starts[last]! + this.#widths[last]!, name }
    })
    if (rest === undefined) return { found: inText, until: Infinity }
    return { found: inText, until: until < this.#length ? this.#starts[until]! : rest }
  }
}
