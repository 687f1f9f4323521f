// A token that is there when it is needed: kept in memory only, renewed in the background, minted once however many ask.
import { Fault, type Clock, type Milliseconds, type Random } from '#base'

/** What asking for a token came to. A refusal is a value; only `device-revoked` is final. */
export type MintAnswer =
  | { readonly token: string; readonly life: Milliseconds }
  | {
      readonly fault: Fault
      readonly retryAfter?: Milliseconds | undefined
      /** What the issuer signed, with `device-revoked`. */
      readonly statement?: string
    }

/** Asks the issuer for one token. Must end by itself, and soon. */
export type Mint = () => Promise<MintAnswer>

/**
 * `empty` nobody asked yet, or it was let lapse; `fresh`; `riding-out` it is good, but could not be renewed;
 * `expired` there is none, and none to be had now; `revoked` for good.
 */
export type TokenState = 'empty' | 'fresh' | 'riding-out' | 'expired' | 'revoked'

/** What a source is made of. */
export interface TokenSourceOptions {
  readonly mint: Mint
  readonly clock: Clock
  readonly random: Random
}

/** One token for one place. */
export interface TokenSource {
  /** The token if it is good now; asks nobody, and takes under 100 ns. */
  cached(): string | undefined
  /**
   * A good token; waits for the issuer only if there is none.
   * @throws Fault `issuer-unreachable` or `issuer-refused` while it backs off, and `device-revoked` ever after.
   */
  get(): Promise<string>
  /** Forgets a token that was refused somewhere. Of many who were refused the same, only the first has an effect. */
  evict(token: string): void
  /** For people. */
  state(): TokenState
  /** Forgets all and asks no more. */
  close(): void
}

/** Part of its life after which a token is renewed: 45 to 55 %, so that a fleet does not ask at once. */
const renewal = { from: 0.45, spread: 0.1 } as const
const backOff = { first: 1000, most: 60_000 } as const
/** How far the wall clock may run ahead of the monotonic one before we take it that the machine slept. */
const longestDrift: Milliseconds = 5000

/** Makes a source. The first token is minted when somebody asks. */
export function tokenSource(options: TokenSourceOptions): TokenSource {
  return new CachedSource(options)
}

interface Held {
  readonly token: string
  readonly life: Milliseconds
  /** Monotonic. The request's begin, since its answer may have lain about. */
  readonly since: Milliseconds
  /** The same by the wall clock, which goes on while the machine sleeps. */
  readonly wall: Milliseconds
}

class CachedSource implements TokenSource {
  readonly #options: TokenSourceOptions
  #held: Held | undefined
  #underWay: Promise<MintAnswer> | undefined
  #lastFault: Fault | undefined
  #failures = 0
  /** Monotonic: not asked again before. */
  #askAgainAt: Milliseconds = 0
  #wasUsed = false
  /** By the wall clock, when what is held was found good; not-a-number before. */
  #goodAt = Number.NaN
  #isRevoked = false
  #cancel = () => {}

  constructor(options: TokenSourceOptions) {
    this.#options = options
  }

  cached(): string | undefined {
    const held = this.#held
    if (held === undefined) return undefined
    const { clock } = this.#options
    const now = clock.now()
    // Within a millisecond nothing changes, and to look at one clock costs half as much as to look at both.
    if (now === this.#goodAt) return held.token
    const age = clock.monotonic() - held.since
    // The wall clock goes on while the machine sleeps; the monotonic one may not.
    if (age >= held.life || now - held.wall > age + longestDrift) return undefined
    this.#goodAt = now
    this.#wasUsed = true
    return held.token
  }

  async get(): Promise<string> {
    const cached = this.cached()
    if (cached !== undefined) return cached
    const answer = await this.#ask()
    if ('token' in answer) {
      this.#wasUsed = true
      return answer.token
    }
    // The wall clock may have been set, and the issuer be away: then the monotonic clock is believed.
    if (this.#held !== undefined && this.#isGood(this.#held)) return this.#held.token
    throw answer.fault
  }

  evict(token: string): void {
    if (this.#held?.token === token) this.#forget()
  }

  state(): TokenState {
    if (this.#isRevoked) return 'revoked'
    if (this.#held !== undefined && this.#isGood(this.#held))
      return this.#failures > 0 ? 'riding-out' : 'fresh'
    return this.#failures > 0 ? 'expired' : 'empty'
  }

  close(): void {
    this.#forget()
    this.#isRevoked = true
    this.#lastFault ??= new Fault('issuer-refused', 'the source of tokens was closed')
  }

  #isGood({ since, life }: Held): boolean {
    return this.#options.clock.monotonic() < since + life
  }

  #forget(): void {
    this.#cancel()
    this.#held = undefined
  }

  /** One question at a time, and none before its time. */
  async #ask(): Promise<MintAnswer> {
    if (this.#underWay !== undefined) return this.#underWay
    const isEarly = this.#options.clock.monotonic() < this.#askAgainAt
    if (this.#lastFault !== undefined && (this.#isRevoked || isEarly)) return { fault: this.#lastFault }
    this.#underWay = this.#mintOnce()
    try {
      return await this.#underWay
    } finally {
      this.#underWay = undefined
    }
  }

  async #mintOnce(): Promise<MintAnswer> {
    const { mint, clock } = this.#options
    const since = clock.monotonic()
    const wall = clock.now()
    const answer = await mint().catch(unreachable)
    if (this.#isRevoked && this.#lastFault !== undefined) return { fault: this.#lastFault }
    if ('token' in answer) this.#hold({ ...answer, since, wall })
    else this.#backOff(answer.fault, answer.retryAfter ?? 0)
    return answer
  }

  #hold(held: Held): void {
    this.#held = held
    this.#failures = 0
    this.#lastFault = undefined
    this.#askAgainAt = 0
    this.#wasUsed = false
    this.#goodAt = Number.NaN
    const part = renewal.from + renewal.spread * this.#fraction()
    const due = held.since + held.life * part - this.#options.clock.monotonic()
    this.#wake(due, () => this.#wasUsed)
  }

  /** Full jitter, and never before the issuer said. */
  #backOff(fault: Fault, retryAfter: Milliseconds): void {
    this.#lastFault = fault
    if (fault.code === 'device-revoked') {
      this.#isRevoked = true
      this.#forget()
      return
    }
    const most = Math.min(backOff.most, backOff.first * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 16)
    const delay = retryAfter + most * this.#fraction()
    this.#askAgainAt = this.#options.clock.monotonic() + delay
    this.#wake(delay, () => this.#held !== undefined && this.#isGood(this.#held))
  }

  /** An unused token is let lapse; an expired one waits for somebody who asks. */
  #wake(delay: Milliseconds, isWorthIt: () => boolean): void {
    this.#cancel()
    this.#cancel = this.#options.clock.after(delay, () => {
      if (isWorthIt()) void this.#ask()
    })
  }

  #fraction(): number {
    const [byte = 0, more = 0] = this.#options.random(2)
    return (byte * 256 + more) / 65_536
  }
}

function unreachable(thrown: unknown): MintAnswer {
  const fault = new Fault('issuer-unreachable', 'the issuer could not be asked', { cause: thrown })
  return { fault: thrown instanceof Fault ? thrown : fault }
}
