// The way of an edit: policy, editor, consent, log, and only then the file.
import { asFault, Fault } from '#base'
import type { Edited, ReplyOf, RequestOf } from '#wire'
import { classesOf, decide, type Wish } from './deciding.ts'
import { openedOf, type House } from './house.ts'
import { intend, recordFailure, type Asker } from './journalling.ts'
import { answered, askToRelease, contentOf, draftOf, handOut, refuseDenied } from './releasing.ts'

type EditAnswer = Exclude<ReplyOf<'file.edit'>, { status: 'pending' }>
type Prepared = ReplyOf<'editor.prepare'>

/** Edits a file for an assistant, once the person has seen the change. Never throws: a refusal is an answer. */
export function editFile(house: House, asker: Asker, request: RequestOf<'file.edit'>): Promise<EditAnswer> {
  const { path, patch } = request
  return answered(house, { asker, what: 'edit', path }, async () => {
    const wish: Wish = { action: 'edit', kind: 'file', path, classes: [] }
    refuseDenied(decide(house, asker, wish))
    const prepared = await house.programs.ask('editor', 'editor.prepare', { path, patch })
    try {
      return await brokeredEdit(house, asker, { wish, prepared })
    } finally {
      await house.programs.ask('editor', 'editor.drop', { edit: prepared.edit }).catch(() => {})
    }
  })
}

async function brokeredEdit(
  house: House,
  asker: Asker,
  { wish, prepared }: { wish: Wish; prepared: Prepared },
): Promise<Edited> {
  const { edit, path, identity, classes, diff, size, before, after } = prepared
  const seen: Wish = { ...wish, path, classes }
  const decision = refuseDenied(decide(house, asker, seen))
  const content = contentOf({ ...diff, redactions: [] }, size)
  const draft = { ...draftOf(house, asker, { seen, decision }), kind: 'edit', content } as const
  const approval = decision.effect === 'ask' ? await askToRelease(house, asker, draft) : null
  const intent = await intend(house, {
    asker,
    what: 'edit',
    path,
    identity,
    classes: classesOf(house, seen),
    released: { sha256: diff.sha256, redactions: [], bytes: content.bytes },
    edit: { id: edit, before, after },
    decision,
    approval,
  })
  try {
    const time = house.clock.now()
    await house.programs.ask('editor', 'editor.commit', { edit, key: openedOf(house).editsKey(), time })
  } catch (thrown) {
    const fault = asFault(thrown, 'the file could not be written')
    recordFailure(house, intent, fault)
    throw fault
  }
  return handOut(house, asker, { intent, grant: null, result: { status: 'ok', path, edit, sha256: after } })
}

/** What the person can take back, the newest first. */
export async function listEdits(house: House): Promise<ReplyOf<'edit.list'>> {
  return house.programs.ask('editor', 'editor.list', { key: openedOf(house).editsKey() })
}

/** Takes an edit back. The log says so before it is done. @throws Fault `edit-unknown`, `file-changed` */
export async function undoEdit(
  house: House,
  { edit }: RequestOf<'edit.undo'>,
): Promise<Record<string, never>> {
  const { log, editsKey } = openedOf(house)
  const { edits } = await listEdits(house)
  if (!edits.some((one) => one.edit === edit)) throw new Fault('edit-unknown', 'no such edit can be undone')
  await log.append({ v: 1, kind: 'undo', edit })
  return house.programs.ask('editor', 'editor.undo', { edit, key: editsKey() })
}
