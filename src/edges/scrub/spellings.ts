// How bytes are written out one by one, and how that reads: escapes, pairs of hexadecimal digits, lists of numbers.
import { utf8 } from '#base'
import type { Reading } from './reading.ts'

/** A stretch of a text; one that is open may go on when more has come. */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly isOpen: boolean
}

/**
 * Reads a stretch, and adds to the reading at most as many bytes as it has.
 * @returns Where its last part begins that is unfinished, or its end.
 */
export type Read = (bytes: Uint8Array, stretch: Stretch, into: Reading) => number

/** How an escape is spelled: an opening, digits, and a closing character or none (0). */
interface Escape {
  readonly opening: Uint8Array
  readonly base: number
  readonly least: number
  readonly most: number
  readonly closing: number
  /** It stands for a byte, not for a character. */
  readonly isByte: boolean
}

const escapes: readonly Escape[] = [
  spelled('%', 16, [2, 2]),
  spelled('=', 16, [2, 2]),
  spelled('\\x', 16, [2, 2]),
  spelled('\\u', 16, [4, 4]),
  spelled('\\u{', 16, [1, 6], '}'),
  spelled('\\x{', 16, [1, 6], '}'),
  spelled('\\U', 16, [8, 8]),
  spelled('\\', 8, [3, 3]),
  spelled('&#', 10, [1, 7], ';'),
  spelled('&#x', 16, [1, 6], ';'),
  spelled('&#X', 16, [1, 6], ';'),
]
/** `\U0001f511`, `&#1114111;` */
const longestEscape = 10
const byMark = Array.from({ length: 256 }, (_, byte) => escapes.filter(({ opening }) => opening[0] === byte))
const [zero, lowerX] = [0x30, 0x78]

/** 16 for what is no digit. */
const digitOf = new Uint8Array(256).fill(16)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  for (const char of [digit, digit.toUpperCase()]) digitOf[char.charCodeAt(0)] = value
}

function spelled(
  opening: string,
  base: number,
  [least, most]: readonly [number, number],
  closing = '\0',
): Escape {
  const isByte = opening !== '\\u' && opening !== '\\U' && closing === '\0'
  return { opening: utf8(opening), base, least, most, closing: closing.charCodeAt(0), isByte }
}

/** Escapes, and what is left as it is between them. */
export function readEscapes(bytes: Uint8Array, { start, end, isOpen }: Stretch, into: Reading): number {
  let at = start
  while (at < end) {
    const spelt = byMark[bytes[at]!]!
    let length = 0
    for (let index = 0; index < spelt.length && length === 0; index++)
      length = addEscape(bytes, at, spelt[index]!, into)
    if (length > 0) at += length
    else if (isOpen && spelt.length > 0 && at > end - longestEscape) return at
    else into.add(bytes[at]!, at++, 1)
  }
  return end
}

/** @returns Its length, or 0 if it does not stand there. */
function addEscape(bytes: Uint8Array, start: number, escape: Escape, into: Reading): number {
  const { opening, base, least, most, closing, isByte } = escape
  for (let index = 1; index < opening.length; index++) if (bytes[start + index] !== opening[index]) return 0
  const first = start + opening.length
  let [at, value] = [first, 0]
  for (let digit = digitAt(bytes, at); digit < base && at - first < most; digit = digitAt(bytes, ++at))
    value = value * base + digit
  if (at - first < least || (closing !== 0 && bytes[at++] !== closing)) return 0
  if (value < 0x80 || isByte) into.add(value & 0xff, start, at - start)
  else addCharacter(into, value, start, at - start)
  return at - start
}

function digitAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? digitOf[bytes[at]!]! : 16
}

function addCharacter(into: Reading, code: number, start: number, width: number): void {
  if (code > 0x10ffff) into.addGap(start)
  else for (const byte of utf8(String.fromCodePoint(code))) into.add(byte, start, width)
}

/** `71:38`, `71 38`, `0x71, 0x38` */
export function readPairs(bytes: Uint8Array, { start, end, isOpen }: Stretch, into: Reading): number {
  for (let at = start; at < end;) {
    const first = at
    while (at < end && isOfWord(bytes[at]!)) at++
    if (at === first) at++
    else if (isOpen && at === end) return first
    else addPair(bytes, first, at, into)
  }
  return end
}

function addPair(bytes: Uint8Array, start: number, end: number, into: Reading): void {
  const hasPrefix = end - start > 2 && bytes[start] === zero && (bytes[start + 1]! | 0x20) === lowerX
  const first = hasPrefix ? start + 2 : start
  const high = end - first === 2 ? digitAt(bytes, first) : hasPrefix && end - first === 1 ? 0 : 16
  const low = digitAt(bytes, end - 1)
  if (high < 16 && low < 16) into.add(16 * high + low, start, end - start)
  else into.addGap(start)
}

/** `113, 56` */
export function readNumbers(bytes: Uint8Array, { start, end, isOpen }: Stretch, into: Reading): number {
  for (let at = start; at < end;) {
    const first = at
    let value = 0
    for (; at < end && isOfWord(bytes[at]!); at++) {
      const digit = digitOf[bytes[at]!]!
      value = digit < 10 && value < 256 ? 10 * value + digit : Infinity
    }
    if (at === first) at++
    else if (isOpen && at === end) return first
    else if (value < 256) into.add(value, first, at - first)
    else into.addGap(first)
  }
  return end
}

function isOfWord(byte: number): boolean {
  return digitOf[byte]! < 16 || (byte | 0x20) === lowerX
}
