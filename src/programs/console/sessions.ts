// One-time codes that sign a page in, and the bearers that signed-in pages hold.
import { base64url, Fault, utf8, type Clock, type Milliseconds, type Random } from '#base'
import { createHash, timingSafeEqual } from 'node:crypto'

const codeLife: Milliseconds = 60_000
const longestSession: Milliseconds = 8 * 3_600_000
const longestIdle: Milliseconds = 30 * 60_000
const mostCodes = 16
const mostSessions = 32
/** Wrong codes within a minute, after which they are refused with `busy`. */
const mostWrong = 10

interface Code {
  readonly hash: Uint8Array
  readonly expiresAt: Milliseconds
}

/** A page that is signed in. */
export interface Session {
  readonly hash: Uint8Array
  readonly endsAt: Milliseconds
  usedAt: Milliseconds
}

/** Who may speak for the person. Only hashes are kept: a copy of this memory signs nobody in. */
export class Sessions {
  readonly #clock: Clock
  readonly #random: Random
  #codes: Code[] = []
  #sessions: Session[] = []
  #wrong: Milliseconds[] = []

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Makes a code of 24 random bytes that is good once, for a minute. */
  issueCode(): { code: string; expiresAt: Milliseconds } {
    const code = base64url(this.#random(24))
    const expiresAt = this.#clock.now() + codeLife
    this.#codes = [...this.#liveCodes(), { hash: hashOf(code), expiresAt }].slice(-mostCodes)
    return { code, expiresAt }
  }

  /**
   * Takes a code and gives a bearer of 32 random bytes, good for 8 hours and for half an hour without use.
   * @param code Attacker-controlled.
   * @throws Fault `code-invalid` for a code that is wrong, used or over; `busy` after too many of them. A right code
   *   always passes: 192 bits cannot be guessed, and another program must not be able to lock the person out.
   */
  redeem(code: string): string {
    const hash = hashOf(code)
    const known = findByHash(this.#liveCodes(), hash)
    if (known === undefined) throw this.#refusal()
    this.#codes = this.#codes.filter((other) => other !== known)
    return this.begin()
  }

  /** Gives a bearer to a page whose person the broker knows by a passkey; the same as for a code. */
  begin(): string {
    const bearer = base64url(this.#random(32))
    const now = this.#clock.now()
    const session = { hash: hashOf(bearer), endsAt: now + longestSession, usedAt: now }
    this.#sessions = [...this.#liveSessions(), session].slice(-mostSessions)
    return bearer
  }

  /**
   * Finds the session of a bearer and notes that it was used.
   * @param bearer Attacker-controlled.
   * @throws Fault `code-invalid` if there is none, or no longer.
   */
  use(bearer: string): Session {
    const session = findByHash(this.#liveSessions(), hashOf(bearer))
    if (session === undefined) throw new Fault('code-invalid', 'this page is not signed in')
    session.usedAt = this.#clock.now()
    return session
  }

  /** Notes that a page with an open stream is there. @returns False once its session is over. */
  keep(session: Session): boolean {
    if (!this.#liveSessions().includes(session)) return false
    session.usedAt = this.#clock.now()
    return true
  }

  #refusal(): Fault {
    const now = this.#clock.now()
    this.#wrong = [...this.#wrong.filter((moment) => moment > now - 60_000), now].slice(-mostWrong - 1)
    return this.#wrong.length > mostWrong
      ? new Fault('busy', 'too many wrong codes')
      : new Fault('code-invalid', 'the code is wrong, used or over')
  }

  #liveCodes(): Code[] {
    return this.#codes.filter(({ expiresAt }) => expiresAt > this.#clock.now())
  }

  #liveSessions(): Session[] {
    const now = this.#clock.now()
    this.#sessions = this.#sessions.filter(({ endsAt, usedAt }) => endsAt > now && usedAt + longestIdle > now)
    return this.#sessions
  }
}

function hashOf(secret: string): Uint8Array {
  return createHash('sha256').update(utf8(secret)).digest()
}

function findByHash<Kept extends { readonly hash: Uint8Array }>(
  all: readonly Kept[],
  hash: Uint8Array,
): Kept | undefined {
  return all.find((one) => timingSafeEqual(one.hash, hash))
}
