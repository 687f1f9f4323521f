// One pass over a text: what the anchors find and what is known, merged.
import { EncodedFinder } from './encoded.ts'
import {
  compareConfidence,
  type Confidence,
  type Found,
  type KnownFinder,
  type ScanOptions,
} from './finding.ts'
import { lookoutOf } from './lookout.ts'
import { Merger, type Redaction } from './merger.ts'
import { PatternScanner } from './patterns.ts'
import { PiiFinder } from './pii.ts'
import { RunFinder } from './runs.ts'
import { Text } from './text.ts'

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

/** Finds by other means than anchors; keeps the contract of `KnownFinder`. */
interface Finder {
  find(bytes: Uint8Array, from: number, isFinal: boolean): Settling
}

/** A finder, and up to where it has told all that it finds. */
interface Source {
  readonly finder: Finder
  until: number
}

export class Engine {
  readonly #patterns: PatternScanner
  readonly #sources: readonly Source[]
  readonly #threshold: Confidence
  readonly #runs: RunFinder | null
  readonly #encoded: EncodedFinder | null
  readonly #merger = new Merger()

  /** @param depth How often what was decoded may be decoded again. */
  constructor(options: ScanOptions, depth = 2) {
    const { known, pii = false, threshold = 'likely', policy = 'anchored', rules } = options
    const finders: Finder[] = []
    if (known !== undefined) finders.push(findsKnown(known))
    if (pii !== false) finders.push(new PiiFinder(pii))
    this.#sources = finders.map((finder) => ({ finder, until: 0 }))
    this.#threshold = threshold
    const { anchors, prefilter } = lookoutOf(rules)
    this.#runs = policy === 'strict' && threshold !== 'certain' ? new RunFinder() : null
    const inner = (bytes: Uint8Array): readonly Redaction[] =>
      new Engine({ ...options, policy: 'anchored' }, depth - 1).advance(new Text(bytes, true)).redactions
    this.#encoded = depth === 0 ? null : new EncodedFinder(prefilter, inner)
    this.#patterns = new PatternScanner(anchors, prefilter, threshold)
  }

  /** Scans what has come. The answer depends on the text alone, never on how it was cut. */
  advance(text: Text): Settled {
    const known = this.#withRuns(text, this.#ask(text))
    const found = [...known.found]
    const frontier = Math.min(this.#patterns.scan(text, known, found), known.until)
    const redactions = this.#merger.settle(found, frontier)
    return { redactions, frontier, plainUntil: Math.min(frontier, text.end, this.#merger.firstUnsettled) }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#patterns.shift(by)
    for (const source of this.#sources) source.until -= by
    this.#runs?.shift(by)
    this.#encoded?.shift(by)
    this.#merger.shift(by)
  }

  /** What is found without looking at anchors. */
  #withRuns(text: Text, known: Settling): Settling {
    const all = [known, this.#runs?.find(text), this.#encoded?.find(text)].filter((one) => one !== undefined)
    if (all.length === 1) return known
    return { found: all.flatMap(({ found }) => found), until: Math.min(...all.map(({ until }) => until)) }
  }

  /** What the finders had not told yet and that counts, all that starts before `until`. */
  #ask(text: Text): Settling {
    if (this.#sources.length === 0) return { found: [], until: Infinity }
    const bytes = text.bytes.subarray(0, text.end)
    const found: Found[] = []
    for (const source of this.#sources) {
      const told = source.finder.find(bytes, source.until, text.isFinal)
      source.until = told.until
      for (const one of told.found)
        if (compareConfidence(one.confidence, this.#threshold) >= 0) found.push(one)
    }
    return { found, until: Math.min(...this.#sources.map(({ until }) => until)) }
  }
}

function findsKnown(known: KnownFinder): Finder {
  return {
    find(bytes, from, isFinal) {
      const { found, until } = known.find(bytes, from, isFinal)
      return { found: found.map((one) => ({ ...one, detector: 'known', confidence: 'certain' })), until }
    },
  }
}
