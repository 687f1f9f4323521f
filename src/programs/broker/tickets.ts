// Holds a call for a while; what takes longer becomes a ticket that the assistant waits with.
import { base64url, Fault, type Clock, type Random } from '#base'
import type { Pending } from '#wire'

/** A call is held this long: hosts give up after a minute. */
const longestHold = 45_000
/** An answer that nobody fetches is dropped after this time. */
const longestKept = 600_000
const mostTickets = 64

/** The open calls of one connection. `Kept` is what any of them may be answered with. */
export class Tickets<Kept> {
  readonly #open = new Map<string, { readonly answer: Promise<Kept>; readonly expiresAt: number }>()
  readonly #clock: Clock
  readonly #random: Random

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Gives the answer if it comes in time, else a ticket. @throws Fault `busy` with too many open tickets. */
  async hold<Answer extends Kept>(answer: Promise<Answer>): Promise<Answer | Pending> {
    if (this.#open.size >= mostTickets) throw new Fault('busy', 'too many open tickets')
    return this.#race(base64url(this.#random(12)), answer, this.#clock.now() + longestKept)
  }

  /** Waits on with a ticket. @throws Fault `ticket-unknown` */
  async wait(ticket: string): Promise<Kept | Pending> {
    const held = this.#open.get(ticket)
    if (held === undefined) throw new Fault('ticket-unknown', 'no such ticket on this connection')
    return this.#race(ticket, held.answer, held.expiresAt)
  }

  async #race<Answer extends Kept>(
    ticket: string,
    answer: Promise<Answer>,
    expiresAt: number,
  ): Promise<Answer | Pending> {
    answer.catch(() => {})
    const { promise: late, resolve } = Promise.withResolvers<Pending>()
    const cancel = this.#clock.after(longestHold, () => resolve({ status: 'pending', ticket, expiresAt }))
    const first = await Promise.race([answer, late]).finally(cancel)
    if (isPending(first)) this.#keep(ticket, answer, expiresAt)
    else this.#open.delete(ticket)
    return first
  }

  #keep(ticket: string, answer: Promise<Kept>, expiresAt: number): void {
    if (this.#open.has(ticket)) return
    this.#open.set(ticket, { answer, expiresAt })
    this.#clock.after(longestKept, () => this.#open.delete(ticket))
  }
}

function isPending(value: unknown): value is Pending {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 'pending'
}
