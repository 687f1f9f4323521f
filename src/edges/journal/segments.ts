// The segments that lie in a log's folder.
import { errorCode, Fault } from '#base'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Frame } from './frame.ts'
import { decodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './header.ts'
import { segmentPath } from './segment.ts'

/** Where a frame lies in its segment. */
export type FramePlace = Pick<Frame, 'at' | 'firstIndex' | 'count'> & { readonly length: number }

export interface Segment {
  readonly header: SegmentHeader
  readonly path: string
  /** Known for the segment that is being written; others are looked through when they are read. */
  frames?: FramePlace[]
}

/**
 * Reads the header of every segment. Files with another ending are passed over.
 * @returns By number.
 * @throws Fault `journal-corrupt` if a file is named like a segment and is none: nobody writes on beside what he cannot
 *   read.
 */
export function listSegments(folder: string): Segment[] {
  const paths = namesIn(join(folder, 'sealed')).flatMap((day) =>
    namesIn(join(folder, 'sealed', day))
      .filter((name) => name.endsWith('.seg'))
      .map((name) => `sealed/${day}/${name}`),
  )
  return paths
    .map((path) => ({ header: requireHeader(folder, path), path: join(folder, path) }))
    .toSorted((a, b) => a.header.number - b.header.number)
}

function requireHeader(folder: string, path: string): SegmentHeader {
  const header = readHeader(join(folder, path))
  if (header !== undefined && segmentPath(header) === path) return header
  throw new Fault('journal-corrupt', `${path} is no segment of this journal`)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

function readHeader(path: string): SegmentHeader | undefined {
  const bytes = Buffer.alloc(segmentHeaderBytes)
  const file = openSync(path, 'r')
  try {
    return readSync(file, bytes, 0, bytes.length, 0) === bytes.length ? decodeSegmentHeader(bytes) : undefined
  } finally {
    closeSync(file)
  }
}
