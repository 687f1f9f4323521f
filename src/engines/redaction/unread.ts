// Masks what goes unread, because attempts or effort ran out: decoys must not hide a secret, and JSON stays JSON.
import type { Anchor } from './anchors.ts'
import { alnum, byteClass, digit, space, unbroken, type ByteClass } from './classes.ts'
import type { Found } from './finding.ts'
import { placeholderEnd } from './placeholder.ts'
import { escapes, quoteAt, spelledQuote } from './quotes.ts'
import { longestSpan, withBackslash, type Text } from './text.ts'
import { holds } from './token.ts'

const [lineEnd, doubleQuote, comma, colon, bracket] = [0x0a, 0x22, 0x2c, 0x3a, 0x5b] as const
/** What means nothing to JSON, wherever it stands. No character of several bytes is cut. */
const piece = byteClass('!#-+.-9;-Z^-z|~-').map((flag, byte) => (byte < 0x80 ? flag : 1))
/** A quote begins a string of JSON behind one of these, and ends one before one of those. */
const beforeString = byteClass(',:{[ \t\r\n')
const afterString = byteClass(',:}] \t\r\n')
/** A stretch ends with the first line that ends behind so many bytes, and does not go on, or after the most. */
const leastStretch = 256
const mostStretch = 4096
/** At the end of a line they say that it goes on. */
const unfinished = byteClass(':=,(>')
const wordStarts = byteClass('0-9tfn-')
const jsonWord = /^(?:true|false|null|-?\d[\d.eE+-]*)$/
const longestWord = 32
const mostBlank = 32
/** A number of fewer digits is no secret. */
const leastNumber = 4

/** The rest of the run that an anchor stands in. */
export function unreadRun(text: Text, at: number, anchor: Anchor): readonly Found[] {
  const start = startOf(text, at, anchor)
  const end = text.runEnd(start, unbroken)
  return end > start ? [unread(start, end, unbroken)] : []
}

/** All from an anchor on to the end of its line or a later one, but what JSON is built of. */
export function unreadStretch(text: Text, at: number, anchor: Anchor): readonly Found[] {
  const found: Found[] = []
  const first = startOf(text, at, anchor)
  for (let next = first; !isEnd(text, next, at);) {
    const end = pieceEnd(text, next, at)
    const one = end > next ? pieceOf(text, Math.max(first, withBackslash(text, next)), end) : null
    if (one !== null) found.push(one)
    next = end > next ? end : Math.max(next + 1, placeholderAt(text, next))
  }
  return found
}

function startOf(text: Text, at: number, { literal, detector, beginsWord }: Anchor): number {
  return beginsWord || detector.structure === 'pem' ? withBackslash(text, at) : at + literal.length
}

function isEnd(text: Text, next: number, from: number): boolean {
  const byte = text.at(next)
  if (byte < 0 || next - from >= mostStretch) return true
  return byte === lineEnd && next - from >= leastStretch && !text.is(next - 1, unfinished)
}

/** Pieces go on over what is between them as long as it cannot be what JSON is built of. */
function pieceEnd(text: Text, start: number, from: number): number {
  let end = text.runEnd(start, piece)
  for (let next = end; end > start && end - from < mostStretch; end = text.runEnd(next, piece)) {
    next = joinEnd(text, end, from)
    if (next === end) return end
  }
  return end
}

/** One past what may stand within a string or outside of JSON only, or `at`. A byte of a piece stands before it. */
function joinEnd(text: Text, at: number, from: number): number {
  const byte = text.at(at)
  if (byte === colon) return at + 1
  if (byte === doubleQuote) return text.is(at - 1, beforeString) || !isInside(text, at + 1) ? at : at + 1
  const end = text.runEnd(at, space, mostBlank)
  return end > at && text.is(end, piece) && !holdsEnd(text, [at, end], from) ? end : at
}

function isInside(text: Text, at: number): boolean {
  return text.at(at) >= 0 && !text.is(at, afterString)
}

function holdsEnd(text: Text, [start, end]: readonly [number, number], from: number): boolean {
  for (let at = start; at < end; at++) if (text.at(at) === lineEnd && isEnd(text, at, from)) return true
  return false
}

function placeholderAt(text: Text, at: number): number {
  return text.bytes[at] === bracket ? placeholderEnd(text, at) : -1
}

/** Null for what is no more than punctuation, and for words and small numbers that may be values of JSON. */
function pieceOf(text: Text, start: number, end: number): Found | null {
  if (!holds(text, start, end, alnum)) return null
  const found = unread(start, end, piece)
  if (!isJsonWord(text, start, end)) return found
  const before = text.runStart(start, space, longestWord) - 1
  const byte = text.at(before)
  const isNumber = text.runEnd(start, digit, end - start) - start >= leastNumber
  if (byte < 0 || byte === comma || byte === bracket || !isNumber) return null
  const quote = byte === colon ? text.runStart(before, space, longestWord) - 1 : -1
  return text.at(quote) === doubleQuote ? { ...found, quote: spelledAt(text, quote) } : found
}

function isJsonWord(text: Text, start: number, end: number): boolean {
  return end - start <= longestWord && text.is(start, wordStarts) && jsonWord.test(text.latin1(start, end))
}

function spelledAt(text: Text, at: number): string {
  const quote = quoteAt(text, text.runStart(at, escapes, longestWord))
  return quote === null ? '' : spelledQuote(quote)
}

function unread(start: number, end: number, of: ByteClass): Found {
  const isCut = end - start >= longestSpan
  return { start, end, detector: 'unchecked', confidence: 'likely', ...(isCut && { rest: of }) }
}
