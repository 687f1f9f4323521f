// Phantom tokens: each stands for one assistant on one route, for minutes or for as long as a program runs.
import { base64url, Fault, hex, utf8, type Clock, type Milliseconds, type Random } from '#base'
import { makePhantom, providerOf } from '#routes'
import type { ReplyOf, RequestOf, Route } from '#wire'
import { createHash } from 'node:crypto'

type Issued = Omit<ReplyOf<'phantom.issue'>, 'url'>
type Shown = ReplyOf<'phantom.list'>['phantoms'][number]

/** A phantom that is in force. */
export interface Phantom extends Shown {
  readonly sha256: string
  /** Of the connection that it ends with; null where it ends by the clock. */
  readonly session: string | null
  /** By the monotonic clock. */
  readonly endsAt: Milliseconds
}

const mostPhantoms = 4096

/** Which phantoms are in force. Only hashes are kept: the token itself is with whoever got it. */
export class Phantoms {
  readonly #clock: Clock
  readonly #random: Random
  readonly #live = new Map<string, Phantom>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** @throws Fault `busy` with too many in force */
  issue(
    { assistant, seconds }: RequestOf<'phantom.issue'>,
    { name, provider }: Route,
    session: string,
  ): Issued {
    if (this.list().length >= mostPhantoms) throw new Fault('busy', 'too many phantom tokens are in force')
    const token = makePhantom(provider === null ? null : providerOf(provider), this.#random)
    const life = seconds === null ? Infinity : seconds * 1000
    const shown = {
      id: base64url(this.#random(12)),
      assistant,
      route: name,
      expiresAt: seconds === null ? null : this.#clock.now() + life,
    }
    this.#live.set(shown.id, {
      ...shown,
      sha256: hex(createHash('sha256').update(utf8(token)).digest()),
      session: seconds === null ? session : null,
      endsAt: this.#clock.monotonic() + life,
    })
    return { ...shown, token }
  }

  /** Those in force, the oldest first. */
  list(): readonly Phantom[] {
    const now = this.#clock.monotonic()
    for (const { id, endsAt } of this.#live.values()) if (endsAt <= now) this.#live.delete(id)
    return [...this.#live.values()]
  }

  /** @throws Fault `phantom-unknown` */
  get(id: string): Phantom {
    const phantom = this.list().find((one) => one.id === id)
    if (phantom === undefined) throw new Fault('phantom-unknown', 'this phantom token is not in force')
    return phantom
  }

  /** @returns Those that were in force until now. */
  end(isOver: (phantom: Phantom) => boolean): readonly Phantom[] {
    const over = this.list().filter(isOver)
    for (const { id } of over) this.#live.delete(id)
    return over
  }
}
