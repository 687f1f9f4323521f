// A proof as a file of its own: that an entry is in a log, to be checked without the log.
import { base64, fromBase64 } from './base64.ts'
import { isIncluded } from './check.ts'
import { openCheckpoint, type Checkpoint } from './checkpoint.ts'
import { hashBytes, leafHash } from './hash.ts'
import type { NoteVerifier } from './note.ts'

const firstLine = 'c2sp.org/tlog-proof@v1'
const longestProof = 128 * 1024

export interface Proof {
  readonly index: number
  /** From the entry's sibling up to the root's child. */
  readonly path: readonly Uint8Array[]
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string
}

/** Writes a proof. @see C2SP tlog-proof, "Format" */
export function encodeProof({ index, path, checkpoint }: Proof): string {
  return [firstLine, `index ${index}`, ...path.map(base64), '', checkpoint].join('\n')
}

/**
 * Checks a proof whole: its checkpoint is signed by the key, and the entry stands at the index that it says.
 * @param text Attacker-controlled.
 * @param entry The bytes that are said to be in the log.
 * @returns The index and the checkpoint; undefined if any part fails.
 */
export function openProof(
  text: string,
  entry: Uint8Array,
  verifier: NoteVerifier,
): { readonly index: number; readonly checkpoint: Checkpoint } | undefined {
  const proof = parseProof(text)
  const checkpoint = proof === undefined ? undefined : openCheckpoint(proof.checkpoint, verifier)
  if (proof === undefined || checkpoint === undefined) return undefined
  const { index, path } = proof
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
