// A device's attestation, got anew: when it grows old, and when the issuer takes it no more. The key stays as it is.
import { Fault, type Clock, type Milliseconds, type Random } from '#base'
import { attestationTerm, type PublicJwk, type Sign } from '#token'
import { begin, proved } from './enrolment.ts'

/** What an issuer gave for a key that it knew already. */
export interface Renewed {
  readonly attestation: string
  /** What its tokens may be for, now. */
  readonly scope: string
}

/** Whose attestation it is. */
export interface Attested {
  readonly issuer: string
  /** Its id at the issuer. */
  readonly device: string
  readonly jwk: PublicJwk
  readonly sign: Sign
  readonly attestation: string
  /** Keeps another attestation of the same device; must outlive this process. */
  readonly keepAttestation: (renewed: Renewed) => Promise<void>
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined
}

interface Surroundings {
  readonly clock: Clock
  readonly random: Random
}

/** Whether there is a new one; or what the issuer says, signed, about the key instead. */
export type Renewal =
  | { readonly isRenewed: true }
  | { readonly isRenewed: false; readonly statement: unknown }

/** The part of its life after which an attestation is renewed ahead of time. */
const renewalPart = 2 / 3
const backOff = { first: 60_000, most: 3_600_000 } as const

/** Holds the attestation of one device. Nothing here deletes anything. */
export class Attesting {
  readonly #device: Attested
  readonly #surroundings: Surroundings
  #attestation: string
  /** Since the last token. */
  #attempts = 0
  /** Monotonic: the issuer is not asked again before. */
  #askAgainAt: Milliseconds = Number.NEGATIVE_INFINITY

  constructor(device: Attested, surroundings: Surroundings) {
    this.#device = device
    this.#surroundings = surroundings
    this.#attestation = device.attestation
  }

  /** To be shown to the issuer. */
  get attestation(): string {
    return this.#attestation
  }

  /** The issuer took the attestation: the next renewal need not wait. */
  worked(): void {
    this.#attempts = 0
  }

  /** Renews it when two thirds of its life are over. What fails is tried again later: it is still good. */
  async renewIfOld(): Promise<void> {
    const term = attestationTerm(this.#attestation)
    if (term === null) return
    const due = term.from + (term.until - term.from) * renewalPart
    if (this.#surroundings.clock.now() >= due) await this.renew()
  }

  /** Asks the issuer once; not again for a minute, then two, up to an hour. */
  async renew(): Promise<Renewal> {
    const { clock } = this.#surroundings
    if (clock.monotonic() < this.#askAgainAt) return { isRenewed: false, statement: undefined }
    this.#askAgainAt = clock.monotonic() + this.#pause()
    this.#attempts++
    try {
      return await this.#ask()
    } catch {
      return { isRenewed: false, statement: undefined }
    }
  }

  async #ask(): Promise<Renewal> {
    const session = await begin({ ...this.#device, ...this.#surroundings, label: '' })
    const headers = { 'content-type': 'application/json' }
    const { answer, members } = await proved(session, session.issuer.enrolment, (proof) => ({
      method: 'POST',
      headers: { ...headers, dpop: proof },
      body: '{}',
    }))
    const { device, attestation, scope, revocation: statement } = members
    if (answer.status !== 200) return { isRenewed: false, statement }
    if (device !== this.#device.device || typeof attestation !== 'string' || typeof scope !== 'string') {
      throw new Fault('issuer-refused', 'the issuer attests another device')
    }
    await this.#device.keepAttestation({ attestation, scope })
    this.#attestation = attestation
    return { isRenewed: true }
  }

  /** Between half and the whole, so that a fleet whose signing key was ended does not come back in step. */
  #pause(): Milliseconds {
    const [byte = 0] = this.#surroundings.random(1)
    const most = Math.min(backOff.most, backOff.first * 2 ** Math.min(this.#attempts, 16))
    return most * (0.5 + byte / 512)
  }
}
