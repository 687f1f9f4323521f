// What the walk has masked so far. What is found must not depend on what lies before the end of the last masked stretch:
// in the output a placeholder stands there, and a second scan would read on from its bracket.
import { farBehind } from './text.ts'

interface Stretch {
  readonly start: number
  readonly end: number
}

export class Mask {
  /** Stretches that begin behind the walk, the last one first. */
  #ahead: Stretch[] = []
  /** End of the masked stretch that the walk is in or came through last. */
  #end = farBehind
  #floor = farBehind

  /** End of the last masked stretch that the walk has left: a placeholder's end for whoever looks back. */
  get floor(): number {
    return this.#floor
  }

  /** Takes stretches, in no order, that may begin anywhere from the last position of the walk on. */
  addAll(stretches: readonly Stretch[]): void {
    if (stretches.length > 0) this.#ahead = [...this.#ahead, ...stretches].sort((a, b) => b.start - a.start)
  }

  /** Takes one stretch near the walk; it may begin before. */
  add({ start, end }: Stretch): void {
    let index = this.#ahead.length
    while (index > 0 && this.#ahead[index - 1]!.start < start) index--
    this.#ahead.splice(index, 0, { start, end })
  }

  /** The walk looks at `at`: whatever begins up to there is known. */
  moveTo(at: number): void {
    for (let next = this.#ahead.at(-1); next !== undefined && next.start <= at; next = this.#ahead.at(-1)) {
      this.#ahead.pop()
      // Stretches that overlap get one placeholder, stretches that touch get two.
      if (this.#end <= next.start) this.#floor = this.#end
      this.#end = Math.max(this.#end, next.end)
    }
    if (this.#end <= at) this.#floor = this.#end
  }

  /** Moves all positions to the left by `by` bytes. */
  shift(by: number): void {
    this.#ahead = this.#ahead.map(({ start, end }) => ({ start: start - by, end: end - by }))
    this.#end -= by
    this.#floor -= by
  }
}
