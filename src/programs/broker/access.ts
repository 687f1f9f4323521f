// The way of a request for rights: each object is checked and identified first, then the person decides on all at once.
import { asFault, Fault } from '#base'
import type { Grant, ReplyOf, RequestOf } from '#wire'
import { askPerson, classesOf, decide, deniedBy } from './deciding.ts'
import { openedOf, type House } from './house.ts'
import { intend, recordDenial, recordGrant, recordOutcome, type Asker } from './journalling.ts'
import { release } from './release.ts'

type AccessRequest = RequestOf<'access.request'>
type AccessAnswer = Exclude<ReplyOf<'access.request'>, { status: 'pending' }>
type Found = ReplyOf<'reader.identify'>

/** Asks the person for lasting rights. Never throws: a refusal is an answer. */
export async function requestAccess(
  house: House,
  asker: Asker,
  request: AccessRequest,
): Promise<AccessAnswer> {
  try {
    return { status: 'ok', grants: await grantAccess(house, asker, request) }
  } catch (thrown) {
    const fault = asFault(thrown, 'the rights could not be given')
    await recordDenial(house, { asker, what: 'grant', path: request.items[0]?.path ?? '' }, fault)
    return deniedBy(fault)
  }
}

async function grantAccess(house: House, asker: Asker, { items }: AccessRequest): Promise<Grant[]> {
  const objects = await Promise.all(items.map((item) => examine(house, asker, item)))
  const approval = await askPerson(
    house,
    {
      kind: 'access',
      tier: 1,
      caller: asker.caller,
      reason: asker.reason,
      path: null,
      lines: null,
      classes: [],
      items: objects.map(({ identity: _identity, ...item }) => item),
      content: null,
      scopes: [objects.some(({ scope }) => scope === 'folder-hour') ? 'folder-hour' : 'file-session'],
    },
    asker.signal,
  )
  const grants: Grant[] = []
  for (const { path, identity } of objects) {
    const decision = { effect: 'ask', tier: 1, because: [] } as const
    const intent = await intend(house, { asker, what: 'grant', path, identity, decision, approval })
    const { assistant } = asker.caller
    const grant = openedOf(house).grants.add({ approval, assistant, path, identity, session: asker.session })
    recordGrant(house, grant)
    recordOutcome(house, intent, asker)
    grants.push(release(grant, intent))
  }
  return grants
}

type Item = AccessRequest['items'][number]

/** Finds what a wished right is about, and refuses rights that no single click may give. */
async function examine(house: House, asker: Asker, item: Item): Promise<Item & Pick<Found, 'identity'>> {
  const kind = item.scope === 'folder-hour' ? 'folder' : 'file'
  const before = decide(house, asker, { action: 'request-access', kind, path: item.path, classes: [] })
  if (before.effect === 'deny') throw new Fault('denied-by-policy', before.message, { cause: before })
  const found = await house.programs.ask('reader', 'reader.identify', { path: item.path })
  if (found.kind !== kind) {
    throw new Fault(
      kind === 'folder' ? 'path-not-folder' : 'path-not-file',
      `a right for a ${kind} was asked for`,
    )
  }
  const decision = decide(house, asker, {
    action: 'request-access',
    kind,
    path: found.path,
    classes: found.classes,
  })
  if (decision.effect === 'deny') throw new Fault('denied-by-policy', decision.message, { cause: decision })
  const isSensitive = classesOf(house, found).length > 0 || (decision.effect === 'ask' && decision.tier > 1)
  if (isSensitive)
    throw new Fault('consent-scope-refused', 'this is asked for each time, never granted for longer')
  return { ...item, path: found.path, identity: found.identity }
}
