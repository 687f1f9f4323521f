// A frame: what one commit adds to the log, in one write. Byte by byte in docs/protocol.md.
import { base64, checkpointText, leafBytes, sha256, type NoteVerifier } from '#tlog'

export const frameHeaderBytes = 64
const macBytes = 32
export const tagBytes = 16
/** What a signed checkpoint adds to twice the origin and the digits of the size. */
const noteOverhead = 197
const longestNote = 8192

const magic = Buffer.from('KRVF')

/** A frame as it lies in a segment; its arrays are views of the segment's bytes. */
export interface Frame {
  /** Offset in the segment. */
  readonly at: number
  readonly bytes: Buffer
  /** Number of events. */
  readonly count: number
  readonly firstIndex: number
  /** Counts the frames of a session from 0. */
  readonly number: number
  /** Link of the frame before, or, in the first frame, the hash of the segment's header. */
  readonly previous: Buffer
  readonly leaves: Buffer
  /** Ciphertext and tag. */
  readonly sealed: Buffer
  readonly mac: Buffer
  /** The signed checkpoint. */
  readonly note: Buffer
}

export type FrameFields = Pick<Frame, 'count' | 'firstIndex' | 'number' | 'previous'> & {
  readonly sealedBytes: number
  readonly noteBytes: number
}

/** Header of a frame: `"KRVF" | length u32 | count u32 | sealed u32 | firstIndex u64 | number u64 | previous 32`. */
export function encodeFrameHeader(fields: FrameFields): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderBytes)
  header.set(magic)
  const leavesBytes = fields.count * leafBytes
  const length = frameHeaderBytes + leavesBytes + fields.sealedBytes + macBytes + fields.noteBytes
  header.writeUInt32BE(length, 4)
  header.writeUInt32BE(fields.count, 8)
  header.writeUInt32BE(fields.sealedBytes, 12)
  header.writeBigUInt64BE(BigInt(fields.firstIndex), 16)
  header.writeBigUInt64BE(BigInt(fields.number), 24)
  header.set(fields.previous, 32)
  return header
}

/**
 * Reads the frame at an offset by its lengths alone; nothing is said of its truth.
 * @param segment Attacker-controlled.
 * @returns Undefined if there is none, or its lengths do not fit each other or the segment.
 */
export function parseFrame(segment: Buffer, at: number): Frame | undefined {
  if (at + frameHeaderBytes > segment.length || !segment.subarray(at, at + 4).equals(magic)) return undefined
  const length = segment.readUInt32BE(at + 4)
  const count = segment.readUInt32BE(at + 8)
  const sealedEnd = frameHeaderBytes + count * leafBytes + segment.readUInt32BE(at + 12)
  const noteBytes = length - sealedEnd - macBytes
  if (count < 1 || noteBytes < 1 || noteBytes > longestNote || at + length > segment.length) return undefined
  const [firstIndex, number] = [segment.readBigUInt64BE(at + 16), segment.readBigUInt64BE(at + 24)]
  if (!isCount(firstIndex) || !isCount(number)) return undefined
  const bytes = segment.subarray(at, at + length)
  return {
    at,
    bytes,
    count,
    firstIndex: Number(firstIndex),
    number: Number(number),
    previous: bytes.subarray(32, frameHeaderBytes),
    leaves: bytes.subarray(frameHeaderBytes, frameHeaderBytes + count * leafBytes),
    sealed: bytes.subarray(frameHeaderBytes + count * leafBytes, sealedEnd),
    mac: bytes.subarray(sealedEnd, sealedEnd + macBytes),
    note: bytes.subarray(sealedEnd + macBytes),
  }
}

/** Hash of all before the note: what the note signs. */
export function frameDigest(frame: Frame): Buffer {
  return sha256(frame.bytes.subarray(0, frame.bytes.length - frame.note.length))
}

/** What the next frame of the segment carries as `previous`: covers the digest and the note. */
export function frameLink(digest: Uint8Array, note: Uint8Array): Buffer {
  return sha256(Buffer.concat([digest, note]))
}

export interface FrameHead {
  readonly origin: string
  /** Entries after this frame. */
  readonly size: number
  readonly root: Uint8Array
}

/** Text that a frame's note signs: the checkpoint after this frame, and the frame's digest in an extension line. */
export function frameText(head: FrameHead, digest: Uint8Array): string {
  return checkpointText({ ...head, extensions: [`frame ${base64(digest)}`] })
}

/** Bytes of the note that signs `frameText`, known before the digest is. */
export function frameNoteBytes(origin: string, size: number): number {
  return 2 * Buffer.byteLength(origin) + String(size).length + noteOverhead
}

/** True if the frame is what its own note says. The note's signature is not looked at. */
export function isIntact(frame: Frame, digest = frameDigest(frame)): boolean {
  return frame.note.includes(`\nframe ${base64(digest)}\n\n`)
}

/** True if the log's key signed this frame as it stands. Says nothing of where it belongs. */
export function isGenuine(frame: Frame, verifier: NoteVerifier, digest = frameDigest(frame)): boolean {
  return isIntact(frame, digest) && verifier.open(frame.note.toString()) !== undefined
}

/**
 * Finds a frame that the log's key signed, at `from` or after it: what makes a torn tail impossible.
 * @param segment Attacker-controlled.
 */
export function findGenuineFrame(segment: Buffer, from: number, verifier: NoteVerifier): Frame | undefined {
  for (let at = segment.indexOf(magic, from); at >= 0; at = segment.indexOf(magic, at + 1)) {
    const frame = parseFrame(segment, at)
    if (frame !== undefined && isGenuine(frame, verifier)) return frame
  }
  return undefined
}

/** Bytes that a frame of this many events and payload bytes takes. */
export function frameBytes(fields: { count: number; plainBytes: number; noteBytes: number }): number {
  return (
    frameHeaderBytes + fields.count * leafBytes + fields.plainBytes + tagBytes + macBytes + fields.noteBytes
  )
}

function isCount(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER)
}
