// Finds the places where an anchor stands that may open a finding: the only ones that the rest of the engine looks at.
import type { AnchorSet } from './anchors.ts'
import { isRunStart, runClass } from './encoded.ts'
import { escapeAt, isMark } from './escapes.ts'
import { mayOpen } from './opening.ts'
import { Text } from './text.ts'

export interface Prefilter {
  /**
   * @param text What stands before the end is looked at as `opening.ts` says; what may go on past it counts as open.
   * @param from First position, which must be in the text.
   * @returns Positions from `from` to before `to`, in order, each once.
   */
  find(text: Text, from: number, to: number): ArrayLike<number>
  /** Positions likewise where a run of base64 or hexadecimal begins that may hold text; its first 16 bytes are there. */
  findRuns(text: Text, from: number, to: number): readonly number[]
  /** Positions likewise where an escape sequence begins that is there to its end. */
  findEscapes(text: Text, from: number, to: number): readonly number[]
  /** True if none of these is in a text that is whole; false says nothing. */
  isClear(text: string | Uint8Array): boolean
}

/** Does in plain JavaScript what the other does in WebAssembly. */
export class PlainPrefilter implements Prefilter {
  readonly #anchors: AnchorSet

  constructor(anchors: AnchorSet) {
    this.#anchors = anchors
  }

  find(text: Text, from: number, to: number): number[] {
    const { pairs } = this.#anchors
    const { bytes } = text
    // An own view: what is looked at here is no attempt, and counts for nothing.
    const view = new Text(bytes, text.isFinal, text.end)
    const found: number[] = []
    const last = Math.min(to, text.end - 1)
    let pair = bytes[from]!
    for (let at = from; at < last; at++) {
      pair = ((pair << 8) | bytes[at + 1]!) & 0xffff
      if (pairs[pair] !== 0 && this.#isOpen(view, at)) found.push(at)
    }
    return found
  }

  findRuns({ bytes, end }: Text, from: number, to: number): number[] {
    const found: number[] = []
    for (let at = from; at < Math.min(to, end - 15); at++) {
      // The last byte of the shortest run: where it is none, no run begins before it.
      if (runClass[bytes[at + 15]!] === 0) at += 15
      else if (isRunStart(bytes, at, end)) found.push(at)
    }
    return found
  }

  findEscapes({ bytes, end }: Text, from: number, to: number): number[] {
    const found: number[] = []
    for (let at = from; at < to; at++) {
      if (isMark(bytes, at) && escapeAt(bytes, at, end) > 0) found.push(at)
    }
    return found
  }

  isClear(): boolean {
    return false
  }

  #isOpen(view: Text, at: number): boolean {
    return this.#anchors.of(view.bytes[at]!, view.bytes[at + 1]!).some((anchor) => {
      view.isShort = false
      if (!view.has(anchor.literal, at, anchor.detector.isFolded)) return false
      return mayOpen(view, at, anchor)
    })
  }
}

const blockBytes = 65_536

/** Walks over the open places of a text that grows. */
export class Candidates {
  readonly #prefilter: Prefilter
  #found: ArrayLike<number> = []
  #index = 0
  /** Found are all from where it was asked up to here, in a text that ended at `#end`. */
  #to = 0
  #end = -1

  constructor(prefilter: Prefilter) {
    this.#prefilter = prefilter
  }

  /** The first open place from `from` on, which never goes down within one text, or the text's end. */
  next(text: Text, from: number): number {
    if (text.end !== this.#end) this.#restart(text, from)
    for (;;) {
      while (this.#index < this.#found.length && this.#found[this.#index]! < from) this.#index++
      if (this.#index < this.#found.length) return this.#found[this.#index]!
      const start = Math.max(from, this.#to)
      if (start >= text.end) return text.end
      this.#to = Math.min(text.end, start + blockBytes)
      this.#found = this.#prefilter.find(text, start, this.#to)
      this.#index = 0
    }
  }

  /** A position from `after` on before which there is no open place; may be asked where `next` has been. */
  peek(after: number): number {
    for (let index = this.#index; index < this.#found.length; index++) {
      if (this.#found[index]! >= after) return this.#found[index]!
    }
    return this.#to
  }

  /** Forgets all: positions have moved, or the text's end has. */
  restart(): void {
    this.#end = -1
  }

  #restart(text: Text, from: number): void {
    this.#end = text.end
    this.#to = from
    this.#found = []
    this.#index = 0
  }
}
