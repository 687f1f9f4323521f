// A keyed hash that rolls over a text: says in a few steps a byte where a known secret may begin. All hashes are signed
// 32-bit numbers: V8 keeps those in registers, larger ones it does not.
import { utf8 } from '#base'
import { hkdfSync } from 'node:crypto'

/** Bytes of a window: by the length of the form, the longest that fits. */
export type WindowLength = 12 | 15 | 24

/** The longest window that fits. 15 is what the trimmed base64 of 12 bytes has, 24 what their hexadecimal has. */
export function windowOf(length: number): WindowLength {
  if (length >= 24) return 24
  return length >= 15 ? 15 : 12
}

/** A random word for each byte, drawn from the table's key. @see Cohen 1997, hashing by cyclic polynomials */
export function windowTable(key: Uint8Array): Int32Array {
  const bytes = hkdfSync('sha256', key, new Uint8Array(0), utf8('keyreeve/known/window/v1'), 1024)
  return new Int32Array(bytes)
}

/** The hash of the first `length` bytes. */
export function windowHash(table: Int32Array, bytes: Uint8Array, length: WindowLength, from = 0): number {
  let hash = 0
  for (let at = from; at < from + length; at++) hash = rotated(hash, 1) ^ table[bytes[at]!]!
  return hash
}

/** Windows of one length that are looked for. */
export interface Windows {
  readonly table: Int32Array
  readonly length: WindowLength
  /** A bitmap over the hashes' low bits, a power of two long. */
  readonly mayHold: Uint8Array
  /** What a byte takes with it out of the hash: its word, rotated by the length. */
  readonly leaving: Int32Array
}

export function windowsOf(table: Int32Array, length: WindowLength, mayHold: Uint8Array): Windows {
  return { table, length, mayHold, leaving: table.map((word) => rotated(word, length)) }
}

/** The first position from `from` to before `to` whose window may be one of those looked for, or `to`. */
export function nextWindow(
  { table, leaving, length, mayHold }: Windows,
  bytes: Uint8Array,
  [from, to]: readonly [number, number],
): number {
  if (from >= to) return to
  const mask = mayHold.length * 8 - 1
  let hash = windowHash(table, bytes, length, from)
  for (let at = from; ;) {
    const low = hash & mask
    if ((mayHold[low >>> 3]! & (1 << (low & 7))) !== 0) return at
    if (++at >= to) return to
    hash = ((hash << 1) | (hash >>> 31)) ^ leaving[bytes[at - 1]!]! ^ table[bytes[at + length - 1]!]!
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
