// The escape sequences by which text hides characters of ASCII: of addresses, of JSON and source code, of HTML.
import { byteClass } from './classes.ts'

/** Value of each digit, 255 for a byte that is none. */
export const hexDigits = new Uint8Array(256).fill(255)
for (let value = 0; value < 16; value++) {
  hexDigits[value.toString(16).charCodeAt(0)] = value
  hexDigits[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/** With one of these an escape sequence begins. */
export const escapeMarks = byteClass('%\\&')
const percent = 0x25
const backslash = 0x5c
const quote = 0x22
const hash = 0x23
const semicolon = 0x3b
/** Each string within a string doubles the backslashes; what is deeper is none of ours. */
const mostBackslashes = 15
/** `&#x0041;` without its first two characters. */
const longestNumber = 6
/** The longest sequence, in bytes. */
export const longestEscape = mostBackslashes + 5

const entities: readonly (readonly [name: string, byte: number])[] = [
  ['quot;', 0x22],
  ['amp;', 0x26],
  ['apos;', 0x27],
  ['lt;', 0x3c],
  ['gt;', 0x3e],
]

/** No sequence; one that the end of the text cuts off; a quote behind backslashes, which begins or ends a string. */
export const noEscape = 0
export const cutEscape = -1
export const quoteEscape = -2

/** Tells whether a sequence may begin at a position: with the first of some backslashes, not with another. */
export function isMark(bytes: Uint8Array, at: number): boolean {
  return escapeMarks[bytes[at]!] === 1 && (bytes[at] !== backslash || bytes[at - 1] !== backslash)
}

/**
 * Reads the sequence at a position: `%3D`, `\u003d`, `\x3d`, `\/`, `&#61;`, `&#x3d;`, `&quot;`, also behind more than one
 * backslash.
 * @param end One past the last byte; a sequence that it cuts off is `cutEscape`.
 * @returns The byte that it stands for, 256 times its length added; or one of the three above.
 */
export function escapeAt(bytes: Uint8Array, at: number, end: number): number {
  const mark = bytes[at]
  if (mark === percent) return hexAt(bytes, [at, at + 1, 2], end)
  if (mark === backslash) return backslashed(bytes, at, end)
  return entityAt(bytes, at, end)
}

/** A sequence that begins at `start` and ends with `count` digits from `from` on. */
function hexAt(
  bytes: Uint8Array,
  [start, from, count]: readonly [start: number, from: number, count: number],
  end: number,
): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    if (at >= end) return cutEscape
    const digit = hexDigits[bytes[at]!]!
    if (digit > 15) return noEscape
    value = value * 16 + digit
  }
  return value > 0xff ? noEscape : escapeOf(value, from + count - start)
}

function backslashed(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1
  while (at < end && at - start < mostBackslashes && bytes[at] === backslash) at++
  if (at >= end) return cutEscape
  const letter = bytes[at]
  if (letter === quote || letter === backslash) return quoteEscape
  if (letter === 0x2f) return escapeOf(letter, at + 1 - start)
  if (letter === 0x78) return hexAt(bytes, [start, at + 1, 2], end)
  const code = letter === 0x75 ? hexAt(bytes, [start, at + 1, 4], end) : noEscape
  return code > 0 && (code & 0x80) !== 0 ? noEscape : code
}

function entityAt(bytes: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end) return cutEscape
  if (bytes[start + 1] === hash) return numberAt(bytes, start, end)
  for (const [name, byte] of entities) {
    const matched = matchedOf(bytes, [start + 1, end], name)
    if (matched === name.length) return escapeOf(byte, 1 + matched)
    if (start + 1 + matched >= end) return cutEscape
  }
  return noEscape
}

function matchedOf(bytes: Uint8Array, [from, end]: readonly [number, number], name: string): number {
  let length = 0
  while (length < name.length && from + length < end && bytes[from + length] === name.charCodeAt(length))
    length++
  return length
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  const isHex = start + 2 < end && (bytes[start + 2]! | 0x20) === 0x78
  const from = start + (isHex ? 3 : 2)
  let value = 0
  for (let at = from; at < from + longestNumber; at++) {
    if (at >= end) return cutEscape
    if (bytes[at] === semicolon) return at > from && value < 0x80 ? escapeOf(value, at + 1 - start) : noEscape
    const digit = hexDigits[bytes[at]!]!
    if (digit > (isHex ? 15 : 9)) return noEscape
    value = value * (isHex ? 16 : 10) + digit
  }
  return noEscape
}

function escapeOf(byte: number, length: number): number {
  return (length << 8) | byte
}
