// Finds the places where an anchor stands that may open a finding, and those of encoded text: the only ones
// that the rest of the engine looks at.
import type { AnchorSet } from './anchors.ts'
import { isRunStart, runClass } from './encoded.ts'
import { escapeAt, isMark } from './escapes.ts'
import { mayOpen } from './opening.ts'
import { Text } from './text.ts'

const firstRoom = 64
const noRoom = new Uint32Array(0)

export interface Prefilter {
  /**
   * Adds the positions from `from` to before `to`, in order and each once.
   * @param text What stands before the end is looked at as `opening.ts` says; what may go on past it counts as open.
   * @param from First position, which must be in the text.
   */
  sweep(text: Text, from: number, to: number, into: Swept): void
  /** True if there is none in a text that is whole; false says nothing. */
  isClear(text: string | Uint8Array): boolean
}

/** What a sweep finds. */
export interface Swept {
  /** Where an anchor stands that may open a finding. */
  readonly places: Positions
  /** Where a run of base64 or hexadecimal begins that may hold text; its first 16 bytes are there. */
  readonly runs: Positions
  /** Where an escape sequence begins that is there to its end. */
  readonly escapes: Positions
}

/** A list of positions that grows, and is used again. */
export class Positions {
  #at = noRoom
  count = 0

  /** The one of that index, which must be below `count`. */
  of(index: number): number {
    return this.#at[index]!
  }

  add(position: number): void {
    if (this.count === this.#at.length) {
      const grown = new Uint32Array(Math.max(firstRoom, 2 * this.count))
      grown.set(this.#at)
      this.#at = grown
    }
    this.#at[this.count++] = position
  }
}

/** Does in plain JavaScript what the other does in WebAssembly. */
export class PlainPrefilter implements Prefilter {
  readonly #anchors: AnchorSet

  constructor(anchors: AnchorSet) {
    this.#anchors = anchors
  }

  sweep(text: Text, from: number, to: number, { places, runs, escapes }: Swept): void {
    this.#findPlaces(text, from, to, places)
    this.#findRuns(text, from, to, runs)
    this.#findEscapes(text, from, to, escapes)
  }

  isClear(): boolean {
    return false
  }

  #findPlaces(text: Text, from: number, to: number, into: Positions): void {
    const { pairs } = this.#anchors
    const { bytes } = text
    // An own view: what is looked at here is no attempt, and counts for nothing.
    const view = new Text(bytes, text.isFinal, text.end)
    const last = Math.min(to, text.end - 1)
    let pair = bytes[from]!
    for (let at = from; at < last; at++) {
      pair = ((pair << 8) | bytes[at + 1]!) & 0xffff
      if (pairs[pair] !== 0 && this.#isOpen(view, at)) into.add(at)
    }
  }

  #findRuns({ bytes, end }: Text, from: number, to: number, into: Positions): void {
    for (let at = from; at < Math.min(to, end - 15); at++) {
      // The last byte of the shortest run: where it is none, no run begins before it.
      if (runClass[bytes[at + 15]!] === 0) at += 15
      else if (isRunStart(bytes, at, end)) into.add(at)
    }
  }

  #findEscapes({ bytes, end }: Text, from: number, to: number, into: Positions): void {
    for (let at = from; at < to; at++) if (isMark(bytes, at) && escapeAt(bytes, at, end) > 0) into.add(at)
  }

  #isOpen(view: Text, at: number): boolean {
    return this.#anchors.of(view.bytes[at]!, view.bytes[at + 1]!).some((anchor) => {
      view.isShort = false
      if (!view.has(anchor.literal, at, anchor.detector.isFolded)) return false
      return mayOpen(view, at, anchor)
    })
  }
}
