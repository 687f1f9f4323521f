// The latest bytes of a text that streams by, and line and column of a position in it. Counts only up to what is asked
// for, and what leaves the window.
import { isAscii } from 'node:buffer'

const lineFeed = 0x0a
const firstCapacity = 65_536

export interface Place {
  readonly line: number
  readonly column: number
}

/** Bytes that stay at least, and that the window holds at most. */
export interface Window {
  readonly kept: number
  readonly most: number
}

export class Lines {
  readonly #window: Window
  #bytes: Uint8Array
  /** Position in the text of the first byte that is held. */
  #base = 0
  #end = 0
  /** Everything before this position is counted. */
  #counted = 0
  #line = 1
  #units = 0

  constructor(window: Window = { kept: 1 << 20, most: 2 << 20 }) {
    this.#window = window
    this.#bytes = new Uint8Array(0)
  }

  /** Of a text that is there as a whole; nothing is copied. */
  static of(bytes: Uint8Array): Lines {
    const lines = new Lines()
    lines.#bytes = bytes
    lines.#end = bytes.length
    return lines
  }

  /** Position one past the last byte. */
  get end(): number {
    return this.#end
  }

  append(chunk: Uint8Array): void {
    const step = this.#window.most - this.#window.kept
    for (let at = 0; at < chunk.length; at += step) this.#add(chunk.subarray(at, at + step))
  }

  /** What is still held of a stretch. */
  slice(start: number, end: number): Uint8Array {
    const from = Math.max(0, start - this.#base)
    return this.#bytes.subarray(from, Math.max(from, Math.min(end, this.#end) - this.#base))
  }

  holds(position: number): boolean {
    return position >= this.#base
  }

  /** Positions must come in order; one that is no longer held counts as the first that is. */
  place(position: number): Place {
    this.#count(Math.max(this.#base, position))
    return { line: this.#line, column: this.#units + 1 }
  }

  /** Where the line of a position begins, or `most` bytes before it. */
  lineStart(position: number, most: number): number {
    const from = Math.max(this.#base, position - most)
    const before = this.slice(from, position)
    return from + before.lastIndexOf(lineFeed) + 1
  }

  /** One past the line of a position without its feed, or `most` bytes after it, or -1 while that is not there yet. */
  lineEnd(position: number, most: number): number {
    const after = this.slice(position, position + most)
    const feed = after.indexOf(lineFeed)
    if (feed >= 0) return position + feed
    return after.length < most ? -1 : position + most
  }

  #add(chunk: Uint8Array): void {
    const held = this.#end - this.#base
    if (held + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length)
    this.#bytes.set(chunk, this.#end - this.#base)
    this.#end += chunk.length
  }

  #makeRoom(needed: number): void {
    const { kept, most } = this.#window
    const held = this.#end - this.#base
    const isFull = held + needed > most
    const from = isFull ? Math.max(0, held - kept) : 0
    this.#count(this.#base + from)
    const tail = this.#bytes.subarray(from, held)
    const capacity = Math.min(most, Math.max(firstCapacity, 2 * (tail.length + needed)))
    const bytes = this.#bytes.length >= capacity ? this.#bytes : new Uint8Array(capacity)
    if (bytes === this.#bytes) bytes.copyWithin(0, from, held)
    else bytes.set(tail)
    this.#bytes = bytes
    this.#base += from
  }

  #count(to: number): void {
    if (to <= this.#counted) return
    const stretch = this.slice(this.#counted, to)
    const feeds = countOf(stretch, lineFeed)
    if (feeds > 0) this.#units = 0
    this.#line += feeds
    this.#units += unitsOf(stretch.subarray(feeds > 0 ? stretch.lastIndexOf(lineFeed) + 1 : 0))
    this.#counted = to
  }
}

function countOf(bytes: Uint8Array, wanted: number): number {
  let count = 0
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === wanted) count++
  return count
}

/** UTF-16 code units of UTF-8: a continuation byte adds none, the first of four begins a pair. */
function unitsOf(bytes: Uint8Array): number {
  if (isAscii(bytes)) return bytes.length
  let units = 0
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
  return units
}
