// What the tree holds of an event for ever: when it was, and a commitment to its payload.
import { sha256 } from './hash.ts'

/** Bytes of a leaf of version 1. */
export const leafBytes = 43
/** Bytes of the salt that keeps a commitment from being guessed. */
export const saltBytes = 16
const millisecondsPerDay = 86_400_000

const version = 1
const latest = 2 ** 48 - 1

/** An entry of the tree. */
export interface Leaf {
  /** Days since 1970-01-01 UTC: names the key that sealed the payload. Follows from `time`. */
  readonly day: number
  /** Milliseconds since 1970-01-01 UTC, at most 2^48 - 1. */
  readonly time: number
  /** SHA-256(salt || payload), 32 bytes. */
  readonly commitment: Uint8Array
}

/** Days since 1970-01-01 UTC of a time in milliseconds. */
export function dayOf(time: number): number {
  return Math.floor(time / millisecondsPerDay)
}

/** Commitment to a payload: says nothing of it without the salt, and fits no other payload. */
export function commitmentOf(salt: Uint8Array, payload: Uint8Array): Buffer {
  return sha256(Buffer.concat([salt, payload]))
}

/** Version 1: `1 | day u32 | time u48 | commitment 32`, integers big endian. */
export function encodeLeaf({ day, time, commitment }: Leaf): Buffer {
  const bytes = Buffer.allocUnsafe(leafBytes)
  bytes.writeUInt8(version, 0)
  bytes.writeUInt32BE(day, 1)
  bytes.writeUIntBE(time, 5, 6)
  bytes.set(commitment, 11)
  return bytes
}

/**
 * Reads a leaf.
 * @param bytes Attacker-controlled. The result's commitment is a view of it.
 * @returns Undefined for another length or version, or a day that is not the day of the time.
 */
export function decodeLeaf(bytes: Uint8Array): Leaf | undefined {
  if (bytes.length !== leafBytes || bytes[0] !== version) return undefined
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const leaf = { day: view.readUInt32BE(1), time: view.readUIntBE(5, 6), commitment: view.subarray(11) }
  return leaf.day === dayOf(leaf.time) ? leaf : undefined
}

/** True for a time that a leaf can hold. */
export function isLeafTime(time: number): boolean {
  return Number.isInteger(time) && time >= 0 && time <= latest
}
