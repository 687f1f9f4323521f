// Goes through the frames of one segment, each bound to the one before.
import { sha256 } from '#tlog'
import { encodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './header.ts'
import { frameDigest, frameLink, parseFrame, type Frame } from './frame.ts'

/** Where a walk stands: what the next frame must say of itself. */
export interface Expected {
  at: number
  index: number
  number: number
  previous: Buffer
}

/** What the first frame of a segment must say. */
export function startOf(header: SegmentHeader): Expected {
  return {
    at: segmentHeaderBytes,
    index: header.firstIndex,
    number: header.firstFrame,
    previous: sha256(encodeSegmentHeader(header)),
  }
}

/** True if the frame is the one that comes next. Its content is not looked at. */
export function isNext(frame: Frame, expected: Expected): boolean {
  const isInOrder = frame.firstIndex === expected.index && frame.number === expected.number
  return isInOrder && frame.previous.equals(expected.previous)
}

/** What must come after this frame. */
export function after(frame: Frame, digest = frameDigest(frame)): Expected {
  return {
    at: frame.at + frame.bytes.length,
    index: frame.firstIndex + frame.count,
    number: frame.number + 1,
    previous: frameLink(digest, frame.note),
  }
}

/** Bytes from `from` to the last one that is not zero: 0 in a segment that ends as it should. */
export function tailBytes(segment: Buffer, from: number): number {
  let end = segment.length
  while (end > from && segment[end - 1] === 0) end--
  return end - from
}

/** The frame that stands at the walk's place, if any does. */
export function frameAt(segment: Buffer, { at }: Expected): Frame | undefined {
  return parseFrame(segment, at)
}
