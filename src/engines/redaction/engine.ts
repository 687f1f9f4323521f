// One pass over a text: what the anchors find and what is known, merged.
import { defaultAnchors } from './detectors.ts'
import type { Found, KnownFinder, ScanOptions } from './finding.ts'
import { Merger, type Redaction } from './merger.ts'
import { PatternScanner } from './patterns.ts'
import { prefilterOf } from './prefilter-simd.ts'
import { RunFinder } from './runs.ts'
import type { Text } from './text.ts'

const anchors = defaultAnchors
const prefilter = prefilterOf(anchors)

/** What is settled after a step. */
export interface Settled {
  readonly redactions: readonly Redaction[]
  /** Bytes before it that no redaction takes stay as they are. */
  readonly plainUntil: number
  /** The scan does not look at bytes that lie further than `lookBehind` before it. */
  readonly frontier: number
}

/** Findings, each told once, and the position before which no other will start. */
interface Settling {
  readonly found: readonly Found[]
  readonly until: number
}

export class Engine {
  readonly #patterns: PatternScanner
  readonly #known: KnownFinder | undefined
  /** What is known is found up to here. */
  #knownUntil = 0
  readonly #runs: RunFinder | null
  readonly #merger = new Merger()

  constructor({ known, threshold = 'likely', policy = 'anchored' }: ScanOptions) {
    this.#known = known
    this.#runs = policy === 'strict' && threshold !== 'certain' ? new RunFinder() : null
    this.#patterns = new PatternScanner(anchors, prefilter, threshold)
  }

  /** Scans what has come. The answer depends on the text alone, never on how it was cut. */
  advance(text: Text): Settled {
    const known = this.#withRuns(text, this.#findKnown(text))
    const found = [...known.found]
    const frontier = Math.min(this.#patterns.scan(text, known, found), known.until)
    const redactions = this.#merger.settle(found, frontier)
    return { redactions, frontier, plainUntil: Math.min(frontier, text.end, this.#merger.firstUnsettled) }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#patterns.shift(by)
    this.#knownUntil -= by
    this.#runs?.shift(by)
    this.#merger.shift(by)
  }

  /** Whatever a policy masks without looking at anchors. */
  #withRuns(text: Text, known: Settling): Settling {
    if (this.#runs === null) return known
    const runs = this.#runs.find(text)
    return { found: [...known.found, ...runs.found], until: Math.min(known.until, runs.until) }
  }

  /** What is known that was not told yet, all that starts before `until`. */
  #findKnown(text: Text): Settling {
    if (this.#known === undefined) return { found: [], until: Infinity }
    const bytes = text.bytes.subarray(0, text.end)
    const { found, until } = this.#known.find(bytes, this.#knownUntil, text.isFinal)
    this.#knownUntil = until
    return { found: found.map((one) => ({ ...one, detector: 'known', confidence: 'certain' })), until }
  }
}
