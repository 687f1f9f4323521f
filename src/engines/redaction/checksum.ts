// The checksums that providers put at the end of a token. One that fits leaves no doubt; one that does not says nothing.

/** How a token is checked: CRC-32 of its body in some digits at its end, or the code of Bech32 over all of it. */
export type Checksum = 'crc32-base62' | 'crc32-base64' | 'bech32'

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
/** Digits of a CRC-32 in base 62 and, as it happens, in base 64 without padding. */
const crcLength = 6

/**
 * Tells whether a token's own checksum fits.
 * @param anchor What the token begins with.
 * @param body What follows it.
 */
export function hasChecksum(kind: Checksum, anchor: Uint8Array, body: Uint8Array): boolean {
  if (kind === 'bech32') return isBech32(latin1(anchor), latin1(body))
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
  const values = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data]
  return values.reduce(polymod, 1)
}

function isBech32(anchor: string, body: string): boolean {
  const text = (anchor + body).toLowerCase()
  const split = text.lastIndexOf('1')
  const data = Array.from(text.slice(split + 1), (char) => bech32.indexOf(char))
  return split > 0 && !data.includes(-1) && bech32Sum(text.slice(0, split), data) === 1
}

function polymod(sum: number, value: number): number {
  const top = sum >>> 25
  let next = ((sum & 0x1ffffff) << 5) ^ value
  for (const [bit, term] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) {
    if (((top >> bit) & 1) === 1) next ^= term
  }
  return next
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
