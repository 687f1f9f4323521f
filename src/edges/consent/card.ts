// Makes the card that a person sees of the question that an assistant raises.
import { canonicalJson, Fault, hex, shown, utf8 } from '#base'
import type { Card, Scope } from '#wire'
import { createHash } from 'node:crypto'
import type { ApprovedObject } from './approval.ts'

/** A card without what the desk adds. Paths and names come as they are; the desk makes them harmless to look at. */
export type CardDraft = Omit<Card, 'id' | 'createdAt' | 'expiresAt' | 'armedAfter' | 'digest'>

/** Characters of each foreign text on a card; as UTF-16 they stay within the limits of the wire. */
const limits = { name: 64, path: 2048, reason: 500 }

/**
 * Makes a card: foreign texts shown harmless and cut, and a digest over the canonical JSON of all other members.
 * @param draft Caller, reason and paths are attacker-influenced.
 * @throws Fault `internal` if the content does not have the hash that it claims, or a text has no canonical form.
 */
export function makeCard(
  draft: CardDraft,
  desk: Pick<Card, 'id' | 'createdAt' | 'expiresAt' | 'armedAfter'>,
): Card {
  const { content, reason, path } = draft
  if (content !== null && sha256(content.text) !== content.sha256) {
    throw new Fault('internal', 'the content of a card does not have the hash that it claims')
  }
  const body: Omit<Card, 'digest'> = {
    id: desk.id,
    kind: draft.kind,
    tier: draft.tier,
    createdAt: desk.createdAt,
    expiresAt: desk.expiresAt,
    armedAfter: desk.armedAfter,
    caller: shownCaller(draft.caller),
    reason: reason === null ? null : shown(reason, limits.reason),
    path: path === null ? null : shown(path, limits.path),
    lines: draft.lines,
    classes: [...draft.classes],
    items: draft.items.map((item) => ({ ...item, path: shown(item.path, limits.path) })),
    content: content === null ? null : { ...content },
    scopes: [...draft.scopes],
  }
  return { ...body, digest: digestOf(body) }
}

function shownCaller({ assistant, proved, claimed }: Card['caller']): Card['caller'] {
  const { launcher } = proved
  return {
    assistant: shown(assistant, limits.name),
    proved: {
      uid: proved.uid,
      pid: proved.pid,
      executable: shown(proved.executable, limits.path),
      launcher:
        launcher === null ? null : { pid: launcher.pid, executable: shown(launcher.executable, limits.path) },
    },
    claimed:
      claimed === null
        ? null
        : { name: shown(claimed.name, limits.name), version: shown(claimed.version, limits.name) },
  }
}

/** SHA-256, hex, over the canonical JSON of a card without its digest. */
function digestOf(body: Omit<Card, 'digest'>): string {
  return sha256(canonicalJson(body))
}

/** What makes two questions the same one: all but the reason, which anybody can vary to ask again. */
export function questionOf(draft: CardDraft): string {
  return sha256(canonicalJson({ ...draft, reason: null, content: draft.content?.sha256 ?? null }))
}

/** What a denial is about: an assistant and paths. Asking for other lines, or for access instead, is no new thing. */
export function subjectOf({ caller, path, items }: CardDraft): string {
  const paths = new Set([...(path === null ? [] : [path]), ...items.map((item) => item.path)])
  return sha256(canonicalJson([caller.assistant, ...[...paths].toSorted()]))
}

/** The part of a draft that grants can be made of. */
export type AskedObject = Pick<CardDraft, 'kind' | 'path' | 'items'>

const reach: Readonly<Record<Scope, number>> = { once: 0, 'file-session': 1, 'folder-hour': 2 }

/** What grants an answer of `scope` allows: for an access card the items that reach no further, else the card's own object. */
export function objectsOf({ kind, path, items }: AskedObject, scope: Scope): readonly ApprovedObject[] {
  if (scope === 'once') return []
  if (kind === 'access') return items.filter((item) => reach[item.scope] <= reach[scope])
  if (path === null || (kind === 'list' && scope === 'file-session')) return []
  return [{ scope, path: kind === 'read' && scope === 'folder-hour' ? folderOf(path) : path }]
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function sha256(text: string): string {
  return hex(createHash('sha256').update(utf8(text)).digest())
}
