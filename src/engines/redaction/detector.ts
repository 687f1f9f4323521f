// The shape of a row in the tables of detectors.
import type { ByteClass } from './classes.ts'
import type { Confidence } from './finding.ts'

/** Scanner that reads what follows an anchor; each is a file or function of its own. */
export type Structure =
  | 'token'
  | 'aws'
  | 'jwt'
  | 'pem'
  | 'telegram'
  | 'authorization'
  | 'bearer'
  | 'url'
  | 'assignment'

export interface Detector {
  /** Stands in placeholders, findings and baselines: never renamed. */
  readonly id: string
  /** Literals that begin the secret or stand right before it. Lower case where `isFolded`. */
  readonly anchors: readonly string[]
  /** Anchors match in either case. */
  readonly isFolded?: true
  /** Default `token`: anchor, then a run of `body`. */
  readonly structure?: Structure
  /** What follows the anchor. */
  readonly body: ByteClass
  /** Least bytes of the run after the anchor: fewer are no finding. */
  readonly min: number
  /** Most bytes: more are still a finding, but not a certain one. */
  readonly max: number
  /** More than `max` bytes are a hint only: longer runs of the class are something else, such as a hash. */
  readonly isExact?: true
  /** Exact lengths of the dot-separated parts of the run. */
  readonly parts?: readonly number[]
  /** The anchor is so short that it must begin a word. */
  readonly needsWordStart?: true
  /** The run must hold a digit: words with hyphens look alike. */
  readonly needsDigit?: true
  /** The anchor is no part of the secret and stays. */
  readonly keepsAnchor?: true
  /** A checksum that fits lifts the finding to `certain`; one that does not changes nothing, since descriptions err. */
  readonly checksum?: 'crc32-base62'
  /** One of these words, lower case, within 64 bytes before; without it the finding is a hint. */
  readonly context?: readonly string[]
  readonly confidence: Confidence
  /** The provider's own description of the format. */
  readonly source: string
}
