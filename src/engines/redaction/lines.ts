// Cuts a stream of bytes into lines that keep their endings.
/** A line with its ending (LF, CRLF or CR; none at the end of the stream), or `null` for one that was too long. */
export type RawLine = Uint8Array | null

const lineFeed = 0x0a
const carriageReturn = 0x0d
const firstCapacity = 1024

/** Cuts at LF, CRLF and lone CR. Holds one line, and nothing of a line that is longer than the limit. */
export class LineSplitter {
  readonly #longest: number
  #held = new Uint8Array(firstCapacity)
  #length = 0
  /** The line so far was too long and is told of. */
  #isSkipping = false
  #endsInReturn = false

  /** @param longest Bytes, the ending included. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** Takes the next bytes and gives the lines that end in them, some as views of the chunk. */
  push(chunk: Uint8Array): RawLine[] {
    const lines: RawLine[] = []
    let start = 0
    if (this.#endsInReturn && chunk.length > 0) {
      start = chunk[0] === lineFeed ? 1 : 0
      this.#end(chunk.subarray(0, start), lines)
    }
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte !== lineFeed && byte !== carriageReturn) continue
      // Whether LF follows a CR at the end of the chunk, the next chunk says.
      if (byte === carriageReturn && at + 1 === chunk.length) this.#endsInReturn = true
      if (this.#endsInReturn) break
      const end = byte === carriageReturn && chunk[at + 1] === lineFeed ? at + 2 : at + 1
      this.#end(chunk.subarray(start, end), lines)
      start = end
      at = end - 1
    }
    this.#hold(chunk.subarray(start), lines)
    return lines
  }

  /** Gives the last line if it has no ending. */
  finish(): RawLine[] {
    const lines: RawLine[] = []
    if (this.#length > 0) this.#end(new Uint8Array(0), lines)
    return lines
  }

  #end(last: Uint8Array, lines: RawLine[]): void {
    this.#endsInReturn = false
    if (this.#length > 0) this.#hold(last, lines)
    if (this.#isSkipping) this.#isSkipping = false
    else if (this.#length > 0) lines.push(this.#held.slice(0, this.#length))
    else lines.push(last.length > this.#longest ? null : last)
    this.#length = 0
  }

  #hold(rest: Uint8Array, lines: RawLine[]): void {
    if (this.#isSkipping) return
    const length = this.#length + rest.length
    if (length > this.#longest) {
      lines.push(null)
      this.#isSkipping = true
      this.#length = 0
      this.#held = new Uint8Array(firstCapacity)
      return
    }
    if (length > this.#held.length) {
      const larger = new Uint8Array(2 * length)
      larger.set(this.#held.subarray(0, this.#length))
      this.#held = larger
    }
    this.#held.set(rest, this.#length)
    this.#length = length
  }
}
