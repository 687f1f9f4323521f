// The server's time as a gateway knows it, whatever either clock says: what comes late is told from what is new.
import type { Clock, Milliseconds } from '#base'

/** How much later than the quickest a statement may come and still be news. */
const mostLate: Milliseconds = 3000

/** A moment by both of our clocks: the wall may be set, and the steady one may stand still while the machine sleeps. */
export interface Moment {
  readonly wall: Milliseconds
  readonly steady: Milliseconds
}

/** Measured anew at each start, and at each statement that came quicker than those before. */
export class ServerTime {
  readonly #clock: Clock
  /** How far the server's clock is ahead of ours, less the quickest journey. */
  #ahead: Moment | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The server's time, or our own before it was measured. */
  now(): Milliseconds {
    const { wall, steady } = this.moment()
    return this.#ahead === null ? wall : steady + this.#ahead.steady
  }

  /** How far the server's wall clock is ahead of ours; null before it was measured. */
  get skew(): Milliseconds | null {
    return this.#ahead?.wall ?? null
  }

  moment(): Moment {
    return { wall: this.#clock.now(), steady: this.#clock.monotonic() }
  }

  /** How long ago a moment was, by the clock that says longer. */
  since({ wall, steady }: Moment): Milliseconds {
    const now = this.moment()
    return Math.max(now.wall - wall, now.steady - steady)
  }

  /** Measures by a statement that was asked for at `askedAt`. @returns False if the answer came too late to tell. */
  start(at: Milliseconds, askedAt: Moment): boolean {
    if (this.since(askedAt) > mostLate) return false
    const { wall, steady } = this.moment()
    this.#ahead = { wall: at - wall, steady: at - steady }
    return true
  }

  /** Hears a statement in passing. @returns False if it is older than it should be: recorded, or held back on its way. */
  hear(at: Milliseconds): boolean {
    const { wall, steady } = this.moment()
    const before = this.#ahead
    if (before === null || Math.max(before.wall + wall, before.steady + steady) - at > mostLate) return false
    this.#ahead = { wall: Math.max(before.wall, at - wall), steady: Math.max(before.steady, at - steady) }
    return true
  }
}
