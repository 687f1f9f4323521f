// Finds the lines of a text that match a pattern, in time that no pattern and no text can blow up.
import { Automaton } from './automaton.ts'
import { requiredPiece } from './literal.ts'
import { parse } from './parse.ts'
import { assemble } from './program.ts'
import { lineFeed } from './syntax.ts'

/** A line that matches, without its line feed. */
export interface MatchedLine {
  /** Counted from 1. */
  readonly line: number
  /** Offsets in bytes. */
  readonly start: number
  readonly end: number
}

/** Lines are looked at one by one only where the piece that they must hold is this rare, in bytes for each. */
const sparse = 128
/** Bytes to walk through before looking for the piece again. */
const stretch = 64 * 1024

/**
 * Makes a pattern ready. The syntax is that of RE2 less what is named in docs/decisions/0015: characters, classes,
 * groups, alternatives, repetition, `^`, `$`, `\b`, `(?i)`. Nothing in it can make a match take more than one pass.
 * @param pattern Attacker-controlled.
 * @throws Fault `pattern-invalid` with the place and what to write instead; `pattern-too-complex`
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function compilePattern(pattern: string): Pattern {
  const syntax = parse(pattern)
  return new Pattern(new Automaton(assemble(syntax)), requiredPiece(syntax))
}

/** A pattern that is ready. What it learns of one text makes it faster on the next. */
export class Pattern {
  readonly #automaton: Automaton
  readonly #piece: Uint8Array | null

  /** @internal */
  constructor(automaton: Automaton, piece: Uint8Array | null) {
    this.#automaton = automaton
    this.#piece = piece
  }

  /**
   * Gives the lines that match, in order. A line ends with a line feed or with the text; a carriage return
   * before it belongs to the line.
   * @param text UTF-8. Attacker-controlled.
   * @throws Fault `pattern-too-complex` where this text leads the pattern into more states than there is room for.
   */
  *lines(text: Uint8Array): Generator<MatchedLine, void, undefined> {
    const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength)
    const search = new Search(bytes, this.#automaton, this.#piece)
    let line = 1
    let counted = 0
    for (let at = 0; at < bytes.length;) {
      const known = search.next(at)
      if (known === -1) return
      const start = lineStart(bytes, known, at)
      const end = lineEnd(bytes, known)
      line += countFeeds(bytes, counted, start)
      counted = start
      yield { line, start, end }
      at = end + 1
    }
  }
}

/** One way through one text. */
class Search {
  readonly #bytes: Buffer
  readonly #automaton: Automaton
  readonly #piece: Uint8Array | null
  /** End of the last line. */
  readonly #end: number
  /** End of a line until which walking is cheaper than leaping. */
  #denseUntil = -1

  constructor(bytes: Buffer, automaton: Automaton, piece: Uint8Array | null) {
    this.#bytes = bytes
    this.#automaton = automaton
    this.#piece = piece
    this.#end = bytes.at(-1) === lineFeed ? bytes.length - 1 : bytes.length
    if (piece === null) this.#denseUntil = this.#end
  }

  /** Gives an offset in the next line that matches, or at its end; -1 if there is none. @param from Where a line begins. */
  next(from: number): number {
    if (from > this.#denseUntil) return this.#leap(from)
    const known = this.#automaton.walk(this.#bytes, from, this.#denseUntil)
    return known === -1 && this.#denseUntil < this.#end ? this.#leap(this.#denseUntil + 1) : known
  }

  /** Goes from one occurrence of the piece to the next, and walks only through the lines around them. */
  #leap(from: number): number {
    const bytes = this.#bytes
    let looked = 0
    for (let at = from; at < bytes.length;) {
      const place = bytes.indexOf(this.#piece!, at)
      if (place === -1) return -1
      const isDense = ++looked * sparse > place - from
      const end = lineEnd(bytes, isDense ? Math.min(this.#end, place + stretch) : place)
      if (isDense) this.#denseUntil = end
      const known = this.#automaton.walk(bytes, lineStart(bytes, place, at), end)
      if (known !== -1) return known
      at = end + 1
    }
    return -1
  }
}

/** For so few bytes, looking at them here is faster than a call of the runtime. */
const near = 64

function lineStart(bytes: Buffer, at: number, least: number): number {
  for (let start = at; start > at - near; start--) {
    if (start <= least || bytes[start - 1] === lineFeed) return start
  }
  return Math.max(least, bytes.lastIndexOf(lineFeed, at - near - 1) + 1)
}

function lineEnd(bytes: Buffer, at: number): number {
  const stop = Math.min(bytes.length, at + near)
  for (let end = at; end < stop; end++) if (bytes[end] === lineFeed) return end
  const feed = stop < bytes.length ? bytes.indexOf(lineFeed, stop) : -1
  return feed === -1 ? bytes.length : feed
}

function countFeeds(bytes: Uint8Array, from: number, until: number): number {
  let count = 0
  for (let at = from; at < until; at++) if (bytes[at] === lineFeed) count++
  return count
}
