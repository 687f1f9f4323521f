// One pass over a text: what the anchors find and what is known, merged.
import { Effort } from './effort.ts'
import { EncodedFinder } from './encoded.ts'
import { EscapedFinder, type Inner, type Settled } from './escaped.ts'
import {
  compareConfidence,
  type Confidence,
  type Found,
  type KnownFinder,
  type ScanOptions,
} from './finding.ts'
import { lookoutOf } from './lookout.ts'
import { Merger } from './merger.ts'
import { PatternScanner } from './patterns.ts'
import { PiiFinder } from './pii.ts'
import { RunFinder } from './runs.ts'
import { Sweep } from './sweep.ts'
import { Text } from './text.ts'

/** Findings, each told once, and the position before which no other will start. */
interface Settling {
  readonly found: readonly Found[]
  readonly until: number
}

/** Walks by itself over a text that grows. */
interface Walker {
  /** What comes before it was told. */
  readonly next: number
  find(text: Text, sweep: Sweep): Settling
  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void
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
  readonly #sweep: Sweep
  readonly #patterns: PatternScanner
  readonly #sources: readonly Source[]
  readonly #threshold: Confidence
  readonly #walkers: readonly Walker[]
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
    const inner: Inner = {
      isClear: (bytes) => finders.length === 0 && prefilter.isClear(bytes),
      begin: () => new Engine({ ...options, policy: 'anchored' }, depth - 1),
    }
    this.#walkers = [
      ...(policy === 'strict' && threshold !== 'certain' ? [new RunFinder()] : []),
      ...(depth > 0
        ? [new EncodedFinder(inner, threshold === 'certain' ? null : new Effort()), new EscapedFinder(inner)]
        : []),
    ]
    this.#sweep = new Sweep(prefilter)
    this.#patterns = new PatternScanner(anchors, this.#sweep, threshold)
  }

  /** Scans what has come. The answer depends on the text alone, never on how it was cut. */
  advance(text: Text): Settled {
    this.#sweep.begin(text, Math.min(this.#patterns.next, ...this.#walkers.map(({ next }) => next)))
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
    for (const walker of this.#walkers) walker.shift(by)
    this.#merger.shift(by)
  }

  /** What is found without looking at anchors. */
  #withRuns(text: Text, known: Settling): Settling {
    if (this.#walkers.length === 0) return known
    const all = [known, ...this.#walkers.map((walker) => walker.find(text, this.#sweep))]
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
