// The proof of one event as a text of its own: that it is in a log, to be checked without the log.
import { Fault } from '#base'
import {
  base64,
  fromBase64,
  hashBytes,
  leafHash,
  noteVerifier,
  openCheckpoint,
  tilePath,
  type Checkpoint,
  type ReadTile,
} from '#tlog'
import { join } from 'node:path'
import { readTile, readWhole } from './folder.ts'
import { isIncluded } from './paths.ts'
import { proveInclusion } from './prove.ts'

const firstLine = 'c2sp.org/tlog-proof@v1'
const longestProof = 128 * 1024

interface Proof {
  readonly index: number
  /** From the entry's sibling up to the root's child. */
  readonly path: readonly Uint8Array[]
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string
}

/**
 * Proves that an event is in a log, from the published files in its folder. The proof says nothing of what the event
 * is: whoever checks it needs the event's leaf.
 * @returns What `openProof` checks.
 * @throws Fault `journal-unknown-entry` if the published tree has no event with this index; `journal-corrupt` if its
 *   checkpoint is not there or not signed by the key in the folder, or a tile is missing.
 * @see C2SP tlog-proof
 */
export async function proveEvent(dir: string, index: number): Promise<string> {
  const checkpoint = readWhole(join(dir, 'checkpoint'))?.toString() ?? ''
  const verifier = noteVerifier(readWhole(join(dir, 'vkey'))?.toString().trimEnd() ?? '')
  const size = verifier === undefined ? undefined : openCheckpoint(checkpoint, verifier)?.size
  if (size === undefined) throw new Fault('journal-corrupt', 'there is no checkpoint that the key signed')
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new Fault('journal-unknown-entry', `the published journal has no event ${index}; it has ${size}`)
  }
  return encodeProof({ index, path: await proveInclusion(index, size, hashesIn(dir)), checkpoint })
}

function hashesIn(dir: string): ReadTile {
  return async (tile) => {
    const bytes = readTile(dir, tile)?.subarray(0, tile.width * hashBytes)
    if (bytes?.length === tile.width * hashBytes) return bytes
    throw new Fault('journal-corrupt', `${tilePath(tile)} is missing or too short`)
  }
}

/** Writes a proof. @see C2SP tlog-proof, "Format" */
export function encodeProof({ index, path, checkpoint }: Proof): string {
  return [firstLine, `index ${index}`, ...path.map(base64), '', checkpoint].join('\n')
}

/**
 * Checks a proof whole: its checkpoint is signed by the key, and the entry stands at the index that it says.
 * @param text Attacker-controlled.
 * @param entry The bytes that are said to be in the log; of a journal, the event's leaf.
 * @param vkey The log's public key, from wherever it is trusted.
 * @returns The index and the checkpoint; undefined if any part fails.
 * @see C2SP tlog-proof
 */
export function openProof(
  text: string,
  entry: Uint8Array,
  vkey: string,
): { readonly index: number; readonly checkpoint: Checkpoint } | undefined {
  const [proof, verifier] = [parseProof(text), noteVerifier(vkey)]
  if (proof === undefined || verifier === undefined) return undefined
  const { index, path } = proof
  const checkpoint = openCheckpoint(proof.checkpoint, verifier)
  if (checkpoint === undefined) return undefined
  const { size, root } = checkpoint
  return isIncluded({ leafHash: leafHash(entry), index, size, root, path })
    ? { index, checkpoint }
    : undefined
}

function parseProof(text: string): Proof | undefined {
  const blank = text.indexOf('\n\n')
  if (blank < 0 || text.length > longestProof) return undefined
  const [first, ...lines] = text.slice(0, blank).split('\n')
  // Extra data is nobody's word: it is skipped.
  if (lines[0]?.startsWith('extra ') === true) lines.shift()
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? []
  const path = lines.map(fromBase64)
  if (first !== firstLine || digits === undefined || !path.every(isHash)) return undefined
  return { index: Number(digits), path, checkpoint: text.slice(blank + 2) }
}

function isHash(bytes: Buffer | undefined): bytes is Buffer {
  return bytes?.length === hashBytes
}
