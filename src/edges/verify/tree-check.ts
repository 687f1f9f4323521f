// Builds the tree again, from the published entries and then from the frames, and compares all tiles on the way.
import {
  decodeBundle,
  decodeLeaf,
  GrowingTree,
  hashBytes,
  leafHash,
  tileWidth,
  widthAt,
  type Checkpoint,
  type TileData,
} from '#tlog'
import { readTile } from './folder.ts'
import type { Problems } from './problems.ts'

/** Where the published tree is walked through without frames, others get their turn after this many events. */
const turn = 16_384

export class TreeCheck {
  readonly #folder: string
  readonly #published: Checkpoint
  readonly #problems: Problems
  readonly #tree: GrowingTree
  #bundle: readonly Uint8Array[] | undefined
  #bundleIndex = -1
  /** Set when an entry could be had from nowhere: what follows cannot be compared. */
  #isBroken = false

  constructor(folder: string, published: Checkpoint, problems: Problems) {
    this.#folder = folder
    this.#published = published
    this.#problems = problems
    this.#tree = new GrowingTree((tile) => this.#compare(tile))
  }

  get size(): number {
    return this.#tree.size
  }

  /** Size of the published checkpoint. */
  get publishedSize(): number {
    return this.#published.size
  }

  /** Root so far; undefined where it cannot be known any more. */
  root(): Buffer | undefined {
    return this.#isBroken ? undefined : this.#tree.root()
  }

  /** The published entry at an index; undefined beyond the checkpoint or where its bundle cannot be read. */
  publishedEntry(index: number): Uint8Array | undefined {
    if (index >= this.#published.size) return undefined
    const bundle = Math.floor(index / tileWidth)
    if (bundle !== this.#bundleIndex) this.#loadBundle(bundle)
    return this.#bundle?.[index % tileWidth]
  }

  /** Adds the next event. @param fromFrame Its leaf in a frame, where there is one. */
  push(fromFrame?: Uint8Array): void {
    const index = this.#tree.size
    const published = this.publishedEntry(index)
    const isDisputed =
      published !== undefined && fromFrame !== undefined && Buffer.compare(published, fromFrame) !== 0
    const entry = isDisputed ? this.#settle(index, published, fromFrame) : (published ?? fromFrame)
    if (entry === undefined) this.#isBroken = true
    else if (decodeLeaf(entry) === undefined) this.#problems.add('entry-malformed', index)
    this.#tree.push(Uint8Array.from(entry ?? []))
    if (this.#tree.size === this.#published.size) this.#comparePublished()
  }

  /** Adds published events up to an index, where no frame tells of them. */
  async advance(to: number): Promise<void> {
    while (this.#tree.size < Math.min(to, this.#published.size)) {
      this.push()
      if (this.#tree.size % turn === 0) await othersTurn()
    }
  }

  /** The tile of hashes tells which of two entries is the false one. */
  #settle(index: number, published: Uint8Array, fromFrame: Uint8Array): Uint8Array {
    const tile = { level: 0, index: Math.floor(index / tileWidth) }
    const hashes = readTile(this.#folder, { ...tile, width: widthAt(tile, this.#published.size) })
    const isFrameRight =
      hashes?.indexOf(leafHash(fromFrame), (index % tileWidth) * hashBytes) ===
      (index % tileWidth) * hashBytes
    this.#problems.add(isFrameRight ? 'entry-mismatch' : 'leaf-mismatch', index)
    return isFrameRight ? fromFrame : published
  }

  #comparePublished(): void {
    for (const tile of this.#tree.edges()) this.#compare(tile)
    if (!this.#isBroken && !this.#tree.root().equals(this.#published.root))
      this.#problems.add('root-mismatch')
  }

  /** Compares a tile that follows from the entries with the published file. */
  #compare(tile: TileData): void {
    if (tile.level === 'entries' || this.#isBroken) return
    if (widthAt(tile, this.#published.size) < tile.width) return
    const first = tile.index * tileWidth
    const file = readTile(this.#folder, tile)
    if (file === undefined || file.length < tile.bytes.length) {
      return this.#problems.add('tile-missing', entryOf(tile.level, first))
    }
    for (let at = 0; at < tile.bytes.length; at += hashBytes) {
      if (file.compare(tile.bytes, at, at + hashBytes, at, at + hashBytes) === 0) continue
      const index = entryOf(tile.level, first + at / hashBytes)
      this.#problems.add(tile.level === 0 ? 'entry-mismatch' : 'tile-mismatch', index)
    }
  }

  #loadBundle(index: number): void {
    const tile = { level: 'entries' as const, index }
    const width = widthAt(tile, this.#published.size)
    const file = readTile(this.#folder, { ...tile, width })
    // The full bundle may stand for a partial one that is gone.
    this.#bundle =
      file === undefined
        ? undefined
        : (decodeBundle(file, width) ?? decodeBundle(file, tileWidth)?.slice(0, width))
    this.#bundleIndex = index
    if (file === undefined) this.#problems.add('bundle-missing', index * tileWidth)
    else if (this.#bundle === undefined) this.#problems.add('bundle-malformed', index * tileWidth)
  }
}

/** First entry under a hash of a level. */
function entryOf(level: number, hash: number): number {
  return hash * tileWidth ** level
}

/** Lets whatever else goes on in this process go on. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
