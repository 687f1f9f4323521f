// Checks that each segment continues the one before: in events, and in frames of the same session.
import type { Problems } from './problems.ts'
import type { SegmentEnd } from './segment-check.ts'
import type { SegmentHeader } from './segment.ts'

export class SegmentOrder {
  readonly #problems: Problems
  readonly #sessions = new Set<string>()
  #last: { readonly session: string; readonly end: SegmentEnd } | undefined
  #session = ''

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** @param size Events before this segment, as far as they are known. */
  enter(header: SegmentHeader, size: number): void {
    this.#session = header.session.toString('hex')
    const last = this.#last
    const isWhole = last === undefined || last.end.isWhole
    if (header.firstIndex > size && isWhole) this.#problems.add('segment-missing', size)
    if (header.firstIndex < size) this.#problems.add('segment-order', header.firstIndex)
    if (last?.session === this.#session) {
      if (isWhole && header.firstFrame !== last.end.nextFrame && header.firstIndex === size) {
        this.#problems.add('segment-order', header.firstIndex)
      }
    } else if (this.#sessions.has(this.#session)) {
      this.#problems.add('session-reused', header.firstIndex)
    }
    this.#sessions.add(this.#session)
  }

  leave(end: SegmentEnd): void {
    this.#last = { session: this.#session, end }
  }
}
