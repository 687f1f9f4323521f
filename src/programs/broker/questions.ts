// Counts how many questions the person was asked today: every question has a price, and the person sets a budget.
import type { Milliseconds } from '#base'

const dayLength: Milliseconds = 86_400_000

/** Questions by day (UTC); only the latest day is kept. */
export class Questions {
  #day = 0
  #asked = 0

  /** @param at Wall clock of a question, of now or of the past. */
  note(at: Milliseconds): void {
    const day = Math.floor(at / dayLength)
    if (day < this.#day) return
    this.#asked = day === this.#day ? this.#asked + 1 : 1
    this.#day = day
  }

  today(now: Milliseconds): number {
    return Math.floor(now / dayLength) === this.#day ? this.#asked : 0
  }
}
