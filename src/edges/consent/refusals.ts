// Remembers what a person denied, so that an assistant cannot wear that person out by asking again.
import type { Clock, Milliseconds } from '#base'

interface Refusal {
  readonly times: number
  readonly at: Milliseconds
}

/** Denials of one thing that put it under an embargo. */
const enough = 2

/** Counts denials by subject. A denial is forgotten after the time of the embargo, or when the person allows. */
export class Refusals {
  readonly #clock: Clock
  readonly #embargo: Milliseconds
  readonly #bySubject = new Map<string, Refusal>()

  constructor(clock: Clock, embargo: Milliseconds) {
    this.#clock = clock
    this.#embargo = embargo
  }

  isUnderEmbargo(subject: string): boolean {
    return this.#timesOf(subject) >= enough
  }

  /** Every entry costs a person's answer, so the memory stays small. */
  note(subject: string): void {
    const times = this.#timesOf(subject) + 1
    for (const [other, refusal] of this.#bySubject) if (this.#isOld(refusal)) this.#bySubject.delete(other)
    this.#bySubject.set(subject, { times, at: this.#clock.monotonic() })
  }

  forget(subject: string): void {
    this.#bySubject.delete(subject)
  }

  #timesOf(subject: string): number {
    const refusal = this.#bySubject.get(subject)
    return refusal === undefined || this.#isOld(refusal) ? 0 : refusal.times
  }

  #isOld(refusal: Refusal): boolean {
    return this.#clock.monotonic() - refusal.at >= this.#embargo
  }
}
