// The server's end of the feed: tells every gateway that listens, each at its own pace, what is revoked.
import { Fault, canonicalJson, type Clock, type Milliseconds } from '#base'
import { signFeedEvent, type Denial, type FeedEvent, type Sign } from '#token'
import type { ServerResponse } from 'node:http'
import { eventOf } from './sse.ts'

/** What a hub works with. */
export interface HubOptions {
  readonly clock: Clock
  readonly issuer: string
  /** The key to sign with now. */
  readonly signer: () => { readonly kid: string; readonly sign: Sign }
  /** Gateways that may listen at one time. */
  readonly mostListeners: number
  /** Gets all but starts, for those who hear it another way. */
  readonly alsoTell?: ((text: string) => void) | undefined
}

/** A revocation in its place: places go up by one, over all servers. */
export type Sequenced = Denial & { readonly seq: number }

/** Where a gateway wants to go on. */
export interface Joining {
  /** The last place that it has; null: it has none. Attacker-controlled. */
  readonly after: number | null
  /** It comes back in the first statement, which so cannot be an old one. Attacker-controlled. */
  readonly nonce: string
  /** Ends with what there is, instead of going on: for whoever sits behind something that holds streams back. */
  readonly isOnce: boolean
}

interface Kept {
  readonly seq: number
  /** Seconds. */
  readonly until: number
  readonly event: string
}

interface Listener {
  readonly response: ServerResponse
  /** Where it ends, if it is not to go on. */
  readonly last: number | null
  sent: number
  /** When its connection last took no more, by the clock that never goes back; null while it takes. */
  fullSince: Milliseconds | null
}

const beatEvery: Milliseconds = 1000
/** A connection that takes nothing for so long is cut: its gateway comes back and goes on where it was. */
const patience: Milliseconds = 5000
/** Bytes that may wait in a connection; revocations beyond that wait in the hub, where all share them. */
const mostWaiting = 65_536
/** Revocations that wait for the database; only where it is out of order there are more than a few. */
const mostEarly = 4096

/**
 * Keeps what is revoked and can still matter, signed once, and one place for each listener in it. Nothing is queued for
 * a listener but what its connection holds.
 */
export class FeedHub {
  readonly #options: HubOptions
  readonly #listeners = new Set<Listener>()
  readonly #early = new Map<string, Omit<Kept, 'seq'>>()
  #kept: Kept[] = []
  /** All up to here have been forgotten, or were never known. */
  #base: number
  #seq: number
  #stopBeat: () => void

  /** @param seq The last place before what `append` will bring. */
  constructor(options: HubOptions, seq: number) {
    this.#options = options
    this.#base = seq
    this.#seq = seq
    this.#stopBeat = options.clock.after(beatEvery, () => this.#beat())
  }

  /** The last place that listeners are told of. */
  get seq(): number {
    return this.#seq
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Bytes that connections have not taken yet. */
  get waiting(): number {
    return [...this.#listeners].reduce((sum, { response }) => sum + response.writableLength, 0)
  }

  /** Tells of a revocation before it is durable. */
  async early({ deny, until }: Denial): Promise<void> {
    const text = await this.#sign({ kind: 'early', deny, until })
    this.#options.alsoTell?.(text)
    const event = eventOf(text)
    const [oldest] = this.#early.keys()
    if (oldest !== undefined && this.#early.size >= mostEarly) this.#early.delete(oldest)
    this.#early.set(canonicalJson({ ...deny }), { until, event })
    for (const { response } of this.#listeners) response.write(event)
  }

  /** Goes on from a later place: what was before it can deny nothing any more. */
  skipTo(seq: number): void {
    if (seq <= this.#seq) return
    this.#kept = []
    this.#base = seq
    this.#seq = seq
  }

  /**
   * Tells of durable revocations, in their order. One call at a time.
   * @throws Fault `internal` if they do not follow on what is there.
   */
  async append(revocations: readonly Sequenced[]): Promise<void> {
    const texts = await Promise.all(
      revocations.map((revocation) => this.#sign({ kind: 'deny', ...revocation })),
    )
    for (const [at, { seq, deny, until }] of revocations.entries()) {
      if (seq !== this.#seq + 1) throw new Fault('internal', 'a revocation is not in its place')
      const text = texts[at] ?? ''
      this.#options.alsoTell?.(text)
      this.#kept.push({ seq, until, event: eventOf(text) })
      this.#seq = seq
      this.#early.delete(canonicalJson({ ...deny }))
    }
    for (const listener of this.#listeners) this.#pump(listener)
  }

  /**
   * Answers a gateway: a start, what it lacks, then whatever comes. It never settles before the start is written.
   * @throws Fault `busy` when too many listen.
   */
  async serve({ after, nonce, isOnce }: Joining, response: ServerResponse): Promise<void> {
    if (this.#listeners.size >= this.#options.mostListeners)
      throw new Fault('busy', 'too many gateways listen')
    const seq = this.#seq
    const base = after !== null && after >= this.#base && after <= seq ? after : this.#base
    const start = await this.#sign({ kind: 'start', nonce, base, seq })
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.write(eventOf(start))
    this.#join({ response, last: isOnce ? seq : null, sent: base, fullSince: null })
  }

  /** Ends all answers. */
  close(): void {
    this.#stopBeat()
    for (const { response } of this.#listeners) response.end()
    this.#listeners.clear()
  }

  #join(listener: Listener): void {
    const { response } = listener
    if (response.destroyed) return
    for (const { event } of this.#early.values()) response.write(event)
    response.on('drain', () => {
      listener.fullSince = null
      this.#pump(listener)
    })
    response.on('close', () => this.#listeners.delete(listener))
    this.#listeners.add(listener)
    this.#pump(listener)
  }

  /** Writes what a listener lacks for as long as its connection takes it. */
  #pump(listener: Listener): void {
    const { response, last } = listener
    if (listener.sent < this.#base) return this.#drop(listener)
    while (listener.sent < (last ?? this.#seq) && response.writableLength < mostWaiting) {
      const kept = this.#kept[listener.sent - this.#base]
      if (kept === undefined) break
      response.write(kept.event)
      listener.sent = kept.seq
    }
    if (listener.sent === last) response.end()
    if (response.writableNeedDrain) listener.fullSince ??= this.#options.clock.monotonic()
  }

  /** A server that cannot sign falls silent, which is what its gateways must notice. */
  #beat(): void {
    this.#stopBeat = this.#options.clock.after(beatEvery, () => this.#beat())
    this.#forget()
    this.#sign({ kind: 'beat', seq: this.#seq }).then(
      (text) => this.#tell(text),
      () => {},
    )
  }

  #tell(text: string): void {
    const { clock, alsoTell } = this.#options
    const event = eventOf(text)
    alsoTell?.(text)
    for (const listener of this.#listeners) {
      const isStuck = listener.fullSince !== null && clock.monotonic() - listener.fullSince > patience
      if (isStuck || listener.response.writableLength > 16 * mostWaiting) this.#drop(listener)
      else if (listener.fullSince === null) listener.response.write(event)
    }
  }

  async #sign(event: FeedEvent): Promise<string> {
    const { clock, issuer, signer } = this.#options
    const { kid, sign } = signer()
    return signFeedEvent(event, { issuer, kid, now: clock.now() }, sign)
  }

  #drop(listener: Listener): void {
    this.#listeners.delete(listener)
    listener.response.destroy()
  }

  /** Forgets what can deny nothing any more. */
  #forget(): void {
    const now = this.#options.clock.now() / 1000
    const alive = this.#kept.findIndex(({ until }) => until > now)
    const count = alive === -1 ? this.#kept.length : alive
    this.#base = this.#kept[count - 1]?.seq ?? this.#base
    this.#kept = count === 0 ? this.#kept : this.#kept.slice(count)
    for (const [key, { until }] of this.#early) if (until <= now) this.#early.delete(key)
  }
}
