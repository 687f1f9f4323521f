// Reads the files of a log's folder, whoever put them there.
import { errorCode } from '#base'
import { tilePath, tileWidth, type Tile } from '#tlog'
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { SegmentHeader } from './segment.ts'

/** The longest that a segment can be; no other file comes near it. */
const longestFile = 16 * 1024 * 1024
const notThere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'])

/**
 * Reads a file whole.
 * @returns Undefined if there is none, if it is a pipe or the like, or larger than a file of a log can be.
 */
export function readWhole(path: string): Buffer | undefined {
  const fd = ifThere(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  if (fd === undefined) return undefined
  try {
    const stat = fstatSync(fd)
    return stat.isFile() && stat.size <= longestFile ? readFileSync(fd) : undefined
  } finally {
    closeSync(fd)
  }
}

/** The file of a published tile, or that of the full tile that stands for a partial one. */
export function readTile(folder: string, tile: Tile): Buffer | undefined {
  const full = { ...tile, width: tileWidth }
  return readWhole(join(folder, tilePath(tile))) ?? readWhole(join(folder, tilePath(full)))
}

/** Paths, below the root of the log, of all that is named like a segment; in the order of their numbers. */
export function segmentPaths(folder: string): string[] {
  const paths = namesIn(join(folder, 'sealed')).flatMap((day) =>
    namesIn(join(folder, 'sealed', day)).map((name) => `sealed/${day}/${name}`),
  )
  return paths.filter((path) => path.endsWith('.seg')).toSorted(byNumber)
}

/** Where a segment belongs, below the root of the log. */
export function pathOf({ day, number }: SegmentHeader): string {
  return `sealed/${day}/${String(number).padStart(8, '0')}.seg`
}

/** Numbers are padded, so that of two the longer or the later one in the alphabet is larger. */
function byNumber(a: string, b: string): number {
  const [first, second] = [basename(a), basename(b)]
  return first.length - second.length || (first < second ? -1 : 1)
}

function namesIn(folder: string): string[] {
  return ifThere(() => readdirSync(folder)) ?? []
}

function ifThere<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (notThere.has(String(errorCode(error)))) return undefined
    throw error
  }
}
