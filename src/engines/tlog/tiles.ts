// Names and contents of the files that hold a tree: tiles of hashes and bundles of entries.
import { longestEntry } from './hash.ts'

/** Hashes of a full tile, entries of a full bundle. */
export const tileWidth = 256

/** One file of a tree. A width under 256 means that it is partial. */
export interface Tile {
  /** 0 holds the hashes of entries; each level above, roots of full tiles of the level below. */
  readonly level: number | 'entries'
  readonly index: number
  /** 1 to 256. */
  readonly width: number
}

/** A tile with its content. */
export interface TileData extends Tile {
  readonly bytes: Uint8Array
}

/**
 * Fetches a tile for the making of proofs: exactly `32 * width` bytes, or, for entries, a bundle of `width` entries.
 * Where a partial tile is gone, the first `width` of the full one do.
 */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>

/** Path below the root of the log. @see C2SP tlog-tiles, "Merkle Tree" */
export function tilePath({ level, index, width }: Tile): string {
  const partial = width < tileWidth ? `.p/${width}` : ''
  return `tile/${level}/${indexPath(index)}${partial}`
}

/** Hashes at `level` in a tree of `size` entries. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** Width that a tile has in a tree of `size` entries; 0 or less if it is not there. */
export function widthAt({ level, index }: Omit<Tile, 'width'>, size: number): number {
  const hashes = level === 'entries' ? size : hashesAt(level, size)
  return Math.min(tileWidth, hashes - index * tileWidth)
}

/** A bundle: each entry after its length, two bytes big endian. @see C2SP tlog-tiles, "Log entries" */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), entry]))
}

/**
 * Cuts a bundle into its entries (views of `bytes`).
 * @param bytes Attacker-controlled.
 * @returns Undefined unless it holds exactly `width` entries and nothing after them.
 */
export function decodeBundle(bytes: Uint8Array, width: number): Buffer[] | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const entries: Buffer[] = []
  let at = 0
  while (entries.length < width) {
    if (at + 2 > view.length) return undefined
    const end = at + 2 + view.readUInt16BE(at)
    if (end > view.length) return undefined
    entries.push(view.subarray(at + 2, end))
    at = end
  }
  return at === view.length ? entries : undefined
}

function lengthOf(entry: Uint8Array): Buffer {
  if (entry.length > longestEntry) throw new RangeError('an entry longer than a bundle can hold')
  return Buffer.from([entry.length >> 8, entry.length & 0xff])
}

/** Three digits a folder, all but the last marked by an `x`: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
  const last = String(index % 1000).padStart(3, '0')
  return index < 1000 ? last : `${markedPath(Math.floor(index / 1000))}/${last}`
}

function markedPath(index: number): string {
  const last = `x${String(index % 1000).padStart(3, '0')}`
  return index < 1000 ? last : `${markedPath(Math.floor(index / 1000))}/${last}`
}
