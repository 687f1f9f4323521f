// Bare numbers in JSON: their placeholder is a string of its own, or JSON would not stay JSON.
import { byteClass, digit, space } from './classes.ts'
import type { Found } from './finding.ts'
import { endsPlaceholder } from './placeholder.ts'
import { afterSpace, quoteAt, spelledQuote } from './quotes.ts'
import type { Text } from './text.ts'

const colon = 0x3a
const comma = 0x2c
const newline = 0x0a
const openBracket = 0x5b
const doubleQuote = 0x22
const marks = byteClass('"\'')
const escapes = byteClass('\\')
/** What may follow a number in JSON. */
const closing = byteClass(',]}')
/** What lists are made of that hold no strings. */
const listed = byteClass('0-9.eE+truefalsn-')
/** Ends what is nested in a list. */
const nesting = byteClass('}]')
/** What stands before a string, so that a quote behind it opens one. */
const opening = byteClass(':,[{')
const mostSpace = 32
const mostListed = 128

/** The finding, with quotes if it is a bare number in JSON; none if it may be one and it cannot be told. */
export function plainFound(text: Text, found: Found): readonly Found[] {
  const quote = quoteFor(text, found.start, found.end)
  if (quote === null) return []
  return [quote === '' ? found : { ...found, quote }]
}

function quoteFor(text: Text, start: number, end: number): string | null {
  if (text.at(start) === 0x30 || text.runEnd(start, digit, end - start) < end) return ''
  if (!text.is(afterSpace(text, end), closing)) return ''
  const before = spaceStart(text, start)
  if (text.at(before - 1) === colon) return keyQuote(text, before - 1)
  const isListed = text.at(before - 1) === comma || text.at(before - 1) === openBracket
  return isListed ? listQuote(text, before) : ''
}

/** The quote of the key before a colon; '' where there is none, as in code or YAML. */
function keyQuote(text: Text, colonAt: number): string | null {
  const end = spaceStart(text, colonAt)
  return text.is(end - 1, marks) ? closedQuote(text, end - 1) : ''
}

/** Walks back over a list to where it begins, or to a string in it. */
function listQuote(text: Text, end: number): string | null {
  for (let at = end - 1; at >= end - mostListed; at--) {
    const byte = text.at(at)
    if (byte === openBracket) {
      const quote = openedQuote(text, at)
      if (quote !== undefined) return quote
    } else if (byte === doubleQuote) return closedQuote(text, at)
    else if (text.is(at, nesting) && !endsPlaceholder(text, at + 1)) return null
    else if (!isListed(text, at)) return ''
  }
  return null
}

/** What the list that begins at `at` stands in; undefined if it is another list. */
function openedQuote(text: Text, at: number): string | null | undefined {
  const before = spaceStart(text, at)
  const previous = text.at(before - 1)
  if (previous < 0) return '"'
  if (previous === colon) return keyQuote(text, before - 1)
  return previous === comma || previous === openBracket ? undefined : ''
}

function isListed(text: Text, at: number): boolean {
  if (text.at(at) === newline) return isOpenLine(text, at)
  return text.at(at) === comma || text.is(at, listed) || text.is(at, space)
}

/** The line goes on: a list over several lines. */
function isOpenLine(text: Text, at: number): boolean {
  const last = text.at(spaceStart(text, at) - 1)
  return last === comma || last === openBracket
}

/** The spelling of a quote that closes a string, or null if it may as well open one. */
function closedQuote(text: Text, markAt: number): string | null {
  const first = text.runStart(markAt, escapes, 15)
  const before = text.at(spaceStart(text, first) - 1)
  const quote =
    before < 0 || opening[before] === 1 || spaceStart(text, first) < first ? null : quoteAt(text, first)
  return quote === null ? null : spelledQuote(quote)
}

function spaceStart(text: Text, at: number): number {
  return text.runStart(at, space, mostSpace)
}
