// The checksums that providers put at the end of a token. One that fits leaves no doubt; one that does not says nothing.
import { fold } from './text.ts'

/** How a token is checked: CRC-32 of its body in some digits at its end, or the code of Bech32 over all of it. */
export type Checksum = 'crc32-base62' | 'crc32-base64' | 'bech32'

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Value of each byte in Bech32, in either case, 255 for one that is none. */
const fives = new Uint8Array(256).fill(255)
for (const [value, char] of Array.from('qpzry9x8gf2tvdw0s3jn54khce6mua7l').entries()) {
  fives[char.charCodeAt(0)] = value
  fives[char.toUpperCase().charCodeAt(0)] = value
}
/** What the five bits above the sum come to. */
const carried = Int32Array.from({ length: 32 }, (_, top) =>
  [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].reduce(
    (sum, term, bit) => (((top >> bit) & 1) === 1 ? sum ^ term : sum),
    0,
  ),
)
const separator = 0x31
/** Digits of a CRC-32 in base 62 and, as it happens, in base 64 without padding. */
const crcLength = 6

/**
 * Tells whether a token's own checksum fits.
 * @param anchor What the token begins with.
 * @param body What follows it.
 */
export function hasChecksum(kind: Checksum, anchor: Uint8Array, body: Uint8Array): boolean {
  if (kind === 'bech32') return isBech32(anchor, body)
  const split = body.length - crcLength
  return split > 0 && crcOf(kind, body.subarray(0, split)) === latin1(body.subarray(split))
}

/**
 * Six digits of the CRC-32 of a body.
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ (base 62, zeros in front)
 * @see https://docs.confluent.io/cloud/current/client-apps/api-keys.html (base 64)
 */
export function crcOf(kind: 'crc32-base62' | 'crc32-base64', bytes: Uint8Array): string {
  const value = crc32(bytes)
  return kind === 'crc32-base62' ? inBase62(value) : inBase64(value)
}

/**
 * What the values of a human-readable part and of the data come to: 1 if the last six of the data are the checksum.
 * @see BIP 173, "Checksum"
 */
export function bech32Sum(prefix: string, data: readonly number[]): number {
  const codes = Array.from(prefix, (char) => char.charCodeAt(0))
  return data.reduce(polymod, sumOfPrefix(codes))
}

/** The last separator stands in the anchor, as 1 is no digit. */
function isBech32(anchor: Uint8Array, body: Uint8Array): boolean {
  const split = anchor.lastIndexOf(separator)
  if (split < 1) return false
  let sum = sumOfPrefix(anchor.subarray(0, split))
  for (const part of [anchor.subarray(split + 1), body]) {
    for (const byte of part) {
      const value = fives[byte]!
      if (value > 31) return false
      sum = polymod(sum, value)
    }
  }
  return sum === 1
}

function sumOfPrefix(codes: ArrayLike<number>): number {
  let sum = 1
  for (let at = 0; at < codes.length; at++) sum = polymod(sum, fold(codes[at]!) >> 5)
  sum = polymod(sum, 0)
  for (let at = 0; at < codes.length; at++) sum = polymod(sum, fold(codes[at]!) & 31)
  return sum
}

function polymod(sum: number, value: number): number {
  return ((sum & 0x1ffffff) << 5) ^ value ^ carried[sum >>> 25]!
}

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!
  return (value ^ 0xffffffff) >>> 0
}

function inBase62(value: number): string {
  let rest = value
  let text = ''
  while (text.length < crcLength) {
    text = base62[rest % 62]! + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** The four bytes, lowest first, without padding. */
function inBase64(value: number): string {
  const bytes = [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)
  return btoa(String.fromCharCode(...bytes)).slice(0, crcLength)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
