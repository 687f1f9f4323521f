// Limits how often an assistant may bring a question before the person.
import type { Clock, Milliseconds } from '#base'

const span: Milliseconds = 600_000

/** Counts new cards within the last ten minutes. Sharing a card that is up costs nothing. */
export class Flood {
  readonly #clock: Clock
  readonly #mostOfOne: number
  #cards: { readonly assistant: string; readonly at: Milliseconds }[] = []

  constructor(clock: Clock, mostOfOne: number) {
    this.#clock = clock
    this.#mostOfOne = mostOfOne
  }

  /** @returns When there is room again, by the wall clock; null where there is room: then the card is counted. */
  enter(assistant: string): Milliseconds | null {
    const now = this.#clock.monotonic()
    this.#cards = this.#cards.filter(({ at }) => now - at < span)
    const own = this.#cards.filter((card) => card.assistant === assistant)
    // A name is only claimed, so many names together have a limit too.
    const oldest = this.#tooMany(own, this.#mostOfOne) ?? this.#tooMany(this.#cards, 4 * this.#mostOfOne)
    if (oldest !== null) return this.#clock.now() + span - (now - oldest.at)
    this.#cards.push({ assistant, at: now })
    return null
  }

  #tooMany<Card>(cards: readonly Card[], most: number): Card | null {
    return cards.length < most ? null : (cards[cards.length - most] ?? null)
  }
}
