// A gateway's end of the feed: hears what is revoked, notices silence, and says what may be let in meanwhile.
import { asFault, base64url, type Clock, type Milliseconds, type Random } from '#base'
import {
  checkFeedEvent,
  Denials,
  feedKeyOf,
  type Deniable,
  type Denial,
  type HeardFeedEvent,
  type PublishedKeys,
} from '#token'
import { Following } from './following.ts'
import { ServerTime, type Moment } from './server-time.ts'
import type { FeedSource } from './source.ts'
import { OpenStreams } from './streams.ts'

/** What to do when the feed has been silent for long: let nothing in, or rely on tokens being short-lived. */
export type SilencePolicy = 'fail_closed' | 'ride_out'

/** What a gateway follows, and by which rules. */
export interface SubscriberOptions {
  readonly source: FeedSource
  /** Share them with whatever checks tokens: a key that the feed denies is unknown there at once. */
  readonly keys: PublishedKeys
  readonly issuer: string
  readonly clock: Clock
  readonly random: Random
  /** `fail_closed` unless said otherwise. */
  readonly policy?: SilencePolicy
}

/** Live; silent for more than 3 seconds; for more than 30, or not heard yet. */
export type FeedState = 'live' | 'degraded' | 'failed'

/** `ask`: let it in only if the server says that the token is good, asked now or within the last 5 seconds. */
export type Verdict = 'allow' | 'ask' | 'deny'

/** What a person who looks after a gateway wants to know. */
export interface FeedStatus {
  readonly state: FeedState
  /** How long ago all that was revoked was known here; infinite before the first time. */
  readonly silence: Milliseconds
  /** The last place that was accepted; null before the first. */
  readonly seq: number | null
  /** How far the server's clock is ahead of ours; null before it was measured. */
  readonly skew: Milliseconds | null
  /** What was not accepted: forged, foreign, malformed, late, repeated or out of its place. */
  readonly refused: number
  /** Connections that have ended. */
  readonly ended: number
}

const degradedAfter: Milliseconds = 3000
const failedAfter: Milliseconds = 30_000
const pollEvery: Milliseconds = 1000
/** Polls after which a stream is tried again. */
const pollsInRow = 30
const pauses = { shortest: 200, longest: 5000 } as const
const nonceBytes = 16

/**
 * Follows the feed until it is closed. Each connection begins with a statement that holds our own nonce, so that nothing
 * recorded passes for new; from there each place follows on the one before. Whatever does not ends the connection, and
 * the next one fetches what is missing. Where streams bring nothing, it polls.
 */
export class FeedSubscriber {
  readonly denials = new Denials()
  readonly streams = new OpenStreams(this.denials)
  readonly #options: SubscriberOptions
  readonly #time: ServerTime
  #isClosed = false
  #attempt = new AbortController()
  #wake: () => void = () => {}
  #seq: number | null = null
  #liveAt: Moment | null = null
  #failures = 0
  #pollsLeft = 0
  #refused = 0
  #ended = 0

  constructor(options: SubscriberOptions) {
    this.#options = options
    this.#time = new ServerTime(options.clock)
  }

  /** Follows; settles when it is closed. */
  async follow(): Promise<void> {
    while (!this.#isClosed) {
      const isOnce = this.#pollsLeft > 0
      const wasHeard = await this.#connect(isOnce)
      this.#ended++
      this.#failures = wasHeard ? 0 : this.#failures + 1
      // A stream that brings nothing may be held back on its way; an answer that ends at once is not.
      if (!wasHeard) this.#pollsLeft = isOnce ? 0 : pollsInRow
      else if (isOnce) this.#pollsLeft--
      if (!this.#isClosed) await this.#pause(wasHeard && isOnce ? pollEvery : this.#jitter())
    }
  }

  close(): void {
    this.#isClosed = true
    this.#attempt.abort()
    this.#wake()
  }

  /** Whether a token that is good otherwise may be let in now. */
  verdict(token: Deniable): Verdict {
    if (this.denials.isDenied(token, this.#time.now())) return 'deny'
    const state = this.#state()
    if (state === 'failed') return this.#options.policy === 'ride_out' ? 'allow' : 'deny'
    return state === 'live' ? 'allow' : 'ask'
  }

  get status(): FeedStatus {
    const { skew } = this.#time
    const silence = this.#silence()
    return { state: this.#state(), silence, seq: this.#seq, skew, refused: this.#refused, ended: this.#ended }
  }

  #state(): FeedState {
    const silence = this.#silence()
    if (silence <= degradedAfter) return 'live'
    return silence <= failedAfter ? 'degraded' : 'failed'
  }

  #silence(): Milliseconds {
    return this.#liveAt === null ? Number.POSITIVE_INFINITY : this.#time.since(this.#liveAt)
  }

  /** @returns Whether its start was heard. */
  async #connect(isOnce: boolean): Promise<boolean> {
    const { source, clock, random } = this.#options
    const nonce = base64url(random(nonceBytes))
    const following = this.#following(nonce)
    const attempt = new AbortController()
    this.#attempt = attempt
    const watch = (): (() => void) => clock.after(degradedAfter, () => attempt.abort())
    let rest = watch()
    try {
      await source.listen({ after: this.#seq, nonce, isOnce, signal: attempt.signal }, async (texts) => {
        rest()
        rest = watch()
        await this.#take(texts, following)
      })
    } catch {
      // Whatever ended it: the next connection goes on from the last place that was accepted.
    }
    rest()
    attempt.abort()
    return following.place !== null
  }

  #following(nonce: string): Following {
    return new Following(
      {
        time: this.#time,
        deny: (denial) => this.#deny(denial),
        live: (asOf) => {
          this.#liveAt = asOf
        },
        repeated: () => {
          this.#refused++
        },
      },
      nonce,
    )
  }

  /** Verifies side by side, and accepts in order up to the first that is not good. */
  async #take(texts: readonly string[], following: Following): Promise<void> {
    const checks = await Promise.allSettled(texts.map((text) => this.#check(text)))
    try {
      for (const check of checks) {
        if (check.status === 'rejected') throw asFault(check.reason)
        following.take(check.value)
        this.#seq = following.place
      }
    } catch (thrown) {
      this.#refused++
      throw thrown
    }
  }

  async #check(text: string): Promise<HeardFeedEvent> {
    const { keys, issuer } = this.#options
    await keys.learn(feedKeyOf(text))
    return checkFeedEvent(text, { issuer, keyOf: keys.of })
  }

  #deny(denial: Denial): void {
    const { deny } = denial
    const now = this.#time.now()
    if (deny.kind === 'key') this.#options.keys.deny(deny.id)
    this.denials.deny(denial, now)
    this.streams.cut(deny, now)
  }

  /** Full jitter, so that those who lost the same server do not come back together. */
  #jitter(): Milliseconds {
    const most = Math.min(pauses.shortest * 2 ** this.#failures, pauses.longest)
    const [high = 0, low = 0] = this.#options.random(2)
    return ((high * 256 + low) / 65_536) * most
  }

  #pause(time: Milliseconds): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.clock.after(time, resolve)
      this.#wake = () => {
        stop()
        resolve()
      }
    })
  }
}
