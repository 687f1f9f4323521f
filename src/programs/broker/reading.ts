// The way of a file read: policy, reader, consent, log, release. One direction, and any step that fails is a denial.
import { asFault, Fault, utf8 } from '#base'
import type { Approval, CardDraft } from '#consent'
import type { DurableIntent } from '#journal'
import type { Decision } from '#policy'
import type { Grant, Listing, Released, ReplyOf, RequestOf, Scope } from '#wire'
import { askPerson, classesOf, decide, deniedBy, grantOf, tierOf, type Wish } from './deciding.ts'
import { keepGrant, requireInForce, rootOf, underGrant, useGrant } from './granting.ts'
import type { House } from './house.ts'
import { intend, recordDenial, recordFailure, recordOutcome, type Asker } from './journalling.ts'
import { release } from './release.ts'

type ReadAnswer = Exclude<ReplyOf<'file.read'>, { status: 'pending' }>
type ListAnswer = Exclude<ReplyOf<'file.list'>, { status: 'pending' }>
type Found = ReplyOf<'reader.read'>

/** Reads a file for an assistant. Never throws: a refusal is an answer. */
export async function readFile(
  house: House,
  asker: Asker,
  request: RequestOf<'file.read'>,
): Promise<ReadAnswer> {
  try {
    return await brokeredRead(house, asker, request)
  } catch (thrown) {
    const fault = asFault(thrown, 'the file could not be read')
    await recordDenial(house, { asker, what: 'read', path: request.path }, fault)
    return deniedBy(fault)
  }
}

/** Lists a folder for an assistant. Never throws: a refusal is an answer. */
export async function listFiles(
  house: House,
  asker: Asker,
  request: RequestOf<'file.list'>,
): Promise<ListAnswer> {
  try {
    return await brokeredList(house, asker, request)
  } catch (thrown) {
    const fault = asFault(thrown, 'the folder could not be listed')
    await recordDenial(house, { asker, what: 'list', path: request.path }, fault)
    return deniedBy(fault)
  }
}

async function brokeredRead(house: House, asker: Asker, request: RequestOf<'file.read'>): Promise<Released> {
  const { path, lines = null, mode = 'text' } = request
  const wish: Wish = { action: 'read', kind: 'file', path, classes: [] }
  const expected = refuseDenied(decide(house, asker, wish))
  const grant = grantOf(house, expected)
  const reading = house.programs.ask('reader', 'reader.read', { path, root: rootOf(grant), lines, mode })
  const found = await underGrant(house, grant, reading)
  const seen: Wish = { ...wish, path: found.released.path, classes: found.classes }
  // Decided anew on what was opened: the grant may have been revoked, or the time have run out, meanwhile.
  const decision = refuseDenied(decide(house, asker, seen))
  const standing = grantOf(house, decision)
  useGrant(house, standing, found.identity)
  const approval = decision.effect === 'ask' ? await askToRead(house, asker, { seen, found, decision }) : null
  const bytes = utf8(found.released.text).length
  const intent = await intend(house, {
    asker,
    what: 'read',
    path: seen.path,
    identity: found.identity,
    lines: found.released.lines,
    released: { sha256: found.released.sha256, redactions: found.released.redactions, bytes },
    decision,
    grant: standing,
    approval,
  })
  if (approval !== null) keepApproved(house, asker, { approval, found })
  return handOut(house, asker, { intent, grant: standing, result: found.released })
}

async function brokeredList(house: House, asker: Asker, request: RequestOf<'file.list'>): Promise<Listing> {
  const { path, glob = null } = request
  const wish: Wish = { action: 'list', kind: 'folder', path, classes: [] }
  const expected = refuseDenied(decide(house, asker, wish))
  const grant = grantOf(house, expected)
  const listing = house.programs.ask('reader', 'reader.list', { path, root: rootOf(grant), glob })
  const found = await underGrant(house, grant, listing)
  const seen: Wish = { ...wish, path: found.listing.path, classes: found.classes }
  const decision = refuseDenied(decide(house, asker, seen))
  const standing = grantOf(house, decision)
  useGrant(house, standing, found.identity)
  const approval =
    decision.effect === 'ask'
      ? await askPerson(
          house,
          { ...draftOf(house, asker, { seen, decision }), kind: 'list', content: null },
          asker.signal,
        )
      : null
  const deed = { asker, what: 'list', path: seen.path, identity: found.identity, decision, approval } as const
  const intent = await intend(house, { ...deed, grant: standing })
  return handOut(house, asker, { intent, grant: standing, result: found.listing })
}

interface HandOut<Result> {
  readonly intent: DurableIntent
  /** What the answer rests on, if no person was asked. */
  readonly grant: Grant | null
  readonly result: Result
}

/** The end of the way. A grant that was revoked while its use was being recorded lets nothing out any more. */
function handOut<Result>(house: House, asker: Asker, { intent, grant, result }: HandOut<Result>): Result {
  try {
    requireInForce(house, grant)
  } catch (thrown) {
    recordFailure(house, intent, asFault(thrown))
    throw thrown
  }
  recordOutcome(house, intent, asker)
  return release(result, intent)
}

function refuseDenied(decision: Decision): Exclude<Decision, { effect: 'deny' }> {
  if (decision.effect === 'deny') throw new Fault('denied-by-policy', decision.message, { cause: decision })
  return decision
}

interface Question {
  readonly seen: Wish
  readonly decision: Decision
}

async function askToRead(
  house: House,
  asker: Asker,
  question: Question & { found: Found },
): Promise<Approval> {
  const { text, sha256, redactions, size, lines } = question.found.released
  const content = { text, sha256, bytes: utf8(text).length, redactions, size }
  const draft = { ...draftOf(house, asker, question), lines, content }
  const approval = await askPerson(house, draft, asker.signal)
  // The desk approves what was on the card; that this is what leaves is checked, not assumed.
  if (approval.content !== sha256)
    throw new Fault('consent-changed', 'what was approved is not what would leave')
  return approval
}

function draftOf(house: House, asker: Asker, { seen, decision }: Question): CardDraft {
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
  if (classes.length > 0 || action === 'list') return ['once']
  return ['once', 'file-session', 'folder-hour', 'folder-until-revoked']
}

/** Turns an answer with a wider scope into a grant for next time. */
function keepApproved(
  house: House,
  asker: Asker,
  { approval, found }: { approval: Approval; found: Found },
): void {
  const [object] = approval.objects
  if (object === undefined) return
  const identity = object.scope === 'file-session' ? found.identity : found.folder
  keepGrant(house, asker, { approval, path: object.path, identity })
}
