// What waits for the person, and what was just answered.
import type { Card, RequestOf } from '#wire'
import { computed, signal } from '@preact/signals'
import { challengeToAllow, sendAnswer } from './api.ts'
import { askPasskey } from './passkey.ts'
import { Refused } from './session.ts'
import { words } from './words.ts'

type Outcome = RequestOf<'consent.ended'>['outcome']

export interface Answered {
  readonly card: Card
  readonly outcome: Outcome
  readonly at: number
}

/** Oldest first. */
export const cards = signal<readonly Card[]>([])
const chosen = signal<string | null>(null)
/** The one card that is laid open; the others wait in a list. */
export const foremost = computed(
  () => cards.value.find(({ id }) => id === chosen.value) ?? cards.value[0] ?? null,
)
/** Changes with every card that comes or goes, and when another is laid open. */
export const stacking = computed(
  () => `${foremost.value?.id}|${cards.value.map(({ digest }) => digest).join()}`,
)
export const answered = signal<readonly Answered[]>([])
/** Rises when grants, log or status have changed. */
export const changes = signal(0)
/** Said to screen readers, politely. */
export const announcement = signal('')

const mostAnswered = 5

export function choose(id: string): void {
  chosen.value = id
}

/** Lays a card on the desk, or puts it in place of the one it replaces. */
export function lay(card: Card): void {
  cards.value = [...cards.value.filter(({ id }) => id !== card.id), card].sort(
    (a, b) => a.createdAt - b.createdAt,
  )
  announcement.value = words.card.announce(card.caller.assistant, card.kind)
}

export function remove({ id, outcome }: RequestOf<'consent.ended'>): void {
  const card = cards.value.find((other) => other.id === id)
  if (card === undefined) return
  cards.value = cards.value.filter((other) => other !== card)
  answered.value = [{ card, outcome, at: Date.now() }, ...answered.value].slice(0, mostAnswered)
  announcement.value = words.card.ended(card.caller.assistant, words.requests.outcomes[outcome])
}

/** Nothing that was shown stands any longer. */
export function clear(): void {
  cards.value = []
}

/**
 * Sends the person's answer, bound to the card that was shown by its digest.
 * @returns Why it was not taken, or null.
 */
export async function decide(
  { id, digest, tier }: Card,
  answer: Omit<RequestOf<'consent.decide'>, 'id' | 'digest' | 'assertion'>,
): Promise<Refused | null> {
  try {
    const { decision, ...wanted } = answer
    const isSigned = tier > 1 && decision === 'allow'
    const signed = isSigned && {
      assertion: await askPasskey(await challengeToAllow({ id, digest, ...wanted })),
    }
    await sendAnswer({ id, digest, ...answer, ...signed })
    remove({ id, outcome: answer.decision === 'allow' ? 'allowed' : 'denied' })
    return null
  } catch (thrown) {
    if (!(thrown instanceof Refused)) return null
    if (thrown.code === 'consent-gone') remove({ id, outcome: 'timed-out' })
    return thrown
  }
}
