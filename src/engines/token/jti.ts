// Names for what is used once or may have to be named later, which sort by when they were made.
import type { Milliseconds, Random } from '#base'

/**
 * A UUID of version 7: its first 48 bits are the time, 74 are random. A register that keeps such names writes side by
 * side what comes together.
 * @see RFC 9562, section 5.7
 */
export function timeOrderedId(now: Milliseconds, random: Random): string {
  const bytes = Buffer.from(random(16))
  bytes.writeUIntBE(now, 0, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  const text = bytes.toString('hex')
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20]].map(([from, to]) => text.slice(from, to)).join('-')
}
