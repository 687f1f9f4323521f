// The decision on one object: policy first, then the person if policy asks for one.
import { assertNever, Fault } from '#base'
import type { Approval, CardDraft } from '#consent'
import { classify, type Decision, type PolicyRequest } from '#policy'
import type { Denied, Grant, Tier } from '#wire'
import { dirname } from 'node:path'
import { openedOf, type House } from './house.ts'
import type { Asker } from './journalling.ts'

export interface Wish {
  readonly action: 'read' | 'edit' | 'list' | 'request-access'
  readonly kind: 'file' | 'folder'
  /** Absolute path: as asked at first, then the real one of the opened object. */
  readonly path: string
  /** What the content told of itself. */
  readonly classes: readonly string[]
}

/** Classes of an object by its name and, where it was read, by its content. */
export function classesOf(house: House, wish: Pick<Wish, 'path' | 'classes'>): string[] {
  const byName = classify(wish.path, homesOf(house))
  return [...new Set([...byName, ...wish.classes])].toSorted()
}

/** Folders whose meaning depends on the machine. */
export function homesOf({ places, userFolder }: House): { user: string; keyreeve: string[] } {
  return { user: userFolder, keyreeve: [places.home, dirname(places.config)] }
}

/**
 * Asks the policy. The person's consent is not in it: the answer says how much consent would be needed. A decision that
 * rests on a grant whose time is up is taken again without it.
 */
export function decide(house: House, asker: Asker, wish: Wish): Decision {
  const { proved, assistant, destination } = asker.caller
  const request: PolicyRequest = {
    assistant: {
      name: assistant,
      executable: proved.executable,
      launcher: proved.launcher?.executable ?? null,
      program: asker.program,
      destination,
    },
    action: wish.action,
    resource: { kind: wish.kind, path: wish.path, classes: classesOf(house, wish) },
  }
  const decision = house.policies.decide(request)
  const grants = openedOf(house).grants
  if (grantIds(decision).every((id) => grants.isInForce(id))) return decision
  house.policies = house.policies.withGrants(grants.live())
  return house.policies.decide(request)
}

/** The live grant that a decision rests on, or null where it rests on none. */
export function grantOf(house: House, decision: Decision): Grant | null {
  const ids = decision.effect === 'allow' ? grantIds(decision) : []
  return (
    openedOf(house)
      .grants.live()
      .find(({ id }) => ids.includes(id)) ?? null
  )
}

function grantIds({ because }: Decision): string[] {
  return because.flatMap((policy) => (policy.startsWith('grant:') ? [policy.slice('grant:'.length)] : []))
}

/**
 * Asks the person and waits. The question is withdrawn when the assistant goes away.
 * @throws Fault `consent-refused`, `consent-timed-out`, `connection-closed`, or what the desk refuses with.
 */
export async function askPerson(house: House, draft: CardDraft, signal: AbortSignal): Promise<Approval> {
  if (house.config.consent.headless)
    throw new Fault('consent-unanswerable', 'nobody can be asked: the settings say that this runs headless')
  // A card that nobody can answer would only train people to click cards away.
  if (draft.tier > 2) throw new Fault('consent-unanswerable', 'two persons would have to allow this')
  if (draft.tier > 1 && house.passkeys.list.length === 0)
    throw new Fault('consent-unanswerable', 'more than a click is needed, and no passkey is enrolled')
  const answer = await house.desk.ask(draft, { signal })
  switch (answer.decision) {
    case 'allow':
      return answer.approval
    case 'deny':
      throw new Fault('consent-refused', 'the person said no')
    case 'timed-out':
      throw new Fault('consent-timed-out', 'nobody answered in time')
    case 'withdrawn':
      throw new Fault('connection-closed', 'the assistant went away before the answer')
    default:
      return assertNever(answer)
  }
}

/** A refusal in the shape that assistants get. */
export function deniedBy({ code, message, next, cause }: Fault): Denied {
  const until = typeof cause === 'object' && cause !== null && 'until' in cause ? cause.until : null
  return { status: 'denied', code, message, next, ...(typeof until === 'number' && { until }) }
}

/** The tier of a card: consent levels above a passkey need two persons. */
export function tierOf(decision: Decision): Tier {
  return decision.effect === 'ask' ? decision.tier : 1
}
