// The proof that a passkey was used.
import type { Receipt } from '#receipts'

/** Makes a proof. Not part of the door: only `Passkeys` calls it, after it has checked what was signed. */
export let confirmed: (facts: Pick<Confirmation, 'label' | 'receipt'>) => Confirmation

/**
 * Proof that an enrolled passkey signed a request, by a person whom it had verified. Nothing else can make one, so
 * holding one is more than a click.
 */
export class Confirmation {
  readonly #proof = true
  /** What the person calls the passkey. */
  readonly label: string
  readonly receipt: Receipt

  static {
    confirmed = (facts) => new Confirmation(facts)
  }

  private constructor({ label, receipt }: Pick<Confirmation, 'label' | 'receipt'>) {
    this.label = label
    this.receipt = receipt
    Object.freeze(this)
  }

  /** Tells a real one from anything that only looks like one. */
  static is(value: unknown): value is Confirmation {
    return typeof value === 'object' && value !== null && #proof in value && value.#proof
  }
}
