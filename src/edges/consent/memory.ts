// Remembers what a person answered: when the same thing was last allowed, and what may not be asked again for a while.
import type { Clock, Milliseconds } from '#base'
import type { AnswerMethod } from './approval.ts'

/** An answer of the past, as the log holds it. */
export interface Remembered {
  readonly assistant: string
  /** As they stood on the card. */
  readonly paths: readonly string[]
  readonly decision: 'allowed' | 'denied'
  readonly method: AnswerMethod
  /** By the wall clock. */
  readonly at: Milliseconds
}

interface Refusal {
  readonly times: number
  /** By the monotonic clock. */
  readonly at: Milliseconds
}

/** When something was allowed, and how. */
export type Allowed = Pick<Remembered, 'at' | 'method'>

/** Denials of one thing that put it under an embargo. */
const enough = 2
const mostAllowed = 2000

/**
 * Answers by subject: an assistant and a path. A denial is forgotten after the time of the embargo, or when the person
 * allows. Every entry costs a person's answer, so the memory stays small.
 */
export class Memory {
  readonly #clock: Clock
  readonly #embargo: Milliseconds
  readonly #refused = new Map<string, Refusal>()
  readonly #allowed = new Map<string, Allowed>()

  constructor(clock: Clock, embargo: Milliseconds) {
    this.#clock = clock
    this.#embargo = embargo
  }

  /** Takes an answer, of now or of the past, in any order. */
  note({ assistant, paths, decision, method, at }: Remembered): void {
    for (const path of paths) {
      const subject = subjectOf(assistant, path)
      const monotonic = this.#clock.monotonic() - Math.max(0, this.#clock.now() - at)
      if (decision === 'allowed') this.#allow(subject, { at, method }, monotonic)
      else this.#refuse(subject, { at, monotonic })
    }
  }

  /** When the last embargo on any of the paths ends, by the wall clock; null where there is none. */
  embargoEnd(assistant: string, paths: readonly string[]): Milliseconds | null {
    const left = paths.map((path) => this.#left(subjectOf(assistant, path)))
    const longest = Math.max(0, ...left)
    return longest === 0 ? null : this.#clock.now() + longest
  }

  /** When all of the paths had last been allowed, and how the first of them was; null if one never was. */
  lastAllowed(assistant: string, paths: readonly string[]): Allowed | null {
    const found = paths.map((path) => this.#allowed.get(subjectOf(assistant, path)))
    const all = found.filter((allowed) => allowed !== undefined)
    return all.length < found.length ? null : (all.toSorted((a, b) => a.at - b.at)[0] ?? null)
  }

  #allow(subject: string, allowed: Allowed, monotonic: Milliseconds): void {
    if ((this.#allowed.get(subject)?.at ?? -Infinity) > allowed.at) return
    if ((this.#refused.get(subject)?.at ?? Infinity) <= monotonic) this.#refused.delete(subject)
    this.#allowed.delete(subject)
    this.#allowed.set(subject, allowed)
    const [oldest] = this.#allowed.keys()
    if (this.#allowed.size > mostAllowed && oldest !== undefined) this.#allowed.delete(oldest)
  }

  #refuse(subject: string, { at, monotonic }: { at: Milliseconds; monotonic: Milliseconds }): void {
    for (const [other, refusal] of this.#refused) if (this.#isOld(refusal)) this.#refused.delete(other)
    if ((this.#allowed.get(subject)?.at ?? -Infinity) > at || this.#isOld({ at: monotonic })) return
    const before = this.#refused.get(subject) ?? { times: 0, at: -Infinity }
    this.#refused.set(subject, { times: before.times + 1, at: Math.max(before.at, monotonic) })
  }

  /** Milliseconds that the embargo on a subject still lasts. */
  #left(subject: string): Milliseconds {
    const refusal = this.#refused.get(subject)
    if (refusal === undefined || refusal.times < enough) return 0
    return Math.max(0, refusal.at + this.#embargo - this.#clock.monotonic())
  }

  #isOld({ at }: Pick<Refusal, 'at'>): boolean {
    return this.#clock.monotonic() - at >= this.#embargo
  }
}

function subjectOf(assistant: string, path: string): string {
  return JSON.stringify([assistant, path])
}
