// The proof that a person said yes.
import type { Milliseconds } from '#base'
import type { Receipt } from '#receipts'
import type { Destination, Grant, Scope } from '#wire'

/** How a person answered. */
export type AnswerMethod = Grant['method']

/** Something that an approval lets a grant be made of. */
export interface ApprovedObject {
  readonly scope: Grant['scope']
  /** As it was asked, not as it was shown. */
  readonly path: string
  /** End that was asked for, by the wall clock, if it is sooner than that of the scope. */
  readonly until?: Milliseconds | undefined
}

interface ApprovalFacts {
  /** Id and digest of the card that was answered. */
  readonly card: string
  readonly digest: string
  /** SHA-256, hex, of the text that was shown and may leave; null where only rights were asked for. */
  readonly content: string | null
  readonly assistant: string
  readonly destination: Destination
  /** Hash of the program that asked. */
  readonly program: string
  readonly scope: Scope
  readonly objects: readonly ApprovedObject[]
  /** Strength of the evidence, as in Cedar's `context.consent`: a click, or a passkey. */
  readonly level: 1 | 2
  readonly method: Grant['method']
  /** What the passkey signed; null for a click. */
  readonly receipt: Receipt | null
  /** Wall clock and monotonic clock of the answer. */
  readonly answeredAt: number
  readonly answeredMonotonic: number
}

/** Makes an approval. Not part of the door: only the desk calls it, after it has checked an answer. */
export let approve: (facts: ApprovalFacts) => Approval

/**
 * Proof that a person was shown a card and allowed it. Nothing but a desk can make one, so holding one is the
 * permission to act: to release the content of that hash, or to keep grants of those objects.
 */
export class Approval {
  readonly #proof = true
  readonly card: string
  readonly digest: string
  readonly content: string | null
  readonly assistant: string
  readonly destination: Destination
  readonly program: string
  readonly scope: Scope
  readonly objects: readonly ApprovedObject[]
  readonly level: 1 | 2
  readonly method: Grant['method']
  readonly receipt: Receipt | null
  readonly answeredAt: number
  readonly answeredMonotonic: number

  static {
    approve = (facts) => new Approval(facts)
  }

  private constructor(facts: ApprovalFacts) {
    this.card = facts.card
    this.digest = facts.digest
    this.content = facts.content
    this.assistant = facts.assistant
    this.destination = facts.destination
    this.program = facts.program
    this.scope = facts.scope
    this.objects = Object.freeze(facts.objects.map((object) => Object.freeze({ ...object })))
    this.level = facts.level
    this.method = facts.method
    this.receipt = facts.receipt
    this.answeredAt = facts.answeredAt
    this.answeredMonotonic = facts.answeredMonotonic
    Object.freeze(this)
  }

  /** Tells a real approval from anything that only looks like one. */
  static is(value: unknown): value is Approval {
    return typeof value === 'object' && value !== null && #proof in value && value.#proof
  }
}
