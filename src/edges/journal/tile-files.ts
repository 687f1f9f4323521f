// Reads the published tiles of a log.
import { errorCode, Fault } from '#base'
import { decodeBundle, encodeBundle, hashBytes, tilePath, tileWidth, type ReadTile, type Tile } from '#tlog'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Gives a reader for proofs and for going on with a tree.
 * @throws Fault `journal-corrupt` (the reader) where a tile is not there, or shorter than it must be.
 */
export function tileReader(folder: string): ReadTile {
  return async (tile) => {
    const exact = await readIfThere(join(folder, tilePath(tile)))
    const bytes =
      exact ?? firstOf(await readIfThere(join(folder, tilePath({ ...tile, width: tileWidth }))), tile)
    if (bytes === undefined) throw new Fault('journal-corrupt', `${tilePath(tile)} is missing`)
    if (tile.level !== 'entries' && bytes.length !== tile.width * hashBytes) {
      throw new Fault('journal-corrupt', `${tilePath(tile)} has ${bytes.length} bytes`)
    }
    return bytes
  }
}

/** The start of a full tile that stands for a partial one. */
function firstOf(full: Buffer | undefined, { level, width }: Tile): Buffer | undefined {
  if (full === undefined || level !== 'entries') return full?.subarray(0, width * hashBytes)
  const entries = decodeBundle(full, tileWidth)
  return entries === undefined ? undefined : encodeBundle(entries.slice(0, width))
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
