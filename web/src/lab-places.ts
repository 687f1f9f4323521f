// Lines and columns of places in bytes that come in slices and are not kept.

export interface Place {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
}

/** So much may be asked about, counted back from the end of what has come. In bytes. */
const kept = 1_048_576
const newline = 0x0a

/** Places must be asked for in order. */
export class Places {
  #slices: Uint8Array[] = []
  /** Bytes that have come. */
  #size = 0
  /** What is counted so far, and the offset of the first slice that is kept. */
  #at = 0
  #first = 0
  #line = 1
  #column = 1

  /** Takes the next bytes of the text. */
  add(slice: Uint8Array): void {
    this.#slices.push(slice)
    this.#size += slice.length
    this.#moveTo(this.#size - kept)
  }

  placeOf(offset: number): Place {
    this.#moveTo(offset)
    return { line: this.#line, column: this.#column }
  }

  #moveTo(offset: number): void {
    while (this.#at < offset) {
      const slice = this.#slices[0]
      if (slice === undefined) return
      const end = Math.min(slice.length, offset - this.#first)
      for (let at = this.#at - this.#first; at < end; at++) this.#pass(slice[at]!)
      this.#at = this.#first + end
      if (end < slice.length) return
      this.#first += slice.length
      this.#slices.shift()
    }
  }

  #pass(byte: number): void {
    if (byte === newline) {
      this.#line++
      this.#column = 1
      // A continuation byte belongs to the character before it.
    } else if ((byte & 0xc0) !== 0x80) this.#column++
  }
}
