// Edits files: makes of a patch what would be written, holds it while the person looks, and writes it when it was allowed.
// The broker sees masked text and hashes only; what is kept to undo an edit is sealed.
import { Fault, fromBase64url, utf8 } from '#base'
import { beneath, identityOf, openBeneath, readAt, replaceBeneath, rootOf, type Identity } from '#files'
import { applyPatch, parsePatch, type Applied, type Hunk } from '#patch'
import type { Handlers, ReplyOf, RequestOf } from '#wire'
import { createHash, randomBytes } from 'node:crypto'
import { classesOf } from './classes.ts'
import { EditStore } from './edit-store.ts'
import { kindsOf } from './kinds.ts'
import { type Lent, mask } from './masking.ts'
import { released } from './reading.ts'

/** Bytes of a file that is edited, and edits that wait for an answer at once. */
const most = { bytes: 2 ** 20, held: 32 }

/** An edit that waits for an answer. */
interface Held {
  readonly path: string
  readonly identity: Identity
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** @param folder Where what is needed to undo edits is kept. @param lent Throws as long as there is no table. */
export function editHandlers(folder: string, lent: () => Lent): Handlers {
  const held = new Map<string, Held>()
  const store = new EditStore(folder)
  return {
    'editor.prepare': (request) => prepare(request, lent(), held),
    'editor.drop': ({ edit }) => {
      held.delete(edit)
      return {}
    },
    'editor.commit': ({ edit, key, time }) => {
      const { path, identity, before, after } = take(held, edit)
      const secret = fromBase64url(key)
      store.save({ edit, path, time, before, after: sha256(after) }, secret)
      try {
        replace(path, { identity, before, after })
      } catch (thrown) {
        store.remove(edit)
        throw thrown
      }
      return {}
    },
    'editor.list': ({ key }) => ({ edits: store.list(fromBase64url(key)) }),
    'editor.undo': ({ edit, key }) => {
      undo(store, edit, fromBase64url(key))
      return {}
    },
  }
}

function prepare(
  { path, patch }: RequestOf<'editor.prepare'>,
  lent: Lent,
  held: Map<string, Held>,
): ReplyOf<'editor.prepare'> {
  if (held.size >= most.held) throw new Fault('busy', 'too many edits wait for an answer')
  const hunks = parsePatch(patch)
  const root = rootOf(path)
  using file = openBeneath(root.path, beneath(root.path, path), { maxSize: most.bytes })
  const before = readAt(file.fd, 0, most.bytes + 1)
  const { applied, classes } = patched(before, hunks, lent)
  const after = utf8(applied.text)
  const edit = randomBytes(12).toString('base64url')
  const identity = identityOf(file.stat)
  held.set(edit, { path: file.path, identity, before, after })
  const { text, sha256: digest } = released(applied.diff, [])
  return {
    edit,
    path: file.path,
    identity,
    classes: [...new Set([...kindsOf(file.fd), ...classes])],
    diff: { text, sha256: digest },
    size: before.length,
    before: sha256(before),
    after: sha256(after),
  }
}

/** The mark that some editors put before UTF-8; it is no part of the text and stays where it is. */
const mark = '\ufeff'

function patched(
  before: Uint8Array,
  hunks: readonly Hunk[],
  lent: Lent,
): { applied: Applied; classes: string[] } {
  const whole = textOf(before)
  const [head, original] = whole.startsWith(mark) ? [mark, whole.slice(1)] : ['', whole]
  const { findings, cut } = mask(original, lent)
  const masks = findings.map(({ start, end }) => ({
    // A secret of several lines leaves its line feeds behind.
    placeholder: cut(start, end).replace(/\n+$/, ''),
    secret: original.slice(start, end),
  }))
  const applied = applyPatch({ original, masked: cut(0, original.length), masks }, hunks)
  return { applied: { ...applied, text: head + applied.text }, classes: classesOf(original, findings) }
}

function textOf(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Said below.
  }
  throw new Fault('file-not-text', 'only text in UTF-8 can be edited')
}

/** An edit is written once. */
function take(held: Map<string, Held>, edit: string): Held {
  const found = held.get(edit)
  held.delete(edit)
  if (found === undefined) throw new Fault('edit-unknown', 'no such edit waits')
  return found
}

function replace(path: string, { identity, before, after }: Omit<Held, 'path'>): void {
  const root = rootOf(path)
  replaceBeneath(root.path, beneath(root.path, path), {
    identity,
    sha256: sha256(before),
    content: after,
    temporary: `.keyreeve-${randomBytes(12).toString('base64url')}`,
  })
}

function undo(store: EditStore, edit: string, key: Uint8Array): void {
  const { path, before, after } = store.load(edit, key)
  const root = rootOf(path)
  using file = openBeneath(root.path, beneath(root.path, path), { maxSize: 2 * most.bytes })
  const present = readAt(file.fd, 0, 2 * most.bytes)
  if (sha256(present) !== after) throw new Fault('file-changed', 'the file changed since it was edited')
  replace(path, { identity: identityOf(file.stat), before: present, after: before })
  store.remove(edit)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
