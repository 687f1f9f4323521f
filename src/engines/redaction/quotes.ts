// Reads values as formats write them: in quotes of any depth of escaping, or bare.
import { bare, byteClass, plain, solid, space, type ByteClass } from './classes.ts'
import { placeholderEnd } from './placeholder.ts'
import { longestSpan, type Text } from './text.ts'

export interface Quote {
  /** Backslashes before the quote: 1 in JSON within a JSON string. */
  readonly depth: number
  /** `"`, `'` or a backtick. */
  readonly mark: number
  /** One past the quote. */
  readonly end: number
}

export interface Value {
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
  readonly rest?: ByteClass | undefined
}

const doubleQuote = 0x22
const backslash = 0x5c
const bracket = 0x5b
export const marks = byteClass('"\'`')
export const escapes = byteClass('\\')
const deepest = 15
/** What a value in quotes may hold that neither ends nor escapes anything. */
const ordinary = byteClass('"\'`\\[\r\n').map((flag) => 1 - flag)
const noQuote = byteClass('"').map((flag) => 1 - flag)
const noBracket = byteClass('[').map((flag) => 1 - flag)
const longestQuoted = 4096
/** What may follow the end of a JSON string. */
const afterJsonString = byteClass(',:}]')

/** The quote at a position, escaped or not, or null. */
export function quoteAt(text: Text, at: number): Quote | null {
  const markAt = text.runEnd(at, escapes, deepest)
  const mark = text.at(markAt)
  return mark >= 0 && marks[mark] === 1 ? { depth: markAt - at, mark, end: markAt + 1 } : null
}

/**
 * The value at a position; empty where there is none, or where a placeholder of ours is in it or right behind it.
 * @param isWholeLine An unquoted value has the rest of the line to itself, as in `.env`.
 */
export function valueAt(text: Text, at: number, isWholeLine: boolean): Value {
  const quote = quoteAt(text, at)
  if (quote !== null && endsString(text, quote)) return { start: at, end: at, isQuoted: false }
  return withoutPlaceholder(
    text,
    quote === null ? bareValue(text, at, isWholeLine) : quotedValue(text, quote),
  )
}

/** The value in the quotes at a position, or null if none begins there or the quotes do not close. */
export function quotedAt(text: Text, at: number): Value | null {
  const quote = quoteAt(text, at)
  if (quote === null || endsString(text, quote)) return null
  const end = closing(text, quote)
  return end === null ? null : withoutPlaceholder(text, { start: quote.end, end, isQuoted: true })
}

/** The quote ends a JSON string (`{"password=": 1}`) rather than to begin a value. */
function endsString(text: Text, quote: Quote): boolean {
  return quote.mark === doubleQuote && endsJsonString(text, afterSpace(text, quote.end))
}

function quotedValue(text: Text, quote: Quote): Value {
  const end = closing(text, quote)
  return end === null ? bareValue(text, quote.end, false) : { start: quote.end, end, isQuoted: true }
}

function bareValue(text: Text, start: number, isWholeLine: boolean): Value {
  const of = isWholeLine ? solid : bare
  const runEnd = text.runEnd(start, of)
  const end = isWholeLine ? stringEnd(text, start, runEnd) : runEnd
  if (end - start >= longestSpan) return { start, end, isQuoted: false, rest: isWholeLine ? plain : bare }
  return {
    start,
    end: isWholeLine && end === runEnd ? withoutPunctuation(text, start, end) : end,
    isQuoted: false,
  }
}

/** Where the JSON string ends that the line is in, such as a command in a list, or `end`. */
function stringEnd(text: Text, start: number, end: number): number {
  for (let at = start; ; at++) {
    at = text.runEnd(at, noQuote, end - at)
    if (at >= end) return end
    if (!endsJsonString(text, afterSpace(text, at + 1))) continue
    while (at > start && text.at(at - 1) === backslash) at--
    return at
  }
}

/**
 * Where the value in quotes ends, or null if it does not end on its line and within the limit. A placeholder of ours ends
 * it at once, empty: what a quote beyond it would close, it had closed before, or that quote was masked.
 */
function closing(text: Text, { depth, mark, end: start }: Quote): number | null {
  const limit = start + longestQuoted
  for (let at = pastOrdinary(text, start, limit); at < limit;) {
    const markAt = text.runEnd(at, escapes, longestQuoted)
    const byte = text.at(markAt)
    const level = closedLevel(markAt - at, depth)
    if (byte === mark && level >= 0) return markAt - (2 ** level - 1)
    // The JSON string around a value in other quotes ends here, whatever the value hoped for.
    if (byte === doubleQuote && level === 0 && endsJsonString(text, afterSpace(text, markAt + 1)))
      return markAt
    if (byte === bracket && placeholderEnd(text, markAt) > 0) return start
    if (byte < 0 || byte === 0x0a || byte === 0x0d) return null
    at = pastOrdinary(text, markAt + 1, limit)
  }
  return null
}

function pastOrdinary(text: Text, at: number, limit: number): number {
  return text.runEnd(at, ordinary, Math.max(0, limit - at))
}

/**
 * Which string a quote behind `escapes` backslashes closes: 0 the outermost, 1 the one that is JSON within it, …, -1 none.
 * Each level doubles backslashes and puts one before a quote.
 * @param depth Backslashes of the quote that opened the innermost.
 */
function closedLevel(escapes: number, depth: number): number {
  let rest = escapes
  for (let level = 0; 2 ** level - 1 <= depth; level++) {
    if (rest % 2 === 0) return level
    rest = (rest - 1) / 2
  }
  return -1
}

function endsJsonString(text: Text, at: number): boolean {
  const byte = text.at(at)
  return byte < 0 || afterJsonString[byte] === 1
}

/** The value, or an empty one where a placeholder of ours is in it or right behind it. */
function withoutPlaceholder(text: Text, value: Value): Value {
  const { start, isQuoted } = value
  return hasPlaceholder(text, value) ? { start, end: start, isQuoted } : value
}

function hasPlaceholder(text: Text, { start, end }: Value): boolean {
  for (let at = start; ; at++) {
    at = text.runEnd(at, noBracket, end + 1 - at)
    if (at > end) return false
    if (text.at(at) === bracket && placeholderEnd(text, at) > 0) return true
  }
}

/** A comma or semicolon at the end of a line belongs to the language around the value. */
function withoutPunctuation(text: Text, start: number, end: number): number {
  const last = text.at(end - 1)
  return end > start && (last === 0x2c || last === 0x3b) ? end - 1 : end
}

/** One past the white space at a position: on the line, or over lines where JSON allows it. */
export function afterSpace(text: Text, at: number, of: ByteClass = space): number {
  return text.runEnd(at, of, 32)
}

/** The escaped form of a quote, for a placeholder that needs one; without backslashes that belong to what it closes. */
export function spelledQuote({ depth, mark }: Quote): string {
  const escapes = 2 ** closedLevel(depth, depth) - 1
  return String.fromCharCode(...Array<number>(escapes).fill(backslash), mark)
}
