// A Merkle tree that grows at its right edge, and gives out its tiles as they fill.
import { emptyRoot, hashBytes, leafHash, nodeHash, subtreeRoot } from './hash.ts'
import {
  decodeBundle,
  encodeBundle,
  hashesAt,
  tileWidth,
  widthAt,
  type ReadTile,
  type TileData,
} from './tiles.ts'

/** The last, still growing tile of one level. */
interface Edge {
  index: number
  width: number
  readonly hashes: Buffer
}

/**
 * Holds only what grows: the roots of the complete subtrees on the right edge (at most one for each bit of the size),
 * and one partial tile a level.
 */
export class GrowingTree {
  #size = 0
  #frontier: Buffer[] = []
  readonly #edges: Edge[] = []
  #bundle: Uint8Array[] = []
  readonly #onFull: (tile: TileData) => void

  /** @param onFull Takes each tile and bundle when it becomes full; the bytes are its own. */
  constructor(onFull: (tile: TileData) => void) {
    this.#onFull = onFull
  }

  /**
   * Goes on from a tree of `size` entries whose tiles are there already.
   * @returns Undefined if a tile or bundle has not the length that it must have. Compare `root()` with a signed root
   *   before trusting the tree: nothing else says that the tiles are genuine.
   */
  static async load(
    size: number,
    read: ReadTile,
    onFull: (tile: TileData) => void,
  ): Promise<GrowingTree | undefined> {
    const tree = new GrowingTree(onFull)
    for (let level = 0; hashesAt(level, size) > 0; level++) {
      const edge = await loadEdge(level, size, read)
      if (edge === undefined) return undefined
      tree.#edges.push(edge)
    }
    const bundle = await loadBundle(size, read)
    if (bundle === undefined) return undefined
    tree.#bundle = bundle
    tree.#frontier = tree.#edges.toReversed().flatMap(subtreesOf)
    tree.#size = size
    return tree
  }

  /** Number of entries. */
  get size(): number {
    return this.#size
  }

  /** Root of all entries so far. @see RFC 6962, section 2.1 */
  root(): Buffer {
    let root = this.#frontier.at(-1)
    if (root === undefined) return emptyRoot()
    for (let at = this.#frontier.length - 2; at >= 0; at--) root = nodeHash(this.#frontier[at]!, root)
    return root
  }

  /** Appends an entry of at most 65,535 bytes. The tree keeps the array until its bundle is full. */
  push(entry: Uint8Array): void {
    let hash = leafHash(entry)
    this.#bundle.push(entry)
    this.#place(0, hash)
    let complete = this.#size
    for (let height = 1; complete % 2 === 1; height++) {
      hash = nodeHash(this.#frontier.pop()!, hash)
      if (height % 8 === 0) this.#place(height / 8, hash)
      complete = Math.floor(complete / 2)
    }
    this.#frontier.push(hash)
    this.#size++
    if (this.#bundle.length === tileWidth) this.#finishBundle()
  }

  /** Copies of the partial tiles and the partial bundle that belong to the present size. */
  edges(): TileData[] {
    const tiles: TileData[] = this.#edges.flatMap(({ index, width, hashes }, level) =>
      width === 0 ? [] : [{ level, index, width, bytes: Buffer.from(hashes.subarray(0, width * hashBytes)) }],
    )
    const width = this.#bundle.length
    if (width > 0) {
      const index = Math.floor(this.#size / tileWidth)
      tiles.push({ level: 'entries', index, width, bytes: encodeBundle(this.#bundle) })
    }
    return tiles
  }

  #place(level: number, hash: Uint8Array): void {
    const edge = (this.#edges[level] ??= emptyEdge())
    edge.hashes.set(hash, edge.width * hashBytes)
    edge.width++
    if (edge.width < tileWidth) return
    this.#onFull({ level, index: edge.index, width: tileWidth, bytes: Buffer.from(edge.hashes) })
    edge.index++
    edge.width = 0
  }

  #finishBundle(): void {
    const index = this.#size / tileWidth - 1
    this.#onFull({ level: 'entries', index, width: tileWidth, bytes: encodeBundle(this.#bundle) })
    this.#bundle = []
  }
}

function emptyEdge(): Edge {
  return { index: 0, width: 0, hashes: Buffer.alloc(tileWidth * hashBytes) }
}

async function loadEdge(level: number, size: number, read: ReadTile): Promise<Edge | undefined> {
  const edge = emptyEdge()
  edge.index = Math.floor(hashesAt(level, size) / tileWidth)
  edge.width = widthAt({ level, index: edge.index }, size)
  if (edge.width === 0) return edge
  const bytes = await read({ level, index: edge.index, width: edge.width })
  if (bytes.length !== edge.width * hashBytes) return undefined
  edge.hashes.set(bytes)
  return edge
}

async function loadBundle(size: number, read: ReadTile): Promise<Uint8Array[] | undefined> {
  const index = Math.floor(size / tileWidth)
  const width = size % tileWidth
  if (width === 0) return []
  return decodeBundle(await read({ level: 'entries', index, width }), width)
}

/** Roots of the complete subtrees in a partial tile, the largest first. */
function subtreesOf({ hashes, width }: Edge): Buffer[] {
  const roots: Buffer[] = []
  let at = 0
  for (let count = tileWidth / 2; count >= 1; count /= 2) {
    if (width - at < count) continue
    roots.push(subtreeRoot(hashes.subarray(at * hashBytes, (at + count) * hashBytes)))
    at += count
  }
  return roots
}
