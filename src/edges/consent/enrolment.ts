// How passkeys come and go: at a person's own terminal, and on the word of an enrolled one or the recovery code.
import { base64url, Fault, fromBase64url, utf8, type Clock, type Milliseconds, type Random } from '#base'
import {
  checkRegistration,
  fingerprintOf,
  type Assertion,
  type ChangeRequest,
  type Receipt,
  type Registration,
} from '#receipts'
import type { Passkey, ReplyOf, RequestOf } from '#wire'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Challenge, Passkeys, PasskeysOptions } from './passkeys.ts'
import { hashOfCode, isCode, newRecoveryCode } from './recovery-code.ts'

/** On whose word a passkey comes or goes. */
export type Word = 'first' | 'recovery-code' | 'passkey'

/** A change as it is recorded. */
export interface PasskeyChange {
  readonly what: 'add' | 'remove'
  readonly passkey: Passkey
  readonly by: Word
  readonly receipt: Receipt | null
}

/** What enrolment works with, beside the passkeys themselves. */
export interface EnrolmentOptions extends Pick<PasskeysOptions, 'clock' | 'random' | 'origin'> {
  readonly passkeys: Passkeys
  /** Records a change. Durable once it settles; nothing is changed before. */
  readonly record: (change: PasskeyChange) => Promise<void>
}

type Outcome = ReplyOf<'passkey.wait'>

interface Offer {
  readonly ticketHash: Uint8Array
  readonly what: 'add' | 'remove'
  readonly label: string
  /** Null while nothing but an enrolled passkey can speak for the change. */
  readonly word: 'first' | 'recovery-code' | null
  readonly challenge: string
  /** The one that goes, or the one that was just made. */
  passkey: Passkey | null
  isOpen: boolean
  readonly outcome: PromiseWithResolvers<Outcome>
  readonly stopTimer: () => void
}

const offerLife: Milliseconds = 300_000
const mostPasskeys = 16
const shortestPrefix = 8

/** One change at a time; an offer that comes later takes the place of one that was not used. */
export class Enrolment {
  readonly #options: EnrolmentOptions
  readonly #clock: Clock
  readonly #random: Random
  #offer: Offer | null = null

  constructor(options: EnrolmentOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#random = options.random
  }

  /**
   * Offers a change to a person at a proved terminal.
   * @returns A ticket of 32 random bytes. `isDone`: the recovery code was word enough, and no browser is needed.
   * @throws Fault `passkey-unknown`, `recovery-code-wrong`, `busy` with 16 passkeys.
   */
  async offer(
    request: RequestOf<'passkey.offer'>,
  ): Promise<Pick<ReplyOf<'passkey.offer'>, 'ticket' | 'expiresAt'> & { isDone: boolean }> {
    const { what, which, recoveryCode } = request
    const passkey = what === 'remove' ? this.#find(which) : null
    const word = await this.#wordOf(recoveryCode)
    if (what === 'add' && this.#passkeys.list.length >= mostPasskeys)
      throw new Fault('busy', 'there are 16 passkeys')
    const ticket = base64url(this.#random(32))
    this.#end(new Fault('connection-closed', 'another change was offered meanwhile'))
    const offer: Offer = {
      ticketHash: hashOf(ticket),
      what,
      label: passkey?.label ?? which,
      word,
      challenge: base64url(this.#random(32)),
      passkey,
      isOpen: true,
      outcome: Promise.withResolvers<Outcome>(),
      stopTimer: this.#clock.after(offerLife, () =>
        this.#end(new Fault('timed-out', 'nobody finished the change')),
      ),
    }
    offer.outcome.promise.catch(() => {})
    this.#offer = offer
    const isDone = what === 'remove' && word !== null
    if (isDone) await this.#finish(offer, word, null)
    return { ticket, expiresAt: this.#clock.now() + offerLife, isDone }
  }

  /** Settles when the change was made. @throws Fault `timed-out`, `connection-closed`, `ticket-unknown` */
  outcome(ticket: string): Promise<Outcome> {
    return this.#named(ticket).outcome.promise
  }

  /** What a page has to do. @param ticket Attacker-controlled. @throws Fault `ticket-unknown` */
  task(ticket: string): ReplyOf<'passkey.task'> {
    const offer = this.#of(ticket)
    const { what, label } = offer
    const challenge =
      what === 'add' ? offer.challenge : this.#passkeys.challengeFor(this.#requestOf(offer)).challenge
    return { what, label, challenge, enrolled: this.#passkeys.list.map(({ id }) => id) }
  }

  /**
   * Takes a new passkey. It counts at once if a person's word stands behind the offer.
   * @returns What an enrolled passkey must sign first, or null.
   * @throws Fault `ticket-unknown`, `passkey-invalid`
   */
  async register(ticket: string, registration: Registration): Promise<Challenge | null> {
    const offer = this.#of(ticket)
    const { challenge, what, label, word } = offer
    const checked = checkRegistration(registration, { challenge, origin: this.#options.origin() })
    if (what !== 'add' || checked.flaw !== null)
      throw new Fault('passkey-invalid', `the new passkey does not fit: ${checked.flaw ?? 'ticket'}`)
    const { id, algorithm, publicKey } = registration
    const fingerprint = fingerprintOf(fromBase64url(publicKey))
    if (this.#passkeys.list.some((other) => other.id === id || other.fingerprint === fingerprint))
      throw new Fault('passkey-invalid', 'this passkey is enrolled already')
    const { counter, isBackedUp } = checked
    const made = { id, label, fingerprint, algorithm, publicKey, counter, isBackedUp }
    offer.passkey = { ...made, createdAt: this.#clock.now(), lastUsedAt: null }
    if (word === null) return this.#passkeys.challengeFor(this.#requestOf(offer))
    await this.#finish(offer, word, null)
    return null
  }

  /** Takes the word of an enrolled passkey for the change. @throws Fault `ticket-unknown`, `passkey-invalid` */
  async confirm(ticket: string, assertion: Assertion): Promise<void> {
    const offer = this.#of(ticket)
    const { receipt } = await this.#passkeys.confirm(this.#requestOf(offer), assertion)
    await this.#finish(offer, 'passkey', receipt)
  }

  get #passkeys(): Passkeys {
    return this.#options.passkeys
  }

  async #wordOf(recoveryCode: string | undefined): Promise<Offer['word']> {
    const { recovery, list } = this.#passkeys
    if (recoveryCode !== undefined) {
      if (recovery !== null && (await isCode(recoveryCode, recovery))) return 'recovery-code'
      throw new Fault('recovery-code-wrong', 'that is not the recovery code')
    }
    return list.length === 0 ? 'first' : null
  }

  #find(which: string): Passkey {
    const found = this.#passkeys.list.filter(({ fingerprint }) => fingerprint.startsWith(which.toLowerCase()))
    const [passkey] = found
    if (passkey === undefined || found.length > 1 || which.length < shortestPrefix)
      throw new Fault('passkey-unknown', 'no one passkey has a fingerprint that begins so')
    return passkey
  }

  #of(ticket: string): Offer {
    const offer = this.#named(ticket)
    if (!offer.isOpen) throw new Fault('ticket-unknown', 'this link is used')
    return offer
  }

  #named(ticket: string): Offer {
    const offer = this.#offer
    if (offer === null || !timingSafeEqual(offer.ticketHash, hashOf(ticket)))
      throw new Fault('ticket-unknown', 'this link is over or wrong')
    return offer
  }

  #requestOf({ what, label, passkey, challenge }: Offer): ChangeRequest {
    if (passkey === null) throw new Fault('ticket-unknown', 'there is no new passkey yet')
    return { v: 1, purpose: 'passkeys', what, passkey: passkey.fingerprint, label, nonce: challenge }
  }

  async #finish(offer: Offer, by: Word, receipt: Receipt | null): Promise<void> {
    const { passkey, what, outcome, stopTimer } = offer
    if (passkey === null || !offer.isOpen) throw new Fault('ticket-unknown', 'this link is used')
    offer.isOpen = false
    stopTimer()
    try {
      outcome.resolve(await this.#change({ what, passkey, by, receipt }))
    } catch (thrown) {
      outcome.reject(thrown)
      throw thrown
    }
  }

  /** Recorded first, then done. Whoever had to use the recovery code gets a new one. */
  async #change(change: PasskeyChange): Promise<Outcome> {
    const { what, passkey, by } = change
    const others = this.#passkeys.list.filter(({ id }) => id !== passkey.id)
    const passkeys = what === 'add' ? [...others, passkey] : others
    const recoveryCode = by === 'passkey' || passkeys.length === 0 ? null : newRecoveryCode(this.#random)
    const kept = passkeys.length === 0 ? null : this.#passkeys.recovery
    const recovery = recoveryCode === null ? kept : await hashOfCode(recoveryCode, this.#random)
    await this.#options.record(change)
    await this.#passkeys.keep({ passkeys, recovery })
    return { passkey, recoveryCode }
  }

  #end(fault: Fault): void {
    this.#offer?.stopTimer()
    this.#offer?.outcome.reject(fault)
    this.#offer = null
  }
}

function hashOf(ticket: string): Uint8Array {
  return createHash('sha256').update(utf8(ticket)).digest()
}
