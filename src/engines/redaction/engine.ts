// One pass over a text: what the anchors find and what is known, merged.
import {
  compareConfidence,
  type Confidence,
  type Found,
  type KnownFinder,
  type ScanOptions,
} from './finding.ts'
import type { Settled } from './escaped.ts'
import { Looks, type Settling } from './looks.ts'
import { Merger } from './merger.ts'
import { PiiFinder } from './pii.ts'
import type { Text } from './text.ts'

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
  readonly #sources: readonly Source[]
  readonly #threshold: Confidence
  /** Null where only what is known counts. */
  readonly #looks: Looks | null
  readonly #merger = new Merger()

  /** @param depth How often what was decoded may be decoded again. */
  constructor(options: ScanOptions, depth = 2) {
    const { known, pii = false, threshold = 'likely', detectors = 'all' } = options
    const finders: Finder[] = []
    if (known !== undefined) finders.push(findsKnown(known))
    if (pii !== false) finders.push(new PiiFinder(pii))
    this.#sources = finders.map((finder) => ({ finder, until: 0 }))
    this.#threshold = threshold
    const begin = (): Engine => new Engine({ ...options, policy: 'anchored' }, depth - 1)
    const within = { depth, begin, isAlone: finders.length === 0 }
    this.#looks = detectors === 'none' ? null : new Looks(options, within)
  }

  /** Scans what has come. The answer depends on the text alone, never on how it was cut. */
  advance(text: Text): Settled {
    const known = this.#ask(text)
    const { found, until } = this.#looks?.scan(text, known) ?? known
    const redactions = this.#merger.settle(found, until)
    const plainUntil = Math.min(until, text.end, this.#merger.firstUnsettled)
    return { redactions, frontier: until, plainUntil }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    for (const source of this.#sources) source.until -= by
    this.#looks?.shift(by)
    this.#merger.shift(by)
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
