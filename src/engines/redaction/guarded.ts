// A filter for lines that fails closed: what the redactor itself fails at is dropped, and a marker says so.
import { utf8 } from '#base'
import type { RedactOptions } from './finding.ts'
import { KeyWatch } from './key-watch.ts'
import { StreamRedactor } from './stream.ts'
import { unredacted } from './unredacted.ts'
import { WideStream } from './wide.ts'

const marker = utf8(`${unredacted.dropped}\n`)
const lineFeed = 0x0a
/** After a fault within a text of several lines so many more go, unless one of them ends it. */
const mostLinesOfText = 256

/** As much of `StreamRedactor` as is used here. */
interface Redactor {
  readonly isHolding: boolean
  push(chunk: Uint8Array): Uint8Array[]
  finish(): Uint8Array[]
}

/**
 * Masks a stream of lines as `redactStream` does, UTF-16 among them, and never throws: a line at which the redactor fails, and whatever
 * was held back then, is replaced by `[unredacted: dropped]`. If a private key had begun, all goes until it ends.
 */
export class GuardedRedactor {
  readonly #make: () => Redactor
  #redactor: Redactor
  #dropped = 0
  /** The line so far is dropped. */
  #isSkipping = false
  #isWithinLine = false
  /** Lines that may still belong to a key whose beginning was dropped. */
  #linesOfKey = 0
  readonly #keys = new KeyWatch()

  /** What it gives is good until the next call only: for whoever has written it out by then. */
  static lending(options: RedactOptions): GuardedRedactor {
    return new GuardedRedactor(options, () => new WideStream(new StreamRedactor(options, { lends: true })))
  }

  /** @param make Makes a redactor; the usual one by default. What it gives may be lent until the next push. */
  constructor(
    options: RedactOptions = {},
    make: () => Redactor = () => new WideStream(new StreamRedactor(options)),
  ) {
    this.#make = make
    this.#redactor = make()
  }

  /** How often something was dropped. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes the next bytes, attacker-controlled, and gives what is settled, in order. */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#isSkipping || this.#linesOfKey > 0) return this.#byLine(chunk)
    const isLost = this.#redactor.isHolding || this.#isWithinLine
    try {
      return this.#give(chunk)
    } catch {
      // Which line it was, the next look will show; what was held before this chunk is lost in any case.
      const parts = isLost ? this.#fail(this.#isWithinLine) : []
      this.#redactor = this.#make()
      return [...parts, ...this.#byLine(chunk)]
    }
  }

  /** Takes the end of the input and gives the rest. */
  finish(): Uint8Array[] {
    try {
      return this.#redactor.finish()
    } catch {
      return this.#fail(false)
    }
  }

  #give(bytes: Uint8Array): Uint8Array[] {
    const parts = this.#redactor.push(bytes)
    this.#note(bytes)
    return parts
  }

  /** Goes on behind the line that is being dropped, one line at a time, so that a fault costs no other. */
  #byLine(chunk: Uint8Array): Uint8Array[] {
    const parts: Uint8Array[] = []
    for (let at = 0; at < chunk.length;) {
      const feed = chunk.indexOf(lineFeed, at)
      const end = feed < 0 ? chunk.length : feed + 1
      // Copies: what was given before may be lent.
      parts.push(...this.#line(chunk.subarray(at, end), feed >= 0).map((part) => part.slice()))
      at = end
    }
    return parts
  }

  #line(line: Uint8Array, isWhole: boolean): Uint8Array[] {
    if (this.#isSkipping || this.#linesOfKey > 0) {
      this.#skip(line, isWhole)
      return []
    }
    try {
      return this.#give(line)
    } catch {
      this.#note(line)
      return this.#fail(!isWhole)
    }
  }

  #skip(line: Uint8Array, isWhole: boolean): void {
    this.#note(line)
    if (!this.#keys.isWithin) this.#linesOfKey = 0
    else if (isWhole) this.#linesOfKey = Math.max(0, this.#linesOfKey - 1)
    this.#isSkipping = !isWhole
  }

  #fail(isSkipping: boolean): Uint8Array[] {
    this.#dropped++
    this.#redactor = this.#make()
    this.#linesOfKey = this.#keys.isWithin ? mostLinesOfText : 0
    this.#isSkipping = isSkipping
    return [marker]
  }

  #note(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#isWithinLine = chunk.at(-1) !== lineFeed
    this.#keys.note(chunk)
  }
}
