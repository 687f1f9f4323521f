// A keyed hash that rolls over a text: says in a few steps a byte where a known secret may begin.
import { utf8 } from '#base'
import { hkdfSync } from 'node:crypto'

/** Bytes of a window: by the length of the form, the longest that fits. */
export type WindowLength = 12 | 15 | 24

/** A random word for each byte, drawn from the table's key. @see Cohen 1997, hashing by cyclic polynomials */
export function windowTable(key: Uint8Array): Uint32Array {
  const bytes = hkdfSync('sha256', key, new Uint8Array(0), utf8('keyreeve/known/window/v1'), 1024)
  return new Uint32Array(bytes)
}

/** The hash of the first `length` bytes. */
export function windowHash(table: Uint32Array, bytes: Uint8Array, length: WindowLength, from = 0): number {
  let hash = 0
  for (let at = from; at < from + length; at++) hash = rotated(hash, 1) ^ table[bytes[at]!]!
  return hash >>> 0
}

/**
 * Calls `hit` for each position from `from` to before `to` whose window's hash may be one of a set.
 * @param mayHold A bitmap over the hashes' low bits, a power of two long.
 */
export function roll(
  { table, length, mayHold }: { table: Uint32Array; length: WindowLength; mayHold: Uint8Array },
  bytes: Uint8Array,
  [from, to]: readonly [number, number],
  hit: (position: number, hash: number) => void,
): void {
  if (from >= to) return
  const mask = mayHold.length * 8 - 1
  const leaving = table.map((word) => rotated(word, length))
  let hash = windowHash(table, bytes, length, from) | 0
  for (let at = from; ;) {
    const low = hash & mask
    if ((mayHold[low >>> 3]! & (1 << (low & 7))) !== 0) hit(at, hash >>> 0)
    if (++at >= to) return
    hash = ((hash << 1) | (hash >>> 31)) ^ leaving[bytes[at - 1]!]! ^ table[bytes[at + length - 1]!]!
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
