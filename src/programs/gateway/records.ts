// Tells the broker what was served, several at a time.
import type { Clock, Milliseconds } from '#base'
import type { GatewayCall } from '#wire'

/** Milliseconds that a record waits for others. */
const companyWithin: Milliseconds = 100
const mostAtOnce = 64

export class Records {
  readonly #clock: Clock
  readonly #tell: (calls: GatewayCall[]) => void
  #waiting: GatewayCall[] = []

  constructor(clock: Clock, tell: (calls: GatewayCall[]) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  add(call: GatewayCall): void {
    if (this.#waiting.length === 0) this.#clock.after(companyWithin, () => this.flush())
    this.#waiting.push(call)
    if (this.#waiting.length >= mostAtOnce) this.flush()
  }

  /** Tells what waits. */
  flush(): void {
    const calls = this.#waiting
    this.#waiting = []
    if (calls.length > 0) this.#tell(calls)
  }
}
