// The passkeys that count: which are enrolled, and whether one of them signed what it was to sign.
import { base64url, Fault, type Clock, type Milliseconds, type Random } from '#base'
import {
  challengeOf,
  checkAssertion,
  makeReceipt,
  type Assertion,
  type ChangeRequest,
  type ConsentRequest,
} from '#receipts'
import type { Enrolled, Passkey, ReplyOf } from '#wire'
import { confirmed, type Confirmation } from './confirmation.ts'

/** What passkeys are kept with. */
export interface PasskeysOptions {
  readonly clock: Clock
  readonly random: Random
  /** The console's present origin. @throws Fault `console-unavailable` where it serves none */
  readonly origin: () => string
  /** Keeps what is enrolled. Durable once it settles. */
  readonly save: (enrolled: Enrolled) => Promise<void>
}

/** What a browser needs to ask a passkey. */
export type Challenge = ReplyOf<'passkey.challenge'>

const challengeLife: Milliseconds = 120_000
const mostChallenges = 32

/** Keeps the list, and checks what they sign. Every assertion is attacker-controlled. */
export class Passkeys {
  readonly #options: PasskeysOptions
  #enrolled: Enrolled = { passkeys: [], recovery: null }
  #challenges = new Map<string, Milliseconds>()

  constructor(options: PasskeysOptions) {
    this.#options = options
  }

  /** In order of enrolment; empty until they are loaded. */
  get list(): readonly Passkey[] {
    return this.#enrolled.passkeys
  }

  get recovery(): Enrolled['recovery'] {
    return this.#enrolled.recovery
  }

  /** Takes what the vault holds. */
  load(enrolled: Enrolled): void {
    this.#enrolled = enrolled
  }

  /** Replaces what is enrolled, in the vault first. */
  async keep(enrolled: Enrolled): Promise<void> {
    await this.#options.save(enrolled)
    this.#enrolled = enrolled
  }

  /** A challenge that signs in whoever answers it, once, within two minutes. */
  challengeToEnter(): Challenge {
    const now = this.#options.clock.monotonic()
    const live = [...this.#challenges].filter(([, issuedAt]) => now - issuedAt < challengeLife)
    const challenge = base64url(this.#options.random(32))
    this.#challenges = new Map([...live, [challenge, now] as const].slice(-mostChallenges))
    return this.#toAll(challenge)
  }

  /** The challenge that stands for a request. */
  challengeFor(request: ConsentRequest | ChangeRequest): Challenge {
    return this.#toAll(challengeOf(request))
  }

  /** Checks the answer to one of `challengeToEnter`. @throws Fault `passkey-invalid`, `passkey-unknown` */
  async enter(assertion: Assertion): Promise<Passkey> {
    const now = this.#options.clock.monotonic()
    const challenge = challengeIn(assertion)
    const issuedAt = this.#challenges.get(challenge)
    this.#challenges.delete(challenge)
    if (issuedAt === undefined || now - issuedAt >= challengeLife) throw invalid('challenge')
    return this.#check(assertion, challenge)
  }

  /** Checks that an enrolled passkey signed the request. @throws Fault `passkey-invalid`, `passkey-unknown` */
  async confirm(request: ConsentRequest | ChangeRequest, assertion: Assertion): Promise<Confirmation> {
    const passkey = await this.#check(assertion, challengeOf(request))
    const { label, algorithm, publicKey } = passkey
    const origin = this.#options.origin()
    return confirmed({ label, receipt: makeReceipt(request, assertion, { algorithm, publicKey, origin }) })
  }

  #toAll(challenge: string): Challenge {
    return { challenge, credentials: this.list.map(({ id }) => id) }
  }

  async #check(assertion: Assertion, challenge: string): Promise<Passkey> {
    const passkey = this.list.find(({ id }) => id === assertion.id)
    if (passkey === undefined) throw new Fault('passkey-unknown', 'this passkey is not enrolled')
    const checked = checkAssertion(assertion, passkey, { challenge, origin: this.#options.origin() })
    if (checked.flaw !== null) throw invalid(checked.flaw)
    const { counter, isBackedUp } = checked
    if ((counter > 0 || passkey.counter > 0) && counter <= passkey.counter) throw invalid('counter')
    const used = { ...passkey, counter, isBackedUp, lastUsedAt: this.#options.clock.now() }
    const { passkeys, recovery } = this.#enrolled
    await this.keep({ passkeys: passkeys.map((other) => (other.id === used.id ? used : other)), recovery })
    return used
  }
}

function invalid(what: string): Fault {
  return new Fault('passkey-invalid', `what the passkey signed does not fit: ${what}`)
}

/** The challenge that an answer claims to be to; it is checked with the rest. */
function challengeIn({ clientData }: Assertion): string {
  return /"challenge":"([\w-]{43})"/.exec(Buffer.from(clientData, 'base64url').toString())?.[1] ?? ''
}
