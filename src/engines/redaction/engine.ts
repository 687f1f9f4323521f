// One pass over a text: what the anchors find and what is known, merged.
import { compareConfidence, type Found, type KnownFinder, type ScanOptions } from './finding.ts'
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
  readonly #known: KnownFinder | undefined
  /** What is known is found up to here. */
  #knownUntil = 0
  readonly #merger = new Merger()
  readonly #threshold: NonNullable<ScanOptions['threshold']>

  constructor({ known, threshold = 'likely' }: ScanOptions) {
    this.#known = known
    this.#threshold = threshold
  }

  /** Scans what has come. The answer depends on the text alone, never on how it was cut. */
  advance(text: Text): Settled {
    const found: Found[] = []
    const frontier = Math.min(this.#patterns.scan(text, found), this.#findKnown(text, found))
    const counted = found.filter(({ confidence }) => compareConfidence(confidence, this.#threshold) >= 0)
    const redactions = this.#merger.settle(counted, frontier)
    return { redactions, frontier, plainUntil: Math.min(frontier, text.end, this.#merger.firstUnsettled) }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#patterns.shift(by)
    this.#knownUntil -= by
    this.#merger.shift(by)
  }

  /** As `PatternScanner.scan`. */
  #findKnown(text: Text, out: Found[]): number {
    if (this.#known === undefined) return Infinity
    const bytes = text.bytes.subarray(0, text.end)
    const { found, until } = this.#known.find(bytes, this.#knownUntil, text.isFinal)
    for (const { start, end, name } of found)
      out.push({ start, end, detector: 'known', confidence: 'certain', name })
    this.#knownUntil = until
    return until
  }
}
