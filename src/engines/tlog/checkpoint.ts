// Checkpoints: the size and the root of a tree, as signed text.
import { base64, fromBase64 } from './base64.ts'
import { hashBytes } from './hash.ts'
import type { NoteVerifier } from './note.ts'

/** What is signed of a tree. @see C2SP tlog-checkpoint */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string
  /** Number of entries. */
  readonly size: number
  readonly root: Uint8Array
  /** Lines after the first three, none of them empty. */
  readonly extensions: readonly string[]
}

/** Text of a checkpoint, ready to be signed. @see C2SP tlog-checkpoint, "Note text" */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), base64(root), ...extensions, ''].join('\n')
}

/**
 * Reads the text of a checkpoint.
 * @param text Attacker-controlled until its signature was checked.
 * @returns Undefined for anything that `checkpointText` would not have written.
 */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin, digits, encoded, ...rest] = text.split('\n')
  if (origin === undefined || digits === undefined || encoded === undefined) return undefined
  const root = fromBase64(encoded)
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(digits) || root?.length !== hashBytes) return undefined
  const extensions = rest.slice(0, -1)
  if (rest.at(-1) !== '' || extensions.includes('') || !Number.isSafeInteger(Number(digits))) return undefined
  return { origin, size: Number(digits), root, extensions }
}

/**
 * Checks and reads a signed checkpoint of the log whose key this is.
 * @param note Attacker-controlled.
 * @returns Undefined unless the key signed it, and its origin is the name of the key.
 */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint | undefined {
  const text = verifier.open(note)
  const checkpoint = text === undefined ? undefined : parseCheckpoint(text)
  return checkpoint?.origin === verifier.name ? checkpoint : undefined
}
