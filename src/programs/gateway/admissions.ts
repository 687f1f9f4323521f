// What the broker allowed lately, and the secrets that it lent for it: for a minute, then it is asked again.
import { Fault, type Clock, type Milliseconds, type Secret } from '#base'
import type { ReplyOf, RequestOf, Route } from '#wire'

/** One phantom may do this on one path, until then. */
export interface Admission {
  /** Number of the intent in the log. */
  readonly intent: number
  readonly route: Route
  /** Null where the route needs none. */
  readonly secret: Secret | null
  /** By the monotonic clock. */
  readonly endsAt: Milliseconds
}

export interface AdmissionOptions {
  readonly clock: Clock
  readonly ask: (request: RequestOf<'gateway.admit'>) => Promise<ReplyOf<'gateway.admit'>>
  /** @throws Fault `seal-invalid` */
  readonly open: (sealed: string, purpose: string) => Secret
}

interface Lease {
  readonly secret: Secret
  endsAt: Milliseconds
}

const mostAdmissions = 4096
const sweepEvery: Milliseconds = 5000

/** Admissions by phantom, method and path; leases by route. */
export class Admissions {
  readonly #options: AdmissionOptions
  readonly #admissions = new Map<string, Admission>()
  readonly #asked = new Map<string, Promise<Admission>>()
  readonly #leases = new Map<string, Lease>()
  #stopSweep: (() => void) | null = null

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /**
   * Gives at once what is admitted already; else asks the broker, once for all that wait for the same.
   * @throws Fault of the broker, such as `denied-by-policy`, `locked`, `phantom-unknown`, `route-unknown`
   */
  admit(
    wish: Pick<RequestOf<'gateway.admit'>, 'phantom' | 'method' | 'path'>,
    routeName: string,
  ): Admission | Promise<Admission> {
    const key = `${wish.phantom}\n${wish.method}\n${wish.path}`
    const held = this.#admissions.get(key)
    if (held !== undefined && held.endsAt > this.#options.clock.monotonic()) return held
    const asked = this.#asked.get(key) ?? this.#ask(key, wish, routeName)
    this.#asked.set(key, asked)
    return asked
  }

  /** Forgets all that was allowed and zeroes all that was lent. */
  drop(): void {
    this.#admissions.clear()
    for (const { secret } of this.#leases.values()) secret.dispose()
    this.#leases.clear()
    this.#stopSweep?.()
    this.#stopSweep = null
  }

  async #ask(
    key: string,
    wish: Pick<RequestOf<'gateway.admit'>, 'phantom' | 'method' | 'path'>,
    routeName: string,
  ): Promise<Admission> {
    try {
      const holds = this.#leases.has(routeName)
      const { intent, life, route, sealed } = await this.#options.ask({ ...wish, holds })
      const endsAt = this.#options.clock.monotonic() + life
      const secret = this.#lease(route, { sealed, intent, endsAt })
      const admission = { intent, route, secret, endsAt }
      if (this.#admissions.size >= mostAdmissions) this.#admissions.clear()
      this.#admissions.set(key, admission)
      return admission
    } finally {
      this.#asked.delete(key)
    }
  }

  #lease(
    { name, secret }: Route,
    { sealed, intent, endsAt }: { sealed: string | null; intent: number; endsAt: Milliseconds },
  ): Secret | null {
    if (secret === null) return null
    const held = this.#leases.get(name)
    if (sealed === null) {
      // Dropped while the broker was asked: the next request asks for it.
      if (held === undefined) throw new Fault('locked', 'the secret was taken back meanwhile')
      held.endsAt = endsAt
      return held.secret
    }
    const fresh = this.#options.open(sealed, `gateway.lease\0${name}\0${intent}`)
    this.#leases.set(name, { secret: fresh, endsAt })
    this.#stopSweep ??= this.#options.clock.after(sweepEvery, () => this.#sweep())
    return fresh
  }

  /** Zeroes the secrets whose time is up. */
  #sweep(): void {
    this.#stopSweep = null
    const now = this.#options.clock.monotonic()
    for (const [name, { secret, endsAt }] of this.#leases) {
      if (endsAt > now) continue
      secret.dispose()
      this.#leases.delete(name)
    }
    for (const [key, { endsAt }] of this.#admissions) if (endsAt <= now) this.#admissions.delete(key)
    if (this.#leases.size > 0) this.#stopSweep = this.#options.clock.after(sweepEvery, () => this.#sweep())
  }
}
