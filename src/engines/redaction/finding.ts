// What a scan gives, what it takes, and what the scanners hand each other.
import type { ByteClass } from './classes.ts'
import type { Rules } from './rules.ts'
import type { PiiKind } from './pii-kinds.ts'

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

/** Finds secrets that are known, not by what they look like: a `KnownSecrets` does. It decides itself how. */
export interface KnownFinder {
  /**
   * Finds what starts at `from` or later. A stream asks again from `until` when more has come; what lies over 256 bytes
   * before it may be gone by then, and positions count from the first byte that is left.
   * @param bytes Attacker-controlled.
   * @param isFinal False if more may follow `bytes`.
   * @returns All that start before `until`, which is at least `from`, and Infinity at the end of the text.
   */
  find(
    bytes: Uint8Array,
    from: number,
    isFinal: boolean,
  ): {
    readonly found: readonly { readonly start: number; readonly end: number; readonly name: string }[]
    readonly until: number
  }
}

/** What is looked for, how sure a finding must be, and how placeholders are made. */
export interface ScanOptions {
  /** Secrets that are known; masked as `[secret:NAME]`, whatever else they look like. */
  readonly known?: KnownFinder
  /** Personal data that is looked for besides, as `[email]`: these kinds, or all. Default: none. */
  readonly pii?: boolean | readonly PiiKind[]
  /** Weakest confidence that counts. Default `likely`. */
  readonly threshold?: Confidence
  /**
   * `strict` also masks runs of 20 and more letters, digits and `_+/-` that look as if drawn at random, whatever stands
   * around them, as `unchecked-run`: hashes and ids among them. A stream then holds each run to its end. Default
   * `anchored`: a value without a form of its own needs a name or a place.
   */
  readonly policy?: 'anchored' | 'strict'
  /** `none`: only what is known, and personal data where asked for, whatever else looks like a secret. Default `all`. */
  readonly detectors?: 'all' | 'none'
  /** An organisation's own rules, as `parseRules` gives them. */
  readonly rules?: Rules
  /** Key of the pseudonyms in placeholders. Default: random, made once per process. */
  readonly key?: Uint8Array
}

/** One finding as it is put into the output. */
export interface Replacement extends Finding {
  /** What stands in the output. */
  readonly placeholder: string
  /** The name of a known secret. */
  readonly name?: string
  /** The secret itself, where the placeholder's pseudonym tells it from others; null elsewhere. Good during the call only. */
  readonly secret: Uint8Array | null
}

/** What is looked for, and who is told of each replacement. */
export interface RedactOptions extends ScanOptions {
  /**
   * Told of each replacement, in order, before the output holds it. Offsets count from the first unit of the input; in a
   * stream the end of one that is longer than 64 KiB is not known yet. Must not throw, and must not log `secret`.
   */
  readonly onReplaced?: (replacement: Replacement) => void
}

/** A finding on its way through the engine; all positions are bytes. */
export interface Found extends Finding {
  /** The secret itself, without what the span was widened by: what the pseudonym is made of. */
  readonly core?: readonly [start: number, end: number]
  /** The same, where it stands in another form: what it was decoded to. */
  readonly value?: Uint8Array
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
  /** Where a token may end, first and last, that is too long for its format. */
  readonly ends?: readonly [least: number, most: number]
}

const order: Readonly<Record<Confidence, number>> = { hint: 0, likely: 1, certain: 2 }

/** Compares two confidences: above 0 if `a` is the surer one. */
export function compareConfidence(a: Confidence, b: Confidence): number {
  return order[a] - order[b]
}
