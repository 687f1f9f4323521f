// How much work a text may cause: so much for each byte, and a reserve that a rich but honest text never uses up.

/** Units, some nanoseconds each, that a byte earns: a credential in every line of 160 bytes never ends. */
const earned = 6
/** Most that are saved. In 116 MB of code and logs without secrets no file took 15,000. */
const most = 1_200_000
/** What an attempt costs besides the bytes that it looks at, */
const attemptCost = 320
/** each of those, */
const stepCost = 2
/** and what is found. */
const foundCost = 380
/** To begin a scan of what was decoded. */
const decodedCost = 1200

/** Depends on the text alone: it is told of what was looked at to its end, in order, each place once. */
export class Effort {
  #saved = most
  #at = 0

  /** Tells whether nothing is left at a position. */
  isSpent(at: number): boolean {
    return this.#saved + (at - this.#at) * earned < 0
  }

  spend(at: number, cost: number): void {
    this.#saved = Math.min(most, this.#saved + (at - this.#at) * earned) - cost
    this.#at = at
  }

  /** Moves all positions to the left by `by` bytes. */
  shift(by: number): void {
    this.#at -= by
  }
}

/** What it costs to scan so many bytes that were decoded. */
export function costOfDecoded(bytes: number): number {
  return decodedCost + bytes * stepCost
}

/** What an attempt cost. */
export function costOf(steps: number, found: number): number {
  return attemptCost + steps * stepCost + found * foundCost
}
