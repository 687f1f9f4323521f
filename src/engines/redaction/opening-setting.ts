// The cheap look at the name of a setting and what follows it: whether assignment.ts could find a value there. It knows
// most code by its beginning, so that few places are read twice. tools/wasm/prefilter.ts does the same; where both differ,
// it must let through more.
import { isFirstOfLine } from './assignment.ts'
import { bare, blank, byteClass, digit, keyName, letter, lower, solid, space, union } from './classes.ts'
import { longestKey, nameEndAt } from './keys.ts'
import { marks } from './quotes.ts'
import { afterName } from './stand-ins.ts'
import type { Text } from './text.ts'
import { longestWrapper, prefixes, typing, wrapping } from './values.ts'

/** Of a type, or a call. */
export const around = union(wrapping, typing)
/** What code has and no value whose format is known by a name. */
export const brackets = byteClass('()[]<>{}')
const separators = byteClass(':=!')
const stars = byteClass('*')
const escapes = byteClass('\\')
const opensQuotes = byteClass('({=')
const beginsAttribute = byteClass('vVsS')
const names = union(letter, byteClass('_'))
const paths = union(names, byteClass('.'))
const lineEnds = byteClass('\r\n')
const [backslash, equals, colon, bang, open, greater, less, semicolon, comma, dash, bracket, bracketEnd] = [
  0x5c, 0x3d, 0x3a, 0x21, 0x28, 0x3e, 0x3c, 0x3b, 0x2c, 0x2d, 0x5b, 0x5d,
] as const
const doubleQuote = 0x22
const mostSpace = 32
const mostEscapes = 15
/** So much of a value is looked at. */
const longestLook = 64
/** Formats that are known by a name are that long, and one has ten letters. */
export const shortestNamed = 16
export const shortNamed = 10
/** Without quotes a credential is that much longer; a password, whose least is below, is not. */
const leastLonger = 6
const furtherBare = 2

interface Name {
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
  /** Fewest bytes of its value in quotes. */
  readonly least: number
}

/**
 * Tells whether the word at `at` may be the last one of a setting's name that has a value.
 * @param least Fewest bytes of a value in quotes; a password has no more without.
 */
export function mayBeSet(text: Text, at: number, [wordEnd, least]: readonly [number, number]): boolean {
  const end = nameEndAt(text, at, wordEnd - at)
  if (end < 0) return false
  const mark = text.runEnd(end, escapes, mostEscapes)
  const isQuoted = text.is(mark, marks)
  const name = { start: text.runStart(at, keyName, longestKey), end, isQuoted, least }
  const near = isQuoted ? afterBracket(text, mark + 1) : text.runEnd(end, stars, 2)
  return mayJoin(text, name, near)
}

function afterBracket(text: Text, at: number): number {
  return text.at(at) === bracketEnd ? at + 1 : at
}

/** As `linkAfter` of links.ts. */
function mayJoin(text: Text, name: Name, near: number): boolean {
  const at = text.runEnd(near, name.isQuoted ? space : blank, mostSpace)
  const byte = text.at(at)
  if (text.is(at, separators)) return mayFollow(text, name, at)
  if (byte === open && at === near && !name.isQuoted) return mayBeQuoted(text, afterBlank(text, at + 1))
  if (byte === greater && at === near) return text.at(name.start - 1) === less
  if (name.isQuoted) return mayBeBeside(text, name, at)
  return at > near && (text.is(at, marks) || isFlag(text, name))
}

function mayFollow(text: Text, name: Name, at: number): boolean {
  const [first, second] = [text.at(at), text.at(at + 1)]
  if (second === equals && first !== colon)
    return mayBeQuoted(text, afterBlank(text, text.at(at + 2) === equals ? at + 3 : at + 2))
  if (first === bang || (first === colon && second === colon)) return false
  const isLong = first === colon ? second === equals : second === greater
  const end = isLong ? at + 2 : text.runEnd(at + 1, stars, 2)
  return mayHaveValue(text, name, text.runEnd(end, name.isQuoted ? space : blank, mostSpace))
}

/** `"name": "password", "value": …`, `"password";s:5:`, `("password", …`, `"--password", …` */
function mayBeBeside(text: Text, { start }: Name, at: number): boolean {
  const byte = text.at(at)
  if (byte === semicolon) return text.at(at + 1) === 0x73
  const next = byte === comma ? text.runEnd(at + 1, space, mostSpace) : at
  const mark = text.runEnd(next, escapes, mostEscapes)
  if (text.is(text.is(mark, marks) ? mark + 1 : next, beginsAttribute)) return true
  if (byte !== comma) return false
  const isFlagged = text.at(start) === dash && text.at(start + 1) === dash
  return isFlagged || text.at(text.runStart(start - 1, blank, 4) - 1) === open
}

function isFlag(text: Text, { start, end }: Name): boolean {
  for (let at = start; at + 1 < end; at++) if (text.at(at) === dash && text.at(at + 1) === dash) return true
  return false
}

/** A value in quotes, or the call of something with one. */
function mayBeQuoted(text: Text, at: number): boolean {
  return isQuoteAt(text, at) || mayWrap(text, at)
}

function mayWrap(text: Text, at: number): boolean {
  const end = text.runEnd(at, around, longestWrapper)
  return end > at && text.is(end, opensQuotes) && isQuoteAt(text, text.runEnd(end + 1, space, mostSpace))
}

function isQuoteAt(text: Text, at: number): boolean {
  return text.is(text.runEnd(text.runEnd(at, prefixes, 2), escapes, mostEscapes), marks)
}

function mayHaveValue(text: Text, name: Name, at: number): boolean {
  const mark = text.runEnd(at, escapes, mostEscapes)
  if (text.is(mark, marks)) return isLong(text, mark + 1, [name.least, text.at(mark)])
  if (isQuoteAt(text, at) || mayWrap(text, at)) return true
  if (text.at(at) === bracket) return isQuoteAt(text, text.runEnd(at + 1, space, mostSpace))
  return mayBeBare(text, name, at)
}

/** Goes on to what ends the value, or to a backslash, behind which it may go on. */
function isLong(text: Text, start: number, [least, mark]: readonly [number, number]): boolean {
  for (let at = start; at < start + least; at++) {
    const byte = text.at(at)
    if (byte === backslash) return true
    if (byte < 0 || byte === mark || lineEnds[byte] === 1) return false
  }
  return true
}

function mayBeBare(text: Text, name: Name, start: number): boolean {
  const isWholeLine = !name.isQuoted && isFirstOfLine(text, name.start)
  const end = text.runEnd(start, isWholeLine ? solid : bare, longestLook)
  if (end - start < leastBare(name)) return false
  return end - start === longestLook || !isCode(text, name, [start, end, isWholeLine])
}

function leastBare({ isQuoted, least }: Name): number {
  return isQuoted || least < leastLonger ? least : least + furtherBare
}

/** Code that stand-ins.ts knows: a call, an index, names with dots, a variable. */
function isCode(
  text: Text,
  name: Name,
  [start, end, isWholeLine]: readonly [number, number, boolean],
): boolean {
  const isLoose = name.isQuoted
    ? !text.is(start, digit)
    : text.at(name.end) === 0x20 || !isSetting(text, name)
  if (isWholeLine) return isLoose && holds(text, [start, firstOf(text, [start, end], doubleQuote)], brackets)
  const isShort = end - start < shortestNamed && end - start !== shortNamed
  if (!isLoose || !isShort) return false
  if (text.at(end) === open) return true
  const nameEnd = text.runEnd(start, names, end - start)
  if (nameEnd < end) return text.at(nameEnd) === 0x2e && isPath(text, start, end)
  return text.is(text.runEnd(end, blank, 4), afterName) && isLooseName(text, name)
}

/** `a.b.c`, letters only. */
function isPath(text: Text, start: number, end: number): boolean {
  let before = 0x2e
  for (let at = start; at < end; at++) {
    const byte = text.at(at)
    if (paths[byte] !== 1 || (byte === 0x2e && before === 0x2e)) return false
    before = byte
  }
  return before !== 0x2e
}

/** A flag, or a variable of the environment. */
function isSetting(text: Text, name: Name): boolean {
  return !holds(text, [name.start, name.end], lower) || isFlag(text, name)
}

/** A variable may be the whole value of a setting. */
function isLooseName(text: Text, name: Name): boolean {
  return name.isQuoted || !isSetting(text, name)
}

function holds(text: Text, [start, end]: readonly [number, number], of: Uint8Array): boolean {
  for (let at = start; at < end; at++) if (text.is(at, of)) return true
  return false
}

/** The first place of a byte, or the end. */
function firstOf(text: Text, [start, end]: readonly [number, number], byte: number): number {
  let at = start
  while (at < end && text.at(at) !== byte) at++
  return at
}

function afterBlank(text: Text, at: number): number {
  return text.runEnd(at, blank, mostSpace)
}
