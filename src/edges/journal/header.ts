// The first 64 bytes of a segment: which one it is, of which day, session and place in the log.

export const segmentHeaderBytes = 64
/** A segment never grows beyond this, so that a reader may hold one whole. */
export const longestSegment = 16 * 1024 * 1024
export const sessionBytes = 16

const magic = Buffer.from('KRVSEG')
const version = 1

export interface SegmentHeader {
  /** Counts the segments of a log from 0. */
  readonly number: number
  /** Days since 1970-01-01 UTC: names the key. */
  readonly day: number
  /** Index of the first event in it. */
  readonly firstIndex: number
  /** Number, within the session, of the first frame in it. */
  readonly firstFrame: number
  /** 16 bytes, random for each start of the writer. */
  readonly session: Uint8Array
}

/** Integers big endian: `"KRVSEG" | version u16 | number u64 | day u32 | 0 u32 | firstIndex u64 | firstFrame u64 | session 16 | 0 u64`. */
export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes)
  bytes.set(magic)
  bytes.writeUInt16BE(version, 6)
  bytes.writeBigUInt64BE(BigInt(header.number), 8)
  bytes.writeUInt32BE(header.day, 16)
  bytes.writeBigUInt64BE(BigInt(header.firstIndex), 24)
  bytes.writeBigUInt64BE(BigInt(header.firstFrame), 32)
  bytes.set(header.session, 40)
  return bytes
}

/**
 * @param bytes Attacker-controlled; more than the header may follow.
 * @returns Undefined for anything that `encodeSegmentHeader` would not have written.
 */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes) return undefined
  const header = {
    number: Number(bytes.readBigUInt64BE(8)),
    day: bytes.readUInt32BE(16),
    firstIndex: Number(bytes.readBigUInt64BE(24)),
    firstFrame: Number(bytes.readBigUInt64BE(32)),
    session: Uint8Array.from(bytes.subarray(40, 40 + sessionBytes)),
  }
  const counts = [header.number, header.firstIndex, header.firstFrame]
  const isWritten =
    counts.every(Number.isSafeInteger) &&
    encodeSegmentHeader(header).equals(bytes.subarray(0, segmentHeaderBytes))
  return isWritten ? header : undefined
}
