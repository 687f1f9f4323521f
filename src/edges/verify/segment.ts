// Reads segments by the words of docs/protocol.md. Shares nothing with the writer, on purpose: whoever checks must not
// repeat the mistakes of what is checked.
import { base64, leafBytes, sha256, type NoteVerifier } from '#tlog'

/** Of a segment's header, and of a frame's. */
export const headerBytes = 64
const macBytes = 32
const longestNote = 8192
const magic = Buffer.from('KRVF')

export interface SegmentHeader {
  readonly number: number
  readonly day: number
  readonly firstIndex: number
  readonly firstFrame: number
  readonly session: Buffer
  /** What the first frame carries as the link of the frame before. */
  readonly link: Buffer
}

/**
 * @param bytes Attacker-controlled; more than the header may follow.
 * @returns Undefined for anything but a header of version 1.
 */
export function parseHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 6) !== 'KRVSEG') return undefined
  const isKnown =
    bytes.readUInt16BE(6) === 1 && bytes.readUInt32BE(20) === 0 && bytes.readBigUInt64BE(56) === 0n
  const [number, firstIndex, firstFrame] = [countAt(bytes, 8), countAt(bytes, 24), countAt(bytes, 32)]
  if (!isKnown || number === undefined || firstIndex === undefined || firstFrame === undefined) {
    return undefined
  }
  return {
    number,
    day: bytes.readUInt32BE(16),
    firstIndex,
    firstFrame,
    session: bytes.subarray(40, 56),
    link: sha256(bytes.subarray(0, headerBytes)),
  }
}

/** A frame as it lies in a segment; its arrays are views of the segment's bytes. */
export interface Frame {
  /** Offset in the segment after its last byte. */
  readonly end: number
  /** Number of events. */
  readonly count: number
  readonly firstIndex: number
  /** Counts the frames of a session from 0. */
  readonly number: number
  /** Link of the frame before. */
  readonly previous: Buffer
  readonly leaves: Buffer
  /** Header and leaves: what the seal binds. */
  readonly bound: Buffer
  readonly sealed: Buffer
  /** Of all before the note. */
  readonly digest: Buffer
  /** The signed checkpoint. */
  readonly note: string
  /** What the next frame carries: covers digest and note. */
  readonly link: Buffer
}

/**
 * Reads the frame at an offset by its lengths alone; nothing is said of its truth.
 * @param segment Attacker-controlled.
 * @returns Undefined if there is none, or its lengths do not fit each other or the segment.
 */
export function frameAt(segment: Buffer, at: number): Frame | undefined {
  if (at + headerBytes > segment.length || !segment.subarray(at, at + 4).equals(magic)) return undefined
  const end = at + segment.readUInt32BE(at + 4)
  const count = segment.readUInt32BE(at + 8)
  const leavesEnd = at + headerBytes + count * leafBytes
  const sealedEnd = leavesEnd + segment.readUInt32BE(at + 12)
  const noteStart = sealedEnd + macBytes
  if (count < 1 || end <= noteStart || end > noteStart + longestNote || end > segment.length) return undefined
  const [firstIndex, number] = [countAt(segment, at + 16), countAt(segment, at + 24)]
  if (firstIndex === undefined || number === undefined) return undefined
  const digest = sha256(segment.subarray(at, noteStart))
  const note = segment.subarray(noteStart, end)
  return {
    end,
    count,
    firstIndex,
    number,
    previous: segment.subarray(at + 32, at + headerBytes),
    leaves: segment.subarray(at + headerBytes, leavesEnd),
    bound: segment.subarray(at, leavesEnd),
    sealed: segment.subarray(leavesEnd, sealedEnd),
    digest,
    note: note.toString(),
    link: sha256(Buffer.concat([digest, note])),
  }
}

/** True if the frame is what its own note says. The note's signature is not looked at. */
export function isIntact({ note, digest }: Frame): boolean {
  return note.includes(`\nframe ${base64(digest)}\n\n`)
}

/** True if the log's key signed a frame that stands at `from` or after it: what makes a torn tail impossible. */
export function hasGenuineFrame(segment: Buffer, from: number, verifier: NoteVerifier): boolean {
  for (let at = segment.indexOf(magic, from); at >= 0; at = segment.indexOf(magic, at + 1)) {
    const frame = frameAt(segment, at)
    if (frame !== undefined && isIntact(frame) && verifier.open(frame.note) !== undefined) return true
  }
  return false
}

/** True if the segment ends as it should: what is not used is filled with zeroes. */
export function isZeroFrom(segment: Buffer, at: number): boolean {
  return segment.subarray(at).equals(Buffer.alloc(segment.length - at))
}

/** Undefined for a number that no log reaches. */
function countAt(bytes: Buffer, at: number): number | undefined {
  const count = Number(bytes.readBigUInt64BE(at))
  return Number.isSafeInteger(count) ? count : undefined
}
