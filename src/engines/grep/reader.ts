// Goes through the characters of a pattern.
import { invalid } from './syntax.ts'
import type { Fault } from '#base'

export class Reader {
  readonly #characters: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#characters = Array.from(pattern)
  }

  get isOver(): boolean {
    return this.#at >= this.#characters.length
  }

  /** The next characters, without going on. */
  ahead(count: number): string {
    return this.#characters.slice(this.#at, this.#at + count).join('')
  }

  isAt(...texts: readonly string[]): boolean {
    return texts.some((text) => this.ahead(text.length) === text)
  }

  /** Goes past a text of characters below U+10000 if it stands here. */
  take(text: string): boolean {
    if (!this.isAt(text)) return false
    this.#at += text.length
    return true
  }

  skip(count: number): void {
    this.#at += count
  }

  /** One character, and goes past it; empty at the end. */
  next(): string {
    return this.isOver ? '' : this.#characters[this.#at++]!
  }

  /** @param what Is wrong here, and what to write instead. */
  wrong(what: string): Fault {
    return invalid(this.#at + 1, what)
  }
}
