// The strict policy: finds long runs that look like machines made them, whatever stands around.
import { byteClass, digit, letter, lower, upper } from './classes.ts'
import type { Found } from './finding.ts'
import { endsPlaceholder } from './placeholder.ts'
import { farBehind, type Text } from './text.ts'

/** What tokens of all kinds are made of. */
const opaque = byteClass('A-Za-z0-9_+/-')
const padding = byteClass('=')
const mostPadding = 2
const closingBracket = 0x5d
const shortestRun = 20
/** A longer run is judged in blocks of so many bytes. */
const longestBlock = 4096
/** Steps between letter and digit, and up from lower to upper case, within the shortest run: of 19, random ones take 8. */
const leastSteps = 5

/** Walks over the runs of a text that grows. */
export class RunFinder {
  #next = 0
  /** End of a block of a longer run, where the next one begins. */
  #joined = -1

  /** What comes before it was told. */
  get next(): number {
    return this.#next
  }

  /** What was not told yet, and the position before which nothing will start any more. */
  find(text: Text): { found: readonly Found[]; until: number } {
    const found: Found[] = []
    for (;;) {
      const start = this.#runFrom(text)
      const runEnd = text.runEnd(start, opaque, longestBlock)
      const isBlock = runEnd - start === longestBlock
      const end = isBlock ? runEnd : text.runEnd(runEnd, padding, mostPadding)
      const isOpen = end >= text.end && !isBlock && end - runEnd < mostPadding && !text.isFinal
      if (start >= text.end || isOpen) return { found, until: text.isFinal ? Infinity : start }
      if (looksRandom(text, start, runEnd) && !isInPlaceholder(text, end))
        found.push(this.#foundOf(start, end))
      this.#joined = isBlock ? end : -1
      this.#next = end
    }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#next -= by
    this.#joined -= by
  }

  #runFrom(text: Text): number {
    while (this.#next < text.end && opaque[text.bytes[this.#next]!] === 0) this.#next++
    return this.#next
  }

  #foundOf(start: number, end: number): Found {
    const isRest = start === this.#joined
    const place = { start, end, detector: 'unchecked-run', confidence: 'likely', byPlace: true } as const
    return isRest ? { ...place, joins: true } : { ...place, core: [start, end] }
  }
}

/** The name of a known secret, or an id. */
function isInPlaceholder(text: Text, end: number): boolean {
  if (end >= text.end || text.bytes[end] !== closingBracket) return false
  const { floor } = text
  // What the walk over anchors has masked is behind it, and perhaps not where it was.
  text.floor = farBehind
  const isOurs = endsPlaceholder(text, end + 1)
  text.floor = floor
  return isOurs
}

/** Some stretch of the run steps between kinds of characters as no word and no path does. */
function looksRandom(text: Text, start: number, end: number): boolean {
  let steps = 0
  let digits = 0
  for (let at = start; at < end; at++) {
    steps += stepAt(text.bytes, at, start)
    digits += digit[text.bytes[at]!]!
    const left = at - shortestRun
    if (left >= start) {
      steps -= stepAt(text.bytes, left + 1, start)
      digits -= digit[text.bytes[left]!]!
    }
    if (at - start + 1 >= shortestRun && steps >= leastSteps && digits > 0) return true
  }
  return false
}

function stepAt(bytes: Uint8Array, at: number, first: number): number {
  if (at <= first) return 0
  const [one, two] = [bytes[at - 1]!, bytes[at]!]
  const isUp = lower[one] === 1 && upper[two] === 1
  const isBetween = (digit[one] === 1 && letter[two] === 1) || (letter[one] === 1 && digit[two] === 1)
  return isUp || isBetween ? 1 : 0
}
