// A stretch of text as it reads without its escape sequences; grows with the text, and knows where each byte came from.
import { byteClass, union } from './classes.ts'
import { cutEscape, escapeAt, escapeMarks, noEscape, quoteEscape } from './escapes.ts'
import { lookBehind, Text } from './text.ts'

/** A stretch ends where a line or a string does, or a tag begins or ends. */
export const stops = byteClass('\0-\b\n-\x1f"<>')
const special = union(stops, escapeMarks)
const firstCapacity = 256

export class Unescaped {
  text = new Text(new Uint8Array(firstCapacity), false, 0)
  /** For each byte of it, and for its end: where that begins in what was read, before any of it was dropped there. */
  #places = new Float64Array(firstCapacity + 1)
  #shifted = 0

  /** Forgets all, and reads on from `start`. */
  restart(start: number): void {
    this.text = new Text(this.text.bytes, false, 0)
    this.#places[0] = start
    this.#shifted = 0
  }

  /** Where reading goes on. */
  get next(): number {
    return this.placeOf(this.text.end)
  }

  /**
   * Reads on to `to` or somewhat further, but not into a sequence that the end of what is read cuts off.
   * @returns False if the stretch ends before.
   */
  read({ bytes, end, isFinal }: Text, to: number): boolean {
    for (let at = this.next; at < to;) {
      const byte = bytes[at]!
      const escape =
        special[byte] === 0 ? noEscape : stops[byte] === 1 ? quoteEscape : escapeAt(bytes, at, end)
      if (escape === quoteEscape) return false
      if (escape === cutEscape && !isFinal) return true
      at += escape > 0 ? escape >> 8 : 1
      if (this.text.end === this.text.bytes.length) this.#grow()
      this.text.bytes[this.text.end++] = escape > 0 ? escape & 0xff : byte
      this.#places[this.text.end] = at + this.#shifted
    }
    return true
  }

  /** Where what stands at a position, or the end, begins in what is read. */
  placeOf(position: number): number {
    return this.#places[position]! - this.#shifted
  }

  /** What is read has lost so many bytes at its front. */
  shift(by: number): void {
    this.#shifted += by
  }

  /** Drops what no scanner looks back at whose next look begins at `at`. @returns How many bytes. */
  dropBefore(at: number): number {
    const dropped = at - lookBehind
    if (dropped < this.text.end >> 1) return 0
    this.text.bytes.copyWithin(0, dropped, this.text.end)
    this.#places.copyWithin(0, dropped, this.text.end + 1)
    this.text.end -= dropped
    return dropped
  }

  #grow(): void {
    const capacity = 2 * this.text.end
    const bytes = new Uint8Array(capacity)
    bytes.set(this.text.bytes)
    this.text.bytes = bytes
    const places = new Float64Array(capacity + 1)
    places.set(this.#places)
    this.#places = places
  }
}
