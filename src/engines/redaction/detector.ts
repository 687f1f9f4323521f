// The shape of a row in the tables of detectors, and of an organisation's own.
import type { Checksum } from './checksum.ts'
import type { Confidence } from './finding.ts'

/** Scanner that reads what follows an anchor; each is a file or function of its own. */
export type Structure = 'token' | 'aws' | 'jwt' | 'pem' | 'authorization' | 'bearer' | 'url' | 'assignment'

export interface Detector {
  /** Stands in placeholders, findings and baselines: never renamed. Lower case, digits and hyphens, 32 at most. */
  readonly id: string
  /**
   * Literals that begin the secret or stand right before it, 2 to 32 bytes of ASCII, lower case where `isFolded`. One that
   * begins the secret counts only where a word begins.
   */
  readonly anchors: readonly string[]
  /** Anchors match in either case. */
  readonly isFolded?: true
  /** Default `token`: anchor, then what `form` says. */
  readonly structure?: Structure
  /**
   * What follows the anchor, such as `alnum:36` or `base64url:22 '.' base64url:43`; see form.ts. More than the last run's
   * most is still a finding, but not a certain one.
   */
  readonly form: string
  /** One run that stands right before the anchor and belongs to the secret, such as `digit:8-12`. */
  readonly before?: string
  /** More than the last run's most is a hint only: longer runs of the class are something else, such as a hash. */
  readonly isExact?: true
  /** What follows must hold a digit and a letter: words with hyphens look alike. */
  readonly needsDigit?: true
  /** The anchor is no part of the secret and stays. */
  readonly keepsAnchor?: true
  /** A checksum that fits lifts the finding to `certain`; one that does not changes nothing, since descriptions err. */
  readonly checksum?: Checksum
  /** One of these words, lower case, within 64 bytes before; without it the finding is a hint. */
  readonly context?: readonly string[]
  readonly confidence: Confidence
  /** The provider's own description of the format. */
  readonly source: string
}
