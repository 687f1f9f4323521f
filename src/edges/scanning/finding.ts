// What a scan tells: where a secret stands, and what it could not look into. Never what the secret is.
import type { Confidence } from '#redaction'

/** A secret that was found, without a character of it. */
export interface FoundSecret {
  /** As the caller named it, with forward slashes; what lies in a container follows a `!`: `app.zip!src/a.env`. */
  readonly path: string
  /** What lies in a container, if it does: the part of the path after the first `!` that stands for one. */
  readonly member?: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
  /** Line of its last character. */
  readonly endLine: number
  /** Id of the detector, `allow-without-reason` or `allow-expired`. */
  readonly detector: string
  readonly confidence: Confidence
  /** 16 hexadecimal digits, keyed; of the place where the value could be guessed. */
  readonly fingerprint: string
  /** In a history: the first commit that has it. */
  readonly commit?: string
}

/** Why something was not looked into, or not to its end. */
export type GapReason =
  | 'unreadable'
  | 'damaged'
  | 'encrypted'
  | 'unknown-method'
  | 'too-many-entries'
  | 'too-large'
  | 'ratio'
  | 'too-deep'
  | 'too-many-findings'
  | 'failed'

/** Something that a scan did not look into, or not to its end: nothing is left out in silence. */
export interface Gap {
  readonly path: string
  readonly reason: GapReason
}

/** What was found in one file, or in one version of it. */
export interface Report {
  readonly findings: readonly FoundSecret[]
  readonly gaps: readonly Gap[]
  /** As stored, not as unpacked. */
  readonly bytes: number
}
