// Finds what looks like a secret: by anchors, by runs, and in what was encoded or escaped.
import { Effort } from './effort.ts'
import { EncodedFinder } from './encoded.ts'
import { EscapedFinder, type Inner } from './escaped.ts'
import type { Found, ScanOptions } from './finding.ts'
import { lookoutOf } from './lookout.ts'
import { PatternScanner } from './patterns.ts'
import { RunFinder } from './runs.ts'
import { Sweep } from './sweep.ts'
import type { Text } from './text.ts'

/** Findings, each told once, and the position before which no other will start. */
export interface Settling {
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

/** What was decoded, and who looks at it. */
interface Within {
  /** How often it may be decoded again. */
  readonly depth: number
  readonly begin: Inner['begin']
  /** Nobody else looks for anything: what holds no anchor is clear. */
  readonly isAlone: boolean
}

export class Looks {
  readonly #sweep: Sweep
  readonly #patterns: PatternScanner
  readonly #walkers: readonly Walker[]

  constructor(options: ScanOptions, { depth, begin, isAlone }: Within) {
    const { threshold = 'likely', policy = 'anchored', rules } = options
    const { anchors, prefilter } = lookoutOf(rules)
    const inner: Inner = { isClear: (bytes) => isAlone && prefilter.isClear(bytes), begin }
    this.#walkers = [
      ...(policy === 'strict' && threshold !== 'certain' ? [new RunFinder()] : []),
      ...(depth > 0
        ? [new EncodedFinder(inner, threshold === 'certain' ? null : new Effort()), new EscapedFinder(inner)]
        : []),
    ]
    this.#sweep = new Sweep(prefilter)
    this.#patterns = new PatternScanner(anchors, this.#sweep, threshold)
  }

  /** Adds to what is known what looks like a secret. */
  scan(text: Text, settled: Settling): Settling {
    this.#sweep.begin(text, Math.min(this.#patterns.next, ...this.#walkers.map(({ next }) => next)))
    const known = this.#withRuns(text, settled)
    const found = [...known.found]
    const until = Math.min(this.#patterns.scan(text, known, found), known.until)
    return { found, until }
  }

  shift(by: number): void {
    this.#patterns.shift(by)
    for (const walker of this.#walkers) walker.shift(by)
  }

  /** What is found without looking at anchors. */
  #withRuns(text: Text, known: Settling): Settling {
    if (this.#walkers.length === 0) return known
    const all = [known, ...this.#walkers.map((walker) => walker.find(text, this.#sweep))]
    return { found: all.flatMap(({ found }) => found), until: Math.min(...all.map(({ until }) => until)) }
  }
}
