// What a scan gives, what it takes, and what the scanners hand each other.
import type { ByteClass } from './classes.ts'
import type { KnownSecrets } from './known.ts'

/**
 * How sure a finding is. `certain`: a provider's own format or a known secret. `likely`: the place says that it is a
 * credential and the value looks like one. `hint`: worth a person's look, too weak to redact.
 */
export type Confidence = 'certain' | 'likely' | 'hint'

/** One stretch of the input that must not leave. */
export interface Finding {
  /** First unit of the stretch: UTF-16 code units for a string, bytes for bytes. */
  readonly start: number
  /** One past the last unit. */
  readonly end: number
  /** Id of the detector, such as `github-token`; `known` for a known secret. */
  readonly detector: string
  readonly confidence: Confidence
}

export interface ScanOptions {
  /** Secrets that are known by their hashes; found in every encoding. */
  readonly known?: KnownSecrets
  /** Weakest confidence that counts. Default `likely`. */
  readonly threshold?: Confidence
  /** Key of the pseudonyms in placeholders. Default: random, made once per process. */
  readonly key?: Uint8Array
}

/** A finding on its way through the engine; all positions are bytes. */
export interface Found extends Finding {
  /** The secret itself, without what the span was widened by: what the pseudonym is made of. */
  readonly core?: readonly [start: number, end: number]
  /** Found by its place, not by its form: whatever has a form of its own names it better. */
  readonly byPlace?: true
  /** Name of a known secret. */
  readonly name?: string
  /** Quotes that the placeholder needs so that JSON stays JSON. */
  readonly quote?: string
  /** Goes on where the finding before it ended, as part of it. */
  readonly joins?: true
  /** The span was cut at the longest length, and goes on in this class. */
  readonly rest?: ByteClass
}

const order: Readonly<Record<Confidence, number>> = { hint: 0, likely: 1, certain: 2 }

/** Compares two confidences: above 0 if `a` is the surer one. */
export function compareConfidence(a: Confidence, b: Confidence): number {
  return order[a] - order[b]
}
