// Who is suspended, as this process knows it: never older than a second, so that a mint costs no question of its own.
import type { Clock, Milliseconds } from '#base'
import type { Registry } from '#registry'

/** Whom a token would be for. */
export interface Bearer {
  readonly user: string
  readonly tenant: string
}

/** What it is made of. */
interface SuspendingOptions {
  readonly registry: Pick<Registry, 'suspensions'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/** How long what the register said is believed. */
const memory: Milliseconds = 1000

/** For how long after a suspension another process may sign a token still: what it believes, and how far clocks differ. */
export const suspensionMargin: Milliseconds = memory + 120_000

/** Tells who is suspended. */
export class Suspending {
  readonly #options: SuspendingOptions
  #known = new Set<string>()
  #readAt: Milliseconds = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null

  constructor(options: SuspendingOptions) {
    this.#options = options
  }

  /** Whether somebody gets no new token. @throws Fault `database-…`: who cannot ask lets nobody in. */
  async holds({ user, tenant }: Bearer): Promise<boolean> {
    if (this.#options.clock.monotonic() - this.#readAt >= memory) await this.refresh()
    return this.#known.size > 0 && (this.#known.has(`user ${user}`) || this.#known.has(`tenant ${tenant}`))
  }

  /** Asks the register now. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    // The time before the question: the answer may be as old as that.
    const asked = this.#options.clock.monotonic()
    const found = await this.#options.registry.suspensions.list()
    this.#known = new Set(found.map(({ kind, id }) => `${kind} ${id}`))
    this.#readAt = asked
  }
}
