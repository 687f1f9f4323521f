// What a verification can find wrong: a stable code, and the index of the first event that is concerned.

/** Each code with what it says. */
const meanings = {
  'vkey-missing': 'there is no public key to check with',
  'vkey-invalid': 'the public key cannot be read',
  'checkpoint-missing': 'there is no published checkpoint',
  'checkpoint-invalid': 'the published checkpoint is not signed by the key, or is not of this log',
  'tile-missing': 'a published tile is missing or too short',
  'tile-mismatch': 'a published tile does not follow from the tiles below it',
  'bundle-missing': 'a published bundle of entries is missing',
  'bundle-malformed': 'a published bundle of entries cannot be read',
  'entry-malformed': 'a published entry is no leaf of a known version',
  'entry-mismatch': 'a published entry does not hash to its place in the tree',
  'root-mismatch': 'the published entries do not give the signed root',
  'segment-invalid': 'a file is named like a segment and is none',
  'segment-missing': 'events have no segment: their payloads are gone',
  'segment-order': 'a segment does not continue the one before',
  'session-reused': 'two starts of the writer claim to be the same',
  'frame-torn': 'the last frame is incomplete: the writer was interrupted and did not start again',
  'frame-altered': 'a frame is not as it was signed',
  'frame-order': 'a frame was repeated, left out or moved',
  'frame-chain': 'a frame was not written after the frame before it',
  'frame-signature': 'the checkpoint in a frame is not signed by the key',
  'frame-root': 'the checkpoint in a frame is not of this tree',
  'leaf-mismatch': 'an event in a frame is not the published one',
  'payload-unreadable': 'the payloads of a frame cannot be opened with the key of their day',
  'payload-mismatch': 'a payload is not the one that was committed to',
  'receipt-missing': 'a consent claims a passkey and shows no receipt',
  'receipt-invalid': 'a receipt is not signed by its passkey, or not for what was done',
  'receipt-foreign': 'a receipt is of a passkey that was not enrolled then',
  'passkey-unvouched': "a passkey came or went on nobody's word",
  'passkeys-swapped': 'the passkeys at an unlock are not those that were enrolled',
  'clock-unexplained': 'the time of an event went back and no event says so',
} as const

/** Stable; docs/protocol.md says which check gives which. */
export type ProblemCode = keyof typeof meanings

/** Something that is wrong with a log. */
export interface Problem {
  readonly code: ProblemCode
  /** First event that is concerned, where one can be named. */
  readonly index?: number
  /** For people. */
  readonly detail: string
}

/** A damaged log can have as many problems as events: these many of a code are listed. */
const mostOfACode = 20

export class Problems {
  readonly #list: Problem[] = []

  add(code: ProblemCode, index?: number): void {
    if (this.#list.filter((problem) => problem.code === code).length >= mostOfACode) return
    this.#list.push({ code, ...(index !== undefined && { index }), detail: meanings[code] })
  }

  get list(): readonly Problem[] {
    return this.#list
  }
}
