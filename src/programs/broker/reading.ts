// The way of a file read: policy, reader, consent, log, release. One direction, and any step that fails is a denial.
import { utf8 } from '#base'
import type { Approval } from '#consent'
import type { Released, ReplyOf, RequestOf } from '#wire'
import { classesOf, decide, grantOf, type Wish } from './deciding.ts'
import { keepGrant, rootOf, underGrant, useGrant } from './granting.ts'
import type { House } from './house.ts'
import { intend, type Asker } from './journalling.ts'
import { answered, askToRelease, contentOf, draftOf, handOut, refuseDenied } from './releasing.ts'

type ReadAnswer = Exclude<ReplyOf<'file.read'>, { status: 'pending' }>
type Found = ReplyOf<'reader.read'>

/** Reads a file for an assistant. Never throws: a refusal is an answer. */
export function readFile(house: House, asker: Asker, request: RequestOf<'file.read'>): Promise<ReadAnswer> {
  const { path, lines = null, mode = 'text' } = request
  return answered(house, { asker, what: 'read', path }, () =>
    brokeredRead(house, asker, {
      path,
      pattern: null,
      read: (root, signal) =>
        house.programs.ask('reader', 'reader.read', { path, root, lines, mode }, { signal }),
    }),
  )
}

/** Finds lines of a file for an assistant. They are released, and granted, as if they were read. Never throws. */
export function grepFile(house: House, asker: Asker, request: RequestOf<'file.grep'>): Promise<ReadAnswer> {
  const { path, pattern, context = 0, from = 1 } = request
  return answered(house, { asker, what: 'read', path }, () =>
    brokeredRead(house, asker, {
      path,
      pattern,
      read: (root, signal) =>
        house.programs.ask('reader', 'reader.grep', { path, root, pattern, context, from }, { signal }),
    }),
  )
}

/** One way of reading a file. */
interface FileRead {
  readonly path: string
  /** What lines are looked for by; null where they are not. */
  readonly pattern: string | null
  readonly read: (root: RequestOf<'reader.read'>['root'], signal: AbortSignal) => Promise<Found>
}

async function brokeredRead(
  house: House,
  asker: Asker,
  { path, pattern, read }: FileRead,
): Promise<Released> {
  const wish: Wish = { action: 'read', kind: 'file', path, classes: [] }
  const grant = grantOf(house, refuseDenied(decide(house, asker, wish)))
  const found = await underGrant(house, asker, grant, (signal) => read(rootOf(grant), signal))
  const seen: Wish = { ...wish, path: found.released.path, classes: found.classes }
  // Decided anew on what was opened: the grant may have been revoked, or the time have run out, meanwhile.
  const decision = refuseDenied(decide(house, asker, seen))
  const standing = grantOf(house, decision)
  useGrant(house, standing, found.identity)
  const { text, size, lines, sha256, redactions } = found.released
  const content = contentOf(found.released, size)
  const draft = {
    ...draftOf(house, asker, { seen, decision }),
    lines,
    ...(pattern !== null && { pattern }),
    content,
  }
  const approval = decision.effect === 'ask' ? await askToRelease(house, asker, draft) : null
  const intent = await intend(house, {
    asker,
    what: 'read',
    path: seen.path,
    identity: found.identity,
    classes: classesOf(house, seen),
    lines,
    released: { sha256, redactions, bytes: utf8(text).length },
    decision,
    grant: standing,
    approval,
  })
  if (approval !== null) keepApproved(house, asker, { approval, found })
  return handOut(house, asker, { intent, grant: standing, result: found.released })
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
