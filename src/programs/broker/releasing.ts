// What every way of handing something out has in common: the refusal, the card, the end of the way.
import { asFault, Fault, utf8 } from '#base'
import type { Approval, CardDraft } from '#consent'
import type { DurableIntent } from '#journal'
import type { Decision } from '#policy'
import type { Denied, Grant, Released, Scope } from '#wire'
import { askPerson, classesOf, deniedBy, tierOf, type Wish } from './deciding.ts'
import { requireInForce } from './granting.ts'
import type { House } from './house.ts'
import { recordDenial, recordFailure, recordOutcome, type Asker, type Deed } from './journalling.ts'
import { release } from './release.ts'

/** Makes an answer of a refusal, and records it. Never throws. */
export async function answered<Answer>(
  house: House,
  deed: Pick<Deed, 'asker' | 'what' | 'path'>,
  work: () => Promise<Answer>,
): Promise<Answer | Denied> {
  try {
    return await work()
  } catch (thrown) {
    const fault = asFault(thrown, 'it could not be done')
    await recordDenial(house, deed, fault)
    return deniedBy(fault)
  }
}

/** @throws Fault `denied-by-policy` */
export function refuseDenied(decision: Decision): Exclude<Decision, { effect: 'deny' }> {
  if (decision.effect === 'deny') throw new Fault('denied-by-policy', decision.message, { cause: decision })
  return decision
}

/** What a card is about: the object, and what policy says of it. */
export interface Question {
  readonly seen: Wish
  readonly decision: Decision
}

/** A card for reading, without what it shows. */
export function draftOf(house: House, asker: Asker, { seen, decision }: Question): CardDraft {
  const classes = classesOf(house, seen)
  return {
    kind: 'read',
    tier: tierOf(decision),
    caller: asker.caller,
    reason: asker.reason,
    path: seen.path,
    lines: null,
    classes,
    items: [],
    content: null,
    scopes: scopesOf(seen, classes),
  }
}

/** What is sensitive is asked for every time. */
function scopesOf({ action }: Wish, classes: readonly string[]): Scope[] {
  if (classes.length > 0 || action !== 'read') return ['once']
  return ['once', 'file-session', 'folder-hour', 'folder-until-revoked']
}

/** What a card shows of a text that is to leave. @param size Bytes of what it is a part of. */
export function contentOf(
  { text, sha256, redactions }: Pick<Released, 'text' | 'sha256' | 'redactions'>,
  size: number,
): NonNullable<CardDraft['content']> {
  return { text, sha256, bytes: utf8(text).length, redactions, size }
}

/**
 * Asks the person whether the content of the card may leave.
 * @throws Fault as `askPerson`; `consent-changed` if another content was approved.
 */
export async function askToRelease(house: House, asker: Asker, draft: CardDraft): Promise<Approval> {
  const approval = await askPerson(house, draft, asker.signal)
  // The desk approves what was on the card; that this is what leaves is checked, not assumed.
  if (approval.content !== (draft.content?.sha256 ?? null))
    throw new Fault('consent-changed', 'what was approved is not what would leave')
  return approval
}

interface HandOut<Result> {
  readonly intent: DurableIntent
  /** What the answer rests on, if no person was asked. */
  readonly grant: Grant | null
  readonly result: Result
}

/** The end of the way. A grant that was revoked while its use was being recorded lets nothing out any more. */
export function handOut<Result>(
  house: House,
  asker: Asker,
  { intent, grant, result }: HandOut<Result>,
): Result {
  try {
    requireInForce(house, grant)
  } catch (thrown) {
    recordFailure(house, intent, asFault(thrown))
    throw thrown
  }
  recordOutcome(house, intent, asker)
  return release(result, intent)
}
