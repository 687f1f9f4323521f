// A stretch of bytes that may have more to come, read with limits. Whoever looks past its end learns nothing wrong:
// the text notes that it was too short, and the question is asked again when more is there.
import { latin1 } from '#base'
import { alnum, digit, hexAny, type ByteClass } from './classes.ts'

/** Longest span that is looked at in one go; what is longer is cut there and goes on as the rest of the same finding. */
export const longestSpan = 8192
/** How far before a position a scanner may look. A stream keeps this much of what it has already given out. */
export const lookBehind = 256

const backslash = 0x5c
const percent = 0x25
const firstLetter = 0x61
/** What follows the backslash: uXXXX. */
const longestEscape = 5
const placeholderLast = 0x5d
/** Before any text, and a small integer, which is faster than a number that is none. */
export const farBehind = -(2 ** 30)

export class Text {
  bytes: Uint8Array
  /** One past the last byte. */
  end: number
  /** True if nothing follows `end`. */
  isFinal: boolean
  /** Set when an answer depended on bytes that are not there yet. */
  isShort = false
  /** Bytes that were looked at: the measure of work, which tests hold linear. */
  steps = 0
  /** One past the furthest byte that was looked at, since it was last set. */
  reach = 0
  /** Values and tokens that were judged. Whoever comes so far has seen all that the cheap look asks for. */
  judged = 0
  /** What lies before it is masked: whoever looks back sees the end of a placeholder there, as in the output. */
  floor = farBehind

  constructor(bytes: Uint8Array, isFinal: boolean, end = bytes.length) {
    this.bytes = plainOf(bytes)
    this.isFinal = isFinal
    this.end = end
  }

  /** The byte at a position, or -1 outside of the text. */
  at(position: number): number {
    this.steps++
    if (position >= this.reach) this.reach = position + 1
    if (position < this.floor) return placeholderLast
    if (position >= 0 && position < this.end) return this.bytes[position]!
    if (position >= this.end && !this.isFinal) this.isShort = true
    return -1
  }

  /** Tells whether the byte at a position belongs to a class. */
  is(position: number, of: ByteClass): boolean {
    const byte = this.at(position)
    return byte >= 0 && of[byte] === 1
  }

  /** One past the last byte of the run of `of` that begins at `from`; looks at `most` bytes. */
  runEnd(from: number, of: ByteClass, most = longestSpan): number {
    const limit = Math.min(this.end, from + most)
    let at = from
    while (at < limit && of[this.bytes[at]!] === 1) at++
    this.steps += at - from
    if (at >= this.reach) this.reach = at + 1
    if (at >= this.end && at < from + most && !this.isFinal) this.isShort = true
    return at
  }

  /** First byte of the run of `of` that ends before `to`; looks at `most` bytes. */
  runStart(to: number, of: ByteClass, most: number): number {
    const limit = Math.max(0, this.floor, to - most)
    let at = to
    while (at > limit && of[this.bytes[at - 1]!] === 1) at--
    this.steps += to - at
    return at
  }

  /** Tells whether a literal stands at a position. `literal` is lower case if case is to be ignored. */
  has(literal: Uint8Array, position: number, isFolded = false): boolean {
    const limit = Math.min(literal.length, this.end - position)
    for (let offset = 0; offset < limit; offset++) {
      const byte = this.bytes[position + offset]!
      if (byte !== literal[offset] && !(isFolded && fold(byte) === literal[offset])) return false
    }
    this.steps += literal.length
    if (position + limit > this.reach) this.reach = position + limit
    if (limit < literal.length && !this.isFinal) this.isShort = true
    return limit === literal.length
  }

  /** The characters from `start` to `end`, one for each byte; none that are masked. For short stretches only. */
  latin1(start: number, end: number): string {
    this.steps += end - start
    return latin1(this.bytes.subarray(Math.max(0, this.floor, start), end))
  }
}

/** The same bytes, no `Buffer`: to cut pieces off that is slow. */
function plainOf(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** The lower case of an ASCII letter; other bytes stay. */
export function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

/** One past the rest of the escape sequence that a run continues, or the run's start. */
export function escapeEnd(text: Text, runStart: number): number {
  const before = text.at(runStart - 1)
  if (before === backslash) return runStart + escapeLength(text, runStart)
  return before === percent ? runStart + 2 : colourEnd(text, runStart, before)
}

/**
 * Tells whether a word begins at `at`: a letter or digit before it, if there is one, ends an escape sequence (`\n`,
 * `\u003d`, `%3D`, a terminal's colour).
 */
export function isWordStart(text: Text, at: number): boolean {
  if (!text.is(at - 1, alnum)) return true
  const runStart = text.runStart(at, alnum, longestEscape + 1)
  return escapeEnd(text, runStart) === at
}

/** Where the run of `of` begins that ends before `to`, without the end of an escape sequence; looks at `most` bytes of it. */
export function runBefore(text: Text, to: number, [of, most]: readonly [ByteClass, number]): number {
  const start = text.runStart(to, of, most + longestEscape)
  const wordStart = text.runStart(to, alnum, most + longestEscape)
  const end = escapeEnd(text, wordStart)
  return Math.max(escapeEnd(text, start), end > wordStart ? end : 0)
}

/** Tells whether what stands before an anchor may begin at `at`: letters that go on to the left are another word's. */
export function isCutOff(text: Text, at: number, of: ByteClass): boolean {
  return of[firstLetter] === 0 || isWordStart(text, at)
}

/** A lone backslash before a span would turn the placeholder's bracket into an invalid escape: it goes too. */
export function withBackslash(text: Text, start: number): number {
  let first = start
  while (start - first < 8 && text.at(first - 1) === backslash) first--
  return (start - first) % 2 === 1 ? start - 1 : start
}

function escapeLength(text: Text, start: number): number {
  const letter = text.at(start)
  if (letter === 0x75) return 1 + text.runEnd(start + 1, hexAny, 4) - (start + 1)
  return letter === 0x78 ? 3 : 1 // xXX
}

function colourEnd(text: Text, start: number, before: number): number {
  if (before !== 0x5b && before !== 0x3b) return start // [ or ;
  const end = text.runEnd(start, digit, 3)
  return end > start && text.at(end) === 0x6d ? end + 1 : start // m
}
