// A first glance at digits: most are no number of a person, and it takes a few bytes to tell.
import { alnum, byteClass, digit, letter } from './classes.ts'

/** What digits are worth a closer look for, as flags. */
export const worth = { nothing: 0, number: 1, phone: 2, address: 4, account: 8, pair: 16, all: 31 } as const

const longestLook = 32
const mostLetters = 7
/** Fewer digits are no number, unless letters stand among them. */
const fewestDigits = 7
const fewestMixed = 6
/** Words of letters and digits that have a form are of such a length. */
const shortestWord = 8
const longestWord = 18
const shortestAccount = 15

const separators = byteClass(' ./()-')
/** What stands before a number that is whole, most often. */
const apart = byteClass(' "\'=,(<>|\t\r\n')
const escapes = byteClass('\\%[;')
const underscore = 0x5f
const dot = 0x2e
const space = 0x20
const hyphen = 0x2d

/** What a look at the bytes from the first digit on gave. */
interface Look {
  readonly bytes: Uint8Array
  readonly at: number
  /** Where the letters before the digit begin. */
  readonly first: number
  readonly digits: number
  readonly dots: number
  /** One past the digits and what separates them. */
  readonly end: number
}

/**
 * What the digits that begin at `at` may be. Flags that are not set need no closer look, wherever the text is cut: at its
 * end all are.
 */
export function glance(bytes: Uint8Array, at: number): number {
  let first = at
  while (at - first < mostLetters && letter[bytes[first - 1]!] === 1) first--
  const before = bytes[first - 1] ?? space
  if (digit[before] === 1 || before === underscore) return worth.nothing
  if (escapes[before] === 1 && mayBeEscape(bytes, first, before)) return worth.all
  const look = lookAt(bytes, at, first)
  if (look === null) return worth.all
  return first < at ? worthBehindLetters(look) : worthAlone(look)
}

/** Counts digits and what separates them; null if the text ends there. */
function lookAt(bytes: Uint8Array, at: number, first: number): Look | null {
  let digits = 0
  let dots = 0
  let end = at
  for (; end < at + longestLook; end++) {
    const byte = bytes[end]
    if (byte === undefined) return null
    if (digit[byte] === 1) digits++
    else if (separators[byte] === 0 || isApart(bytes[end - 1]!, byte)) break
    else if (byte === dot) dots++
  }
  return { bytes, at, first, digits, dots, end }
}

function worthBehindLetters(look: Look): number {
  const isAccount = look.at - look.first === 2 && mayBeAccount(look)
  return (isMixed(look) ? worth.number : 0) | (isAccount ? worth.account : 0)
}

function worthAlone(look: Look): number {
  const { bytes, at, digits, dots, end } = look
  const isLong = digits >= fewestDigits
  if (!isLong && dots < 3 && letter[bytes[end]!] === 0 && letter[bytes[at - 2]!] !== 1) return worth.nothing
  if (isDated(bytes, at)) return worth.nothing
  return (
    (isLong || isMixed(look) ? worth.number : 0) |
    (isLong && mayBePhone(look) ? worth.phone : 0) |
    (dots >= 3 ? worth.address : 0) |
    (mayHavePair(look) ? worth.pair : 0)
  )
}

/** Two separators, unless one is a parenthesis. */
function isApart(before: number, byte: number): boolean {
  return separators[before] === 1 && byte !== 0x28 && before !== 0x29
}

/** A list of numbers and a terminal's colour begin alike. */
function mayBeEscape(bytes: Uint8Array, first: number, before: number): boolean {
  if (before === 0x25) return alnum[bytes[first + 2] ?? space] === 1
  if (before === 0x5c) return true
  let at = first
  while (at < first + 3 && digit[bytes[at]!] === 1) at++
  return bytes[at] === undefined || bytes[at] === 0x6d
}

/** Letters stand among the digits, as in some ids. */
function isMixed({ bytes, at, first, digits, end }: Look): boolean {
  if (first === at && letter[bytes[end]!] === 0) return false
  // Without letters before, and with a space behind, it takes more of them: 12345678 Z.
  const isApart = first === at && bytes[end - 1] === space
  if (digits >= (isApart ? shortestWord : fewestMixed)) return true
  // 1EG4-TE5-MK73 and 12.ABC.345/01DE-35
  if (bytes[at + 4] === hyphen && bytes[at + 8] === hyphen) return true
  if (bytes[at + 2] === dot && bytes[at + 6] === dot) return true
  const length = wordEnd(bytes, at) - first
  return length >= shortestWord && length <= longestWord
}

/** Not after another group, unless it is three digits; neither a date nor a time stamp. */
function mayBePhone({ bytes, at, digits, dots }: Look): boolean {
  let end = at
  while (digit[bytes[end]!] === 1) end++
  const length = end - at
  if (length === digits) return length <= 13 && !(bytes[at] === 0x31 && (length === 10 || length === 13))
  // 81.2.69.142, but not 1.212.555.0123.
  if (dots === 3 && length > 1 && bytes[end] === dot) return false
  const isBehind = bytes[at - 1] === space && digit[bytes[at - 2]!] === 1
  return !isBehind || length === 3 || length === 1
}

/** 2026-11-23, of which no number has the form. */
function isDated(bytes: Uint8Array, at: number): boolean {
  const separator = bytes[at + 4]
  if ((separator !== hyphen && separator !== 0x2f && separator !== dot) || bytes[at + 7] !== separator)
    return false
  const isCentury =
    (bytes[at] === 0x32 && bytes[at + 1] === 0x30) || (bytes[at] === 0x31 && bytes[at + 1] === 0x39)
  return isCentury && digit[bytes[at + 3]!] === 1
}

function mayBeAccount({ bytes, at, first }: Look): boolean {
  const end = wordEnd(bytes, at)
  const length = end - first
  return length >= shortestAccount || (length === 4 && (bytes[end] === space || bytes[end] === hyphen))
}

/** AB 12 34 or X-1234567-L */
function mayHavePair({ bytes, at }: Look): boolean {
  const separator = bytes[at - 1]
  if (letter[bytes[at - 2]!] !== 1) return false
  if (separator === hyphen && bytes[at + 7] === hyphen) return true
  return (
    (separator === space || separator === hyphen) &&
    bytes[at + 2] === separator &&
    digit[bytes[at + 3]!] === 1
  )
}

function wordEnd(bytes: Uint8Array, at: number): number {
  let end = at
  while (end < at + longestLook && alnum[bytes[end]!] === 1) end++
  return end
}

/** Tells at one look that what begins at `at` joins nothing before it; false if it takes a closer one. */
export function standsApart(bytes: Uint8Array, at: number): boolean {
  return apart[bytes[at - 1]!] === 1
}
