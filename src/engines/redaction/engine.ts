// One pass over a text: what the anchors find and what is known, merged.
import { compareConfidence, type Found, type ScanOptions } from './finding.ts'
import { KnownScanner } from './known-scanner.ts'
import { Merger, type Redaction } from './merger.ts'
import { PatternScanner } from './patterns.ts'
import type { Text } from './text.ts'

/** What is settled after a step. */
export interface Settled {
  readonly redactions: readonly Redaction[]
  /** Bytes before it that no redaction takes stay as they are. */
  readonly plainUntil: number
  /** The scan does not look at bytes that lie further than `lookBehind` before it. */
  readonly frontier: number
}

export class Engine {
  readonly #patterns = new PatternScanner()
  readonly #known: KnownScanner | null
  readonly #merger = new Merger()
  readonly #threshold: NonNullable<ScanOptions['threshold']>

  constructor({ known, threshold = 'likely' }: ScanOptions) {
    this.#known = known === undefined ? null : new KnownScanner(known)
    this.#threshold = threshold
  }

  /** Scans what has come. The answer depends on the text alone, never on how it was cut. */
  advance(text: Text): Settled {
    const found: Found[] = []
    const frontier = Math.min(
      this.#patterns.scan(text, found),
      this.#known === null ? Infinity : this.#known.scan(text, found),
    )
    const counted = found.filter(({ confidence }) => compareConfidence(confidence, this.#threshold) >= 0)
    const redactions = this.#merger.settle(counted, frontier)
    return { redactions, frontier, plainUntil: Math.min(frontier, text.end, this.#merger.firstUnsettled) }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#patterns.shift(by)
    this.#known?.shift(by)
    this.#merger.shift(by)
  }
}
