// Time and randomness as arguments: engines and edges never ask the machine themselves.

/** Milliseconds since 1970-01-01T00:00:00Z, without leap seconds. */
export type Milliseconds = number

/** Tells the time and wakes: the real one in a program, `ManualClock` in a test. */
export interface Clock {
  /** Wall clock, may jump. */
  now(): Milliseconds
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): Milliseconds
  /** Calls `act` once after `delay` ms; the result cancels it. Does not keep the process alive. */
  after(delay: Milliseconds, act: () => void): () => void
}

/** Unpredictable bytes from the operating system, or a fixed sequence in tests. */
export type Random = (length: number) => Uint8Array<ArrayBuffer>

/** What the machine's own clock is made of: globals that only a program's `main.ts` touches, and hands in. */
export interface MachineTime {
  readonly Date: { now(): Milliseconds }
  readonly performance: { now(): Milliseconds }
  readonly setTimeout: (act: () => void, delay: Milliseconds) => Disposable & { unref(): unknown }
}

/** The machine's own clock. Its timers do not keep the process alive. */
export function machineClock({ Date, performance, setTimeout }: MachineTime): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delay, act) {
      const timer = setTimeout(act, delay)
      timer.unref()
      return () => timer[Symbol.dispose]()
    },
  }
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: Milliseconds
  #elapsed = 0
  #timers: { readonly due: Milliseconds; readonly act: () => void }[] = []

  constructor(now: Milliseconds = 1_767_225_600_000) {
    this.#now = now
  }

  now(): Milliseconds {
    return this.#now
  }

  monotonic(): Milliseconds {
    return this.#elapsed
  }

  after(delay: Milliseconds, act: () => void): () => void {
    const timer = { due: this.#elapsed + delay, act }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Moves both clocks on and runs what falls due, in order. */
  advance(by: Milliseconds): void {
    const end = this.#elapsed + by
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.due - b.due)[0]
      if (next === undefined || next.due > end) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#now += next.due - this.#elapsed
      this.#elapsed = next.due
      next.act()
    }
    this.#now += end - this.#elapsed
    this.#elapsed = end
  }
}
