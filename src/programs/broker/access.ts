// The way of a request for rights: each object is checked and identified first, then the person decides on all at once.
import { asFault, Fault } from '#base'
import type { Approval } from '#consent'
import type { CardItem, Grant, ReplyOf, RequestOf } from '#wire'
import { askPerson, classesOf, decide, deniedBy } from './deciding.ts'
import { keepGrant, type GrantObject } from './granting.ts'
import type { House } from './house.ts'
import { intend, recordDenial, recordOutcome, type Asker } from './journalling.ts'
import { release } from './release.ts'

type AccessRequest = RequestOf<'access.request'>
type AccessAnswer = Exclude<ReplyOf<'access.request'>, { status: 'pending' }>
type Given = Extract<AccessAnswer, { status: 'ok' }>
type Item = AccessRequest['items'][number]

/** Something that can be asked for. */
interface Examined {
  readonly item: CardItem
  readonly identity: GrantObject['identity']
}

/** Something that cannot be given, and why. */
interface Refused {
  readonly path: string
  readonly fault: Fault
}

/** Asks the person for lasting rights, in one card. Never throws: a refusal is an answer. */
export async function requestAccess(
  house: House,
  asker: Asker,
  request: AccessRequest,
): Promise<AccessAnswer> {
  try {
    return { status: 'ok', ...(await grantAccess(house, asker, request)) }
  } catch (thrown) {
    const fault = asFault(thrown, 'the rights could not be given')
    await recordDenial(house, { asker, what: 'grant', path: request.items[0]?.path ?? '' }, fault)
    return deniedBy(fault)
  }
}

async function grantAccess(
  house: House,
  asker: Asker,
  { items }: AccessRequest,
): Promise<Omit<Given, 'status'>> {
  const found = await Promise.all(items.map((item) => tryToExamine(house, asker, item)))
  const objects = found.filter((one) => 'item' in one)
  const refused = found.filter((one) => 'fault' in one)
  if (objects.length === 0 && refused[0] !== undefined) throw refused[0].fault
  const approval = await askForAll(house, asker, objects)
  const grants: Grant[] = []
  for (const object of objects) {
    if (isApproved(approval, object)) grants.push(await give(house, asker, { approval, object }))
    else refused.push({ path: object.item.path, fault: leftOut() })
  }
  for (const { path, fault } of refused) await recordDenial(house, { asker, what: 'grant', path }, fault)
  return {
    grants,
    refused: refused.map(({ path, fault: { code, message } }) => ({ path, code, message })),
  }
}

function askForAll(house: House, asker: Asker, objects: readonly Examined[]): Promise<Approval> {
  const items = objects.map(({ item }) => item)
  const scopes = ['folder-until-revoked', 'folder-hour', 'file-session'] as const
  const widest = scopes.filter((scope) => items.some((item) => item.scope === scope)).slice(0, 1)
  const classes = [...new Set(items.flatMap((item) => item.classes))].toSorted()
  const { caller, reason, signal } = asker
  const nothing = { path: null, lines: null, content: null }
  const draft = {
    kind: 'access',
    tier: 1,
    caller,
    reason,
    ...nothing,
    classes,
    items,
    scopes: widest,
  } as const
  return askPerson(house, { ...draft, scopes: widest }, signal)
}

function isApproved({ objects }: Approval, { item }: Examined): boolean {
  return objects.some(({ path, scope }) => path === item.path && scope === item.scope)
}

async function give(
  house: House,
  asker: Asker,
  { approval, object }: { approval: Approval; object: Examined },
): Promise<Grant> {
  const { item, identity } = object
  const decision = { effect: 'ask', tier: 1, because: [] } as const
  const wish = { path: item.path, identity, classes: item.classes, approval }
  const intent = await intend(house, { asker, what: 'grant', decision, ...wish })
  const grant = keepGrant(house, asker, wish)
  recordOutcome(house, intent, asker)
  return release(grant, intent)
}

async function tryToExamine(house: House, asker: Asker, item: Item): Promise<Examined | Refused> {
  try {
    return await examine(house, asker, item)
  } catch (thrown) {
    return { path: item.path, fault: asFault(thrown, 'the object could not be examined') }
  }
}

/** Finds what a wished right is about, and refuses rights that no single click may give. */
async function examine(house: House, asker: Asker, item: Item): Promise<Examined> {
  const kind = item.scope === 'file-session' ? 'file' : 'folder'
  refuseDenied(house, asker, { kind, path: item.path, classes: [] })
  const found = await house.programs.ask('reader', 'reader.identify', { path: item.path })
  if (found.kind !== kind) {
    const code = kind === 'folder' ? 'path-not-folder' : 'path-not-file'
    throw new Fault(code, `a right for a ${kind} was asked for`)
  }
  const tier = refuseDenied(house, asker, { kind, path: found.path, classes: found.classes })
  const classes = classesOf(house, found)
  const isSensitive = classes.length > 0
  if (tier > 1 || (isSensitive && kind === 'folder')) {
    throw new Fault('consent-scope-refused', 'this is asked for each time, never granted for longer')
  }
  return {
    item: { ...item, path: found.path, classes, isTicked: !isSensitive },
    identity: found.identity,
  }
}

/** @returns How much consent is needed. */
function refuseDenied(
  house: House,
  asker: Asker,
  wish: Omit<Parameters<typeof decide>[2], 'action'>,
): number {
  const decision = decide(house, asker, { action: 'request-access', ...wish })
  if (decision.effect === 'deny') throw new Fault('denied-by-policy', decision.message, { cause: decision })
  return decision.effect === 'ask' ? decision.tier : 0
}

function leftOut(): Fault {
  return new Fault('consent-refused', 'the person left this out')
}
