// A text that flows past an engine: holds what may still be looked at, in one buffer that is used again and again.
import { Engine } from './engine.ts'
import type { Settled } from './escaped.ts'
import type { ScanOptions } from './finding.ts'
import { lookBehind, Text } from './text.ts'

/** From this many held bytes on the scan waits for an eighth more, so that single bytes cost no full look each. */
const patient = 4096
const firstCapacity = 16_384

export class Flow {
  readonly text = new Text(new Uint8Array(firstCapacity), false, 0)
  readonly #engine: Engine
  #frontier = 0
  /** End of the text below which another look is not worth it. */
  #worthwhile = 0
  #base = 0

  constructor(options: ScanOptions) {
    this.#engine = new Engine(options)
  }

  /** Bytes of the input that came before the text. */
  get base(): number {
    return this.#base
  }

  /** False while so little has come since the last look that the next is not worth it. */
  get isWorthALook(): boolean {
    return this.text.end >= this.#worthwhile
  }

  /**
   * Takes the next bytes. Drops what nobody may look at any more when room is needed.
   * @param from Position of the first byte that the caller needs besides.
   * @returns By how many bytes all positions moved to the left.
   */
  append(chunk: Uint8Array, from = this.#frontier): number {
    const { text } = this
    const isFull = text.end + chunk.length > text.bytes.length
    const dropped = isFull ? this.#makeRoom(chunk.length, from) : 0
    text.bytes.set(chunk, text.end)
    text.end += chunk.length
    return dropped
  }

  /**
   * Looks at a first large chunk where it stands, and copies of it only what is kept.
   * @param look Looks at the text, and gives the position of the first byte that it needs further.
   * @returns As of `append`, or null where it is not the first, or not large.
   */
  lookAtFirst(chunk: Uint8Array, look: () => number): number | null {
    const { text } = this
    if (text.end > 0 || chunk.length <= firstCapacity) return null
    const { bytes } = text
    // A plain view: what a Buffer calls `slice` copies nothing.
    text.bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)
    text.end = chunk.length
    const { kept, dropped } = this.#drop(look())
    text.bytes = kept.length <= bytes.length ? bytes : new Uint8Array(2 * kept.length)
    text.bytes.set(kept)
    return dropped
  }

  /** Looks at what has come. */
  advance(): Settled {
    const settled = this.#engine.advance(this.text)
    this.#frontier = Math.min(settled.frontier, this.text.end)
    return settled
  }

  /** Says how many bytes the last look left undecided. */
  wait(held: number): void {
    this.#worthwhile = held < patient ? 0 : this.text.end + (held >>> 3)
  }

  #makeRoom(length: number, from: number): number {
    const { text } = this
    const { kept, dropped } = this.#drop(from)
    const needed = 2 * (kept.length + length)
    // Less than half of it is kept: so few moves cost each byte one.
    if (needed > text.bytes.length) text.bytes = new Uint8Array(Math.max(firstCapacity, needed))
    text.bytes.set(kept)
    return dropped
  }

  /** What a scanner may look back at, where it stands; from now on positions are counted from its first byte. */
  #drop(from: number): { kept: Uint8Array; dropped: number } {
    const { text } = this
    const dropped = Math.max(0, Math.min(from, this.#frontier) - lookBehind)
    const kept = text.bytes.subarray(dropped, text.end)
    text.end = kept.length
    text.floor -= dropped
    this.#frontier -= dropped
    this.#worthwhile -= dropped
    this.#base += dropped
    this.#engine.shift(dropped)
    return { kept, dropped }
  }
}
