// Cards that wait for an answer at this terminal, oldest first.
import type { Card } from '#wire'

export type Outcome = 'allowed' | 'denied' | 'timed-out' | 'withdrawn'

export interface WaitingCard {
  readonly card: Card
  /** Aborted with the outcome once the request has ended, whoever ended it. */
  readonly ended: AbortSignal
}

export class CardQueue {
  readonly #waiting = new Map<string, { readonly card: Card; readonly end: AbortController }>()
  #isClosed = false
  #wake: () => void = () => {}

  add(card: Card): undefined {
    this.#waiting.set(card.id, { card, end: new AbortController() })
    this.#wake()
  }

  end(id: string, outcome: Outcome): undefined {
    this.#waiting.get(id)?.end.abort(outcome)
    this.#waiting.delete(id)
  }

  /** No more cards come. */
  close(): void {
    for (const { end } of this.#waiting.values()) end.abort('withdrawn')
    this.#waiting.clear()
    this.#isClosed = true
    this.#wake()
  }

  /** The oldest card, waiting for one if need be; null once closed. */
  async next(): Promise<WaitingCard | null> {
    for (;;) {
      const first = this.#waiting.values().next().value
      if (first !== undefined) return { card: first.card, ended: first.end.signal }
      if (this.#isClosed) return null
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
