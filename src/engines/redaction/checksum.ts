// The checksum that GitHub and npm put at the end of a token: CRC-32 of what stands before, in base 62.
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const checksumLength = 6

/**
 * Tells whether the last six characters are the checksum of the ones before.
 * @param body What follows the prefix of a token.
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function endsInChecksum(body: Uint8Array): boolean {
  const split = body.length - checksumLength
  if (split <= 0) return false
  return checksumOf(body.subarray(0, split)) === String.fromCharCode(...body.subarray(split))
}

/** Six base-62 digits of the CRC-32, zeros in front. */
function checksumOf(bytes: Uint8Array): string {
  let rest = crc32(bytes)
  let text = ''
  while (text.length < checksumLength) {
    text = digits[rest % 62]! + text
    rest = Math.floor(rest / 62)
  }
  return text
}

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!
  return (value ^ 0xffffffff) >>> 0
}
