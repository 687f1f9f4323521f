// One connection to the feed: what is said on it is accepted in its place or not at all.
import { assertNever, Fault } from '#base'
import type { Denial, HeardFeedEvent } from '#token'
import type { Moment, ServerTime } from './server-time.ts'

/** Where what was accepted goes. */
export interface Followed {
  readonly time: ServerTime
  readonly deny: (denial: Denial) => void
  /** All that the server had at this moment is here. */
  readonly live: (asOf: Moment) => void
  /** A place that was heard before is not heard again. */
  readonly repeated: () => void
}

/** Follows one connection from its start. */
export class Following {
  readonly #followed: Followed
  readonly #nonce: string
  readonly #askedAt: Moment
  #place: number | null = null
  /** What the server had at the start: whoever has it is up to date as of then. */
  #goal = 0

  constructor(followed: Followed, nonce: string) {
    this.#followed = followed
    this.#nonce = nonce
    this.#askedAt = followed.time.moment()
  }

  /** The last place that was accepted; null before the start. */
  get place(): number | null {
    return this.#place
  }

  /**
   * Takes what was said next. After a fault nothing of this connection counts any more.
   * @param heard Signed by the server, but perhaps recorded, held back or left out on its way.
   * @throws Fault `feed-broken`
   */
  take(heard: HeardFeedEvent): void {
    if (heard.kind === 'start') return this.#start(heard)
    if (this.#place === null) throw broken('it does not begin with a start')
    switch (heard.kind) {
      case 'early':
        return this.#followed.deny(heard)
      case 'deny':
        return this.#goOn(heard, this.#place)
      case 'beat':
        return this.#beat(heard, this.#place)
      default:
        return assertNever(heard)
    }
  }

  #start({ nonce, base, seq, at }: HeardFeedEvent & { readonly kind: 'start' }): void {
    if (this.#place !== null) throw broken('it begins twice')
    if (nonce !== this.#nonce) throw broken('its start answers somebody else')
    if (!this.#followed.time.start(at, this.#askedAt)) throw broken('its start came late')
    this.#place = base
    this.#goal = seq
    if (base >= seq) this.#followed.live(this.#askedAt)
  }

  #goOn({ seq, ...denial }: HeardFeedEvent & { readonly kind: 'deny' }, place: number): void {
    if (seq <= place) return this.#followed.repeated()
    if (seq > place + 1) throw broken('a place is missing')
    this.#place = seq
    this.#followed.deny(denial)
    if (seq === this.#goal) this.#followed.live(this.#askedAt)
  }

  #beat({ seq, at }: HeardFeedEvent & { readonly kind: 'beat' }, place: number): void {
    const { time, live } = this.#followed
    if (seq > place) throw broken('a place is missing')
    if (!time.hear(at)) throw broken('it comes late')
    if (place >= this.#goal) live(time.moment())
  }
}

function broken(what: string): Fault {
  return new Fault('feed-broken', `the feed cannot be followed: ${what}`)
}
