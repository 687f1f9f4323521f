// Phantom tokens: each stands for one assistant on one route, for minutes or for as long as a program runs.
import { base64url, Fault, hex, utf8, type Clock, type Milliseconds, type Random } from '#base'
import type { IntentEvent } from '#journal'
import { makePhantom, providerOf } from '#routes'
import type { ReplyOf, RequestOf, Route } from '#wire'
import { createHash } from 'node:crypto'

type Issued = Omit<ReplyOf<'phantom.issue'>, 'url'>
type Admitted = RequestOf<'gateway.phantoms'>['phantoms'][number]
/** Who calls, for policy and log. */
export type CallWho = IntentEvent['who']
/** How a person said yes to what a phantom does. */
export type CallConsent = IntentEvent['why']['consent']
type Shown = ReplyOf<'phantom.list'>['phantoms'][number]

/** A phantom that is in force. */
export interface Phantom extends Shown {
  readonly sha256: string
  readonly who: CallWho
  /** Hash of its programs; empty where a person issued it for whoever holds it. */
  readonly program: string
  readonly consent: CallConsent
  readonly only: Admitted['only']
  /** Of the connection that it ends with; null where it ends by the clock. */
  readonly session: string | null
  /** By the monotonic clock. */
  readonly endsAt: Milliseconds
}

/** What a phantom is for. */
export type Purpose = Pick<Phantom, 'who' | 'program' | 'consent' | 'only'>

interface Life {
  readonly assistant: string
  /** Null: for as long as the session lasts. */
  readonly life: Milliseconds | null
  readonly session: string
}

const mostPhantoms = 4096

/** Which phantoms are in force. Only hashes are kept: the token itself is with whoever got it. */
export class Phantoms {
  readonly #clock: Clock
  readonly #random: Random
  readonly #live = new Map<string, Phantom>()
  /** Good for one request, and it was sent. */
  readonly #spent = new Set<string>()
  /** Routes that a person opened for a session. */
  readonly #standing = new Map<string, CallConsent>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** @throws Fault `busy` with too many in force */
  issue(
    { assistant, life, session }: Life,
    { name, provider }: Pick<Route, 'name' | 'provider'>,
    purpose: Purpose,
  ): Issued {
    if (this.list().length >= mostPhantoms) throw new Fault('busy', 'too many phantom tokens are in force')
    const token = makePhantom(provider === null ? null : providerOf(provider), this.#random)
    const shown = {
      id: base64url(this.#random(12)),
      assistant,
      route: name,
      expiresAt: life === null ? null : this.#clock.now() + life,
    }
    this.#live.set(shown.id, {
      ...shown,
      ...purpose,
      sha256: hex(createHash('sha256').update(utf8(token)).digest()),
      session: life === null || purpose.only !== null ? session : null,
      endsAt: this.#clock.monotonic() + (life ?? Infinity),
    })
    return { ...shown, token }
  }

  /** Those in force, the oldest first. */
  list(): readonly Phantom[] {
    const now = this.#clock.monotonic()
    for (const { id, endsAt } of this.#live.values()) if (endsAt <= now) this.#drop(id)
    return [...this.#live.values()]
  }

  /** One that is good for one request is not found again. @throws Fault `phantom-unknown` */
  use(id: string): Phantom {
    const phantom = this.list().find((one) => one.id === id)
    if (phantom === undefined) throw new Fault('phantom-unknown', 'this phantom token is not in force')
    if (this.#spent.has(id)) throw new Fault('phantom-unknown', 'this phantom token was used')
    if (phantom.only !== null) this.#spent.add(id)
    return phantom
  }

  /** A person allowed a session all requests by a route. */
  stand(session: string, route: string, consent: CallConsent): void {
    this.#standing.set(`${session} ${route}`, consent)
  }

  standing(session: string, route: string): CallConsent | null {
    return this.#standing.get(`${session} ${route}`) ?? null
  }

  /** What a person allowed a session, or by a route, is over. */
  forget(isOver: (session: string, route: string) => boolean): void {
    for (const key of this.#standing.keys()) {
      const [session = '', route = ''] = key.split(' ')
      if (isOver(session, route)) this.#standing.delete(key)
    }
  }

  /** @returns Those that were in force until now. */
  end(isOver: (phantom: Phantom) => boolean): readonly Phantom[] {
    const over = this.list().filter(isOver)
    for (const { id } of over) this.#drop(id)
    return over
  }

  #drop(id: string): void {
    this.#live.delete(id)
    this.#spent.delete(id)
  }
}
