// Reads what a link leads to: one value, or those of a list, in quotes, bare, or wrapped in a conversion.
import { blank, byteClass } from './classes.ts'
import type { Link } from './links.ts'
import { afterSpace, quoteAt, quotedAt, valueAt, type Value } from './quotes.ts'
import type { Text } from './text.ts'

const open = 0x28
const bracket = 0x5b
const brace = 0x7b
const comma = 0x2c
const equals = 0x3d
const less = 0x3c
const mostListed = 32
export const longestWrapper = 48
const longestElement = 512
/** Letters that mark a kind of string: `b'…'`, `f"…"`, `N'…'`, `@"…"`. */
export const prefixes = byteClass('bBrRfFuULN@')
export const wrapping = byteClass('A-Za-z0-9_.:<>[]&* \t')
export const typing = byteClass('A-Za-z0-9_.<>[]&*?| \t')
const elementText = byteClass('!#-;=?-[]-~')

/** Conversions that keep their text: what else is called may look a value up by the text. */
const wrappers =
  /(?:bytes?\]?|string|str|secret|decode\w*|from|value|credentials?|password|passwd|token|key|chars?|ptr|quote|some|just|unicode|encode\w*|of|u|text|literal|setval)$/i

/** The values that a link leads to; none that is empty or a placeholder of ours. */
export function valuesAfter(
  text: Text,
  { how, at, needsQuotes }: Link,
  isWholeLine: boolean,
): readonly Value[] {
  if (how === 'element') return elementAt(text, at)
  const quoted = quotedValueAt(text, at)
  if (quoted !== null) return [quoted]
  const listStart = needsQuotes ? -1 : listStartAt(text, at)
  const listed = listStart < 0 ? [] : listAt(text, listStart)
  if (listed.length > 0) return listed
  const wrapped = wrappedAt(text, at) ?? (how === 'colon' ? typedAt(text, at) : null)
  if (wrapped !== null) return [wrapped]
  return needsQuotes ? [] : [valueAt(text, at, isWholeLine)]
}

/** A value in quotes, with the letters before them that languages allow. */
function quotedValueAt(text: Text, at: number): Value | null {
  return quotedAt(text, text.runEnd(at, prefixes, 2))
}

/** One past the bracket of a list, or the brace of one with its type before it: `[]string{`; or -1. */
function listStartAt(text: Text, at: number): number {
  const end = text.runEnd(at, wrapping, longestWrapper)
  if (end > at && text.at(end) === brace) return end + 1
  return text.at(at) === bracket ? at + 1 : -1
}

function listAt(text: Text, at: number): readonly Value[] {
  const values: Value[] = []
  let next = afterSpace(text, at)
  for (let count = 0; count < mostListed && quoteAt(text, next) !== null; count++) {
    const value = quotedAt(text, next)
    if (value === null) break
    values.push(value)
    const quoteEnd = quoteAt(text, value.end)?.end
    if (quoteEnd === undefined) break
    next = afterSpace(text, quoteEnd)
    if (text.at(next) !== comma) break
    next = afterSpace(text, next + 1)
  }
  return values
}

/** `[]byte("…")`, `new Credential("…")`, `Base64.decode('…')`. */
function wrappedAt(text: Text, at: number): Value | null {
  const end = text.runEnd(at, wrapping, longestWrapper)
  if (end === at || text.at(end) !== open) return null
  if (!wrappers.test(text.latin1(at, end).trimEnd())) return null
  return quotedValueAt(text, afterSpace(text, end + 1, blank))
}

/** `password: string = "…"`. */
function typedAt(text: Text, at: number): Value | null {
  const end = text.runEnd(at, typing, longestWrapper)
  if (end === at || text.at(end) !== equals) return null
  return quotedValueAt(text, afterSpace(text, end + 1, blank))
}

function elementAt(text: Text, start: number): readonly Value[] {
  const end = text.runEnd(start, elementText, longestElement)
  return text.at(end) === less ? [{ start, end, isQuoted: true }] : []
}
