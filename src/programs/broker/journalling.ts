// What the broker writes to the log about a request: intent before the effect, outcome after it, denials with their reason.
import type { Fault } from '#base'
import type { Approval } from '#consent'
import type { DurableIntent, JournalEvent } from '#journal'
import type { Decision } from '#policy'
import type { Caller, Grant, Identity, LineRange, Released } from '#wire'
import { openedOf, type House } from './house.ts'

/** Milliseconds that an outcome waits for another event to share its commit. */
const companyWithin = 25

/** Who asks, on which connection, until when. */
export interface Asker {
  readonly caller: Caller
  /** Hash of its programs. */
  readonly program: string
  readonly session: string
  readonly signal: AbortSignal
  readonly reason: string | null
}

type What = 'read' | 'list' | 'edit' | 'grant' | 'call'

export interface Deed {
  readonly asker: Asker
  readonly what: What
  readonly path: string
  readonly identity?: Identity
  /** By name and content. */
  readonly classes?: readonly string[]
  readonly lines?: readonly LineRange[] | null
  readonly released?: Pick<Released, 'sha256' | 'redactions'> & { readonly bytes: number }
  readonly edit?: { readonly id: string; readonly before: string; readonly after: string }
  readonly decision: Decision
  readonly grant?: Grant | null
  readonly approval?: Approval | null
}

/** Writes the intent and waits until it is on disk, signed. @throws Fault `journal-unwritable`: then nothing may leave. */
export function intend(house: House, deed: Deed): Promise<DurableIntent> {
  const { asker, what, path, identity, classes, lines, released, edit, decision, grant, approval } = deed
  flushOutcomes(house)
  return openedOf(house).log.intend({
    v: 1,
    kind: 'intent',
    who: whoOf(asker),
    what,
    object: { path, ...(identity && { identity }), ...(classes?.length && { classes }) },
    ...(lines && { lines }),
    ...(edit && { edit }),
    ...(released && {
      released: { sha256: released.sha256, bytes: released.bytes, redactions: masked(released) },
    }),
    why: {
      decision: decision.effect,
      policies: decision.because,
      ...(grant && { grant: grant.id }),
      consent: consentOf(approval ?? null),
    },
  })
}

/**
 * Writes what became of an intent once the answer is on its way. It waits a moment for company, since a commit of its
 * own would stand in the way of the next request. A failed write shows in the log's state, not here.
 */
export function recordOutcome(house: House, intent: DurableIntent, asker: Asker): void {
  if (house.outcomes.length === 0) house.clock.after(companyWithin, () => flushOutcomes(house))
  house.outcomes.push({ intent: intent.index, signal: asker.signal })
}

/** Writes that nothing left after all. */
export function recordFailure(house: House, intent: DurableIntent, { code }: Fault): void {
  append(house, { v: 1, kind: 'outcome', intent: intent.index, result: 'failed', code })
}

/** Writes the outcomes that wait: with the next event, after a moment, and before the log is closed. */
export function flushOutcomes(house: House): void {
  for (const { intent, signal } of house.outcomes.splice(0)) {
    const result = signal.aborted ? 'undelivered' : 'delivered'
    void house.opened?.log.append({ v: 1, kind: 'outcome', intent, result }).catch(() => {})
  }
}

/** Writes a denial. It is denied whether or not the log takes it. */
export async function recordDenial(house: House, deed: Omit<Deed, 'decision'>, fault: Fault): Promise<void> {
  const { asker, what, path } = deed
  const event: JournalEvent = {
    v: 1,
    kind: 'denial',
    who: whoOf(asker),
    what,
    object: { path },
    code: fault.code,
    policies: policiesOf(fault),
  }
  await house.opened?.log.append(event).catch(() => {})
}

/** Writes that a right was given, beside the intent that led to it. */
export function recordGrant(house: House, grant: Grant): void {
  const { id, assistant, scope, path, expiresAt, method } = grant
  append(house, { v: 1, kind: 'grant', grant: id, assistant, scope, path, expiresAt, method })
}

/** Writes an event that nothing waits for. */
export function append(house: House, event: JournalEvent): void {
  house.opened?.log.append(event).catch(() => {})
}

/** The policies that a refusal rests on. */
function policiesOf({ cause }: Fault): readonly string[] {
  const isDecision = typeof cause === 'object' && cause !== null && 'because' in cause
  return isDecision && Array.isArray(cause.because)
    ? cause.because.filter((id) => typeof id === 'string')
    : []
}

/** How many places were masked. */
function masked({ redactions }: Pick<Released, 'redactions'>): number {
  return redactions.reduce((sum, { count }) => sum + count, 0)
}

/** How a person said yes, as the log tells of it. */
export function consentOf(approval: Approval | null) {
  if (approval === null) return { level: 0, method: 'none', answeredAt: null } as const
  const { level, method, answeredAt, digest, receipt } = approval
  return { level, method, answeredAt, card: digest, ...(receipt !== null && { receipt }) }
}

/** Who asks, as the log tells of it. */
export function whoOf({ caller }: Pick<Asker, 'caller'>) {
  const { assistant, destination, proved } = caller
  return {
    assistant,
    destination,
    pid: proved.pid,
    executable: proved.executable,
    launcher: proved.launcher?.executable ?? null,
  }
}
