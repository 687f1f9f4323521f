// Checks the paths of proofs, which come from whoever wants to be believed.
import { hashBytes, nodeHash } from '#tlog'

/** A path has at most one hash for each bit of a size. */
const longestPath = 64

/** That an entry is in a tree. */
export interface InclusionClaim {
  /** Hash of the entry, as the checker computed it. */
  readonly leafHash: Uint8Array
  readonly index: number
  /** Of the tree with this root, from a checkpoint whose signature was checked. */
  readonly size: number
  readonly root: Uint8Array
  readonly path: readonly Uint8Array[]
}

/**
 * Tells whether the path leads from the entry to the root.
 * @param claim `index`, `path`: attacker-controlled.
 * @see RFC 9162, section 2.1.3.2
 */
export function isIncluded({ leafHash, index, size, root, path }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !isPath(path)) return false
  let [node, last, hash] = [index, size - 1, leafHash]
  for (const sibling of path) {
    if (last === 0) return false
    const isRight = node % 2 === 1 || node === last
    hash = isRight ? nodeHash(sibling, hash) : nodeHash(hash, sibling)
    // A node without a sibling of its own rises to the level where it has one.
    if (isRight) [node, last] = riseToRight(node, last)
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && isSame(hash, root)
}

/** That a tree only added to an earlier one. */
export interface ConsistencyClaim {
  readonly earlierSize: number
  readonly earlierRoot: Uint8Array
  readonly size: number
  readonly root: Uint8Array
  readonly path: readonly Uint8Array[]
}

/**
 * Tells whether the later tree only added to the earlier one.
 * @param claim `path`: attacker-controlled. The sizes and roots come from checkpoints whose signatures were checked.
 * @returns False also for an empty earlier tree, with which every tree would agree.
 * @see RFC 9162, section 2.1.4.2
 */
export function isConsistent(claim: ConsistencyClaim): boolean {
  const { earlierSize, earlierRoot, size, root, path } = claim
  if (!isCount(earlierSize) || !isCount(size) || earlierSize < 1 || earlierSize > size) return false
  if (!isPath(path)) return false
  if (earlierSize === size) return path.length === 0 && isSame(earlierRoot, root)
  const hashes = isPowerOfTwo(earlierSize) ? [earlierRoot, ...path] : path
  return leadsToBoth(hashes, claim)
}

function leadsToBoth(
  [first, ...rest]: readonly Uint8Array[],
  { earlierSize, earlierRoot, size, root }: ConsistencyClaim,
): boolean {
  if (first === undefined) return false
  let [node, last] = dropOnes(earlierSize - 1, size - 1)
  let [earlier, later] = [first, first]
  for (const hash of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      earlier = nodeHash(hash, earlier)
      later = nodeHash(hash, later)
      ;[node, last] = riseToRight(node, last)
    } else {
      later = nodeHash(later, hash)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && isSame(earlier, earlierRoot) && isSame(later, root)
}

function dropOnes(node: number, last: number): [node: number, last: number] {
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  return [node, last]
}

function riseToRight(node: number, last: number): [node: number, last: number] {
  while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
  return [node, last]
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value))
}

function isPath(path: readonly Uint8Array[]): boolean {
  return path.length <= longestPath && path.every((hash) => hash.length === hashBytes)
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
