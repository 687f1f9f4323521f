// The look back that a person takes once a week: what was asked and answered, what stands, what nobody used.
import type { Milliseconds } from '#base'
import { askedIn, countOf, type Asked, type LoggedEvent } from './history.ts'
import { suggestRules, type Suggestion } from './suggest.ts'

/** What of a grant a review looks at. */
interface Standing {
  readonly uses: number
  readonly createdAt: Milliseconds
  readonly expiresAt: Milliseconds
}

/** What a review is made of. */
export interface ReviewInput<Grant extends Standing> {
  /** Wall clock. */
  readonly now: Milliseconds
  /** How far it looks back; suggestions look back as far as `entries` go. */
  readonly days: number
  readonly entries: readonly LoggedEvent[]
  /** Grants in force. */
  readonly grants: readonly Grant[]
  /** Questions a day that the person is ready to answer. */
  readonly budget: number
}

/** What a person sees of the time since then. */
export interface Review<Grant> {
  readonly from: Milliseconds
  readonly to: Milliseconds
  readonly questions: {
    readonly asked: number
    readonly allowed: number
    readonly denied: number
    /** Nobody answered in time. */
    readonly unanswered: number
    readonly withdrawn: number
    readonly budget: number
    /** By day, named by its beginning (UTC), the latest first; days without a question are left out. */
    readonly days: readonly { readonly day: Milliseconds; readonly asked: number; readonly isOver: boolean }[]
    readonly assistants: readonly { readonly assistant: string; readonly asked: number }[]
  }
  readonly grants: {
    /** Given and revoked within the time. */
    readonly given: number
    readonly revoked: number
    /** In force. */
    readonly used: readonly Grant[]
    readonly unused: readonly Grant[]
    /** In force, and at an end within a week. Those for an hour or a session are left out. */
    readonly expiring: readonly Grant[]
  }
  readonly suggestions: readonly Suggestion[]
}

const dayLength = 86_400_000

/** Makes the review. */
export function review<Grant extends Standing>(input: ReviewInput<Grant>): Review<Grant> {
  const { now, days, grants, budget } = input
  const from = now - days * dayLength
  const recent = input.entries.filter(({ time }) => time >= from)
  return {
    from,
    to: now,
    questions: { ...questionsOf(askedIn(recent), budget), budget },
    grants: {
      given: countOf('grant', recent),
      revoked: countOf('revocation', recent),
      used: grants.filter(({ uses }) => uses > 0),
      unused: grants.filter(({ uses }) => uses === 0),
      expiring: grants.filter((grant) => isLong(grant) && grant.expiresAt - now <= 7 * dayLength),
    },
    suggestions: suggestRules(askedIn(input.entries)),
  }
}

function questionsOf(asked: readonly Asked[], budget: number): Omit<Review<never>['questions'], 'budget'> {
  const ended = (decision: Asked['decision']): number =>
    asked.filter((one) => one.decision === decision).length
  const days = Map.groupBy(asked, ({ at }) => Math.floor(at / dayLength))
  const assistants = Map.groupBy(asked, ({ assistant }) => assistant)
  return {
    asked: asked.length,
    allowed: ended('allowed'),
    denied: ended('denied'),
    unanswered: ended('timed-out'),
    withdrawn: ended('withdrawn'),
    days: [...days]
      .map(([day, { length }]) => ({ day: day * dayLength, asked: length, isOver: length > budget }))
      .toSorted((a, b) => b.day - a.day),
    assistants: [...assistants]
      .map(([assistant, { length }]) => ({ assistant, asked: length }))
      .toSorted((a, b) => b.asked - a.asked),
  }
}

function isLong({ createdAt, expiresAt }: Standing): boolean {
  return expiresAt - createdAt > dayLength
}
