// Hashes of a Merkle tree: entries, inner nodes, the empty tree.
import { hash } from 'node:crypto'

/** Bytes of every hash of the tree. */
export const hashBytes = 32

/** Longest entry: its length has two bytes in a bundle. @see C2SP tlog-tiles, "Log entries" */
export const longestEntry = 65_535

// Both are filled and hashed within one call, so that a hash costs no allocation but its own 32 bytes.
const leafInput = Buffer.alloc(1 + longestEntry)
const nodeInput = Buffer.alloc(1 + 2 * hashBytes, 1)

/**
 * SHA-256 of `bytes`. By way of a Latin-1 string, since node:crypto gives those about twice as fast as buffers.
 */
export function sha256(bytes: Uint8Array): Buffer {
  const digest = Buffer.allocUnsafe(hashBytes)
  digest.write(hash('sha256', bytes, 'latin1'), 0, hashBytes, 'latin1')
  return digest
}

/** Hash of one entry: SHA-256(0x00 || entry). @see RFC 6962, section 2.1 */
export function leafHash(entry: Uint8Array): Buffer {
  leafInput.set(entry, 1)
  return sha256(leafInput.subarray(0, 1 + entry.length))
}

/** Hash of an inner node: SHA-256(0x01 || left || right). @see RFC 6962, section 2.1 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + hashBytes)
  return sha256(nodeInput)
}

/** Root of the tree without entries: the hash of nothing. @see RFC 6962, section 2.1 */
export function emptyRoot(): Buffer {
  return sha256(Buffer.alloc(0))
}

/**
 * Root of a complete subtree.
 * @param hashes Concatenated hashes of its lowest level; their number is a power of two.
 */
export function subtreeRoot(hashes: Uint8Array): Buffer {
  let level = Buffer.from(hashes)
  while (level.length > hashBytes) {
    const above = Buffer.allocUnsafe(level.length / 2)
    for (let at = 0; at < above.length; at += hashBytes) {
      const left = level.subarray(2 * at, 2 * at + hashBytes)
      above.set(nodeHash(left, level.subarray(2 * at + hashBytes, 2 * at + 2 * hashBytes)), at)
    }
    level = above
  }
  return level
}
