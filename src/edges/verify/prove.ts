// Makes the paths of proofs from the tiles of a tree.
import { hashBytes, nodeHash, subtreeRoot, tileWidth, widthAt, type ReadTile } from '#tlog'

/**
 * Makes an audit path: the hashes that lead from an entry to the root.
 * @param index Of the entry, less than `size`.
 * @returns From the entry's sibling up to the root's child.
 * @see RFC 6962, section 2.1.1
 */
export async function proveInclusion(index: number, size: number, read: ReadTile): Promise<Buffer[]> {
  const subtrees = new Subtrees(size, read)
  const path: Buffer[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    const isLeft = index < middle
    path.push(isLeft ? await subtrees.root(middle, to) : await subtrees.root(from, middle))
    if (isLeft) to = middle
    else from = middle
  }
  return path.toReversed()
}

/**
 * Makes a consistency proof: that the tree of `size` entries only added to the tree of `earlier` entries.
 * @param earlier At least 1, at most `size`.
 * @see RFC 6962, section 2.1.2
 */
export async function proveConsistency(earlier: number, size: number, read: ReadTile): Promise<Buffer[]> {
  const subtrees = new Subtrees(size, read)
  const path: Buffer[] = []
  let [from, to] = [0, size]
  while (earlier !== to) {
    const middle = from + splitOf(to - from)
    const isLeft = earlier <= middle
    path.push(isLeft ? await subtrees.root(middle, to) : await subtrees.root(from, middle))
    if (isLeft) to = middle
    else from = middle
  }
  // The verifier holds the root of the earlier tree itself: it is left out where it is a subtree of its own.
  if (from > 0) path.push(await subtrees.root(from, to))
  return path.toReversed()
}

/** Largest power of two that is less than `count`. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

/** Roots of ranges of entries, from the tiles of a tree of `size` entries. */
class Subtrees {
  readonly #size: number
  readonly #read: ReadTile
  readonly #tiles = new Map<string, Uint8Array>()

  constructor(size: number, read: ReadTile) {
    this.#size = size
    this.#read = read
  }

  /** Root over entries `from` (inclusive) to `to` (exclusive), as they are cut by a tree. */
  async root(from: number, to: number): Promise<Buffer> {
    const split = splitOf(to - from)
    if (to - from === 1 || split * 2 === to - from) return this.#complete(from, to - from)
    return nodeHash(await this.#complete(from, split), await this.root(from + split, to))
  }

  /** Root of a complete subtree: `count` is a power of two and divides `from`. */
  async #complete(from: number, count: number): Promise<Buffer> {
    let level = 0
    while (tileWidth ** (level + 1) <= count) level++
    const first = from / tileWidth ** level
    const hashes = count / tileWidth ** level
    const tile = await this.#tile(level, Math.floor(first / tileWidth))
    const at = (first % tileWidth) * hashBytes
    return subtreeRoot(tile.subarray(at, at + hashes * hashBytes))
  }

  async #tile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}/${index}`
    const known = this.#tiles.get(key)
    if (known !== undefined) return known
    const tile = await this.#read({ level, index, width: widthAt({ level, index }, this.#size) })
    this.#tiles.set(key, tile)
    return tile
  }
}
