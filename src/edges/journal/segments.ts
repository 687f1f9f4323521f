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

export interface SegmentListing {
  /** By number. */
  readonly segments: readonly Segment[]
  /** Paths, below the root of the log, of files that are named like segments and are none. */
  readonly strangers: readonly string[]
}

/** Reads the header of every segment. Files with another ending are passed over. */
export function listSegments(folder: string): SegmentListing {
  const paths = namesIn(join(folder, 'sealed')).flatMap((day) =>
    namesIn(join(folder, 'sealed', day))
      .filter((name) => name.endsWith('.seg'))
      .map((name) => `sealed/${day}/${name}`),
  )
  const found = paths.map((path) => ({ path, header: readHeader(join(folder, path)) }))
  const segments = found.flatMap(({ path, header }) =>
    header !== undefined && segmentPath(header) === path ? [{ header, path: join(folder, path) }] : [],
  )
  const known = new Set(segments.map(({ path }) => path))
  return {
    segments: segments.toSorted((a, b) => a.header.number - b.header.number),
    strangers: paths.filter((path) => !known.has(join(folder, path))),
  }
}

/**
 * As `listSegments`, for a writer: it does not go on beside something it cannot read.
 * @throws Fault `journal-corrupt` if a file is named like a segment and is none.
 */
export function requireSegments(folder: string): Segment[] {
  const { segments, strangers } = listSegments(folder)
  if (strangers.length > 0)
    throw new Fault('journal-corrupt', `${strangers[0]} is no segment of this journal`)
  return [...segments]
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
