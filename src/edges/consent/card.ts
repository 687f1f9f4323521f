// Makes the card that a person sees of the question that an assistant raises.
import { canonicalJson, Fault, shown } from '#base'
import { textHash, type Caller, type Card, type CardItem, type Scope } from '#wire'
import type { ApprovedObject } from './approval.ts'

/** A card without what the desk adds. Paths and names come as they are; the desk makes them harmless to look at. */
export type CardDraft = Omit<Card, Added | 'digest'>

type Added = 'id' | 'createdAt' | 'expiresAt' | 'armedAfter' | 'last'

/** Characters of each foreign text on a card; as UTF-16 they stay within the limits of the wire. */
const limits = { name: 64, path: 2048, reason: 500, pattern: 500 }

/**
 * Makes a card: foreign texts shown harmless and cut, and a digest over the canonical JSON of all other members.
 * @param draft Caller, reason and paths are attacker-influenced.
 * @throws Fault `internal` if the content does not have the hash that it claims, or a text has no canonical form.
 */
export function makeCard(
  draft: CardDraft,
  desk: Pick<Card, Exclude<Added, 'last'>>,
  lastOf: (assistant: string, paths: readonly string[]) => Card['last'],
): Card {
  const { content, reason, path } = draft
  if (content !== null && textHash(content.text) !== content.sha256) {
    throw new Fault('internal', 'the content of a card does not have the hash that it claims')
  }
  const body: Omit<Card, 'digest' | 'last'> = {
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
    ...(draft.pattern !== undefined && { pattern: shown(draft.pattern, limits.pattern) }),
    classes: [...draft.classes],
    items: draft.items.map((item) => ({
      ...item,
      path: shown(item.path, limits.path),
      classes: [...item.classes],
    })),
    content: content === null ? null : { ...content },
    scopes: [...draft.scopes],
  }
  const whole = { ...body, last: lastOf(body.caller.assistant, pathsOf(body)) }
  return { ...whole, digest: digestOf(whole) }
}

function shownCaller({ assistant, destination, proved, claimed }: Caller): Caller {
  const { uid, launcher, ancestry } = proved
  return {
    assistant: shown(assistant, limits.name),
    destination,
    proved: {
      ...shownProgram(proved),
      uid,
      launcher: launcher === null ? null : shownProgram(launcher),
      ancestry: ancestry.map(({ pid, executable }) => ({ pid, executable: shown(executable, limits.path) })),
    },
    claimed:
      claimed === null
        ? null
        : { name: shown(claimed.name, limits.name), version: shown(claimed.version, limits.name) },
  }
}

type Program = NonNullable<Caller['proved']['launcher']>

function shownProgram({ pid, executable, sha256, package: from }: Program): Program {
  const name = from === null ? null : shown(from, limits.name)
  return { pid, executable: shown(executable, limits.path), sha256, package: name }
}

/** SHA-256, hex, over the canonical JSON of a card without its digest. */
function digestOf(body: Omit<Card, 'digest'>): string {
  return textHash(canonicalJson(body))
}

/** What makes two questions the same one: all but the reason, which anybody can vary to ask again. */
export function questionOf(draft: CardDraft): string {
  return textHash(canonicalJson({ ...draft, reason: null, content: draft.content?.sha256 ?? null }))
}

/** What an answer is about. Asking for other lines, or for access instead, is no new thing. */
export function pathsOf({ path, items }: Pick<Card, 'path' | 'items'>): string[] {
  return [...new Set([...(path === null ? [] : [path]), ...items.map((item) => item.path)])]
}

/** Hash of what is proved of a caller's programs: it changes when one of them is another file. */
export function programOf({ proved }: Pick<Caller, 'proved'>): string {
  const { launcher } = proved
  return textHash(
    canonicalJson([proved.executable, proved.sha256, launcher?.executable ?? null, launcher?.sha256 ?? null]),
  )
}

/** The part of a draft that grants can be made of. */
export type AskedObject = Pick<CardDraft, 'kind' | 'path' | 'items'>

const reach: Readonly<Record<Scope, number>> = {
  once: 0,
  'route-session': 0,
  'file-session': 1,
  'folder-hour': 2,
  'folder-until-revoked': 3,
}

/**
 * What grants an answer of `scope` allows: for an access card the ticked items that reach no further, else the card's
 * own object.
 * @param ticked Places of items; without it those that were ticked at first.
 */
export function objectsOf(
  { kind, path, items }: AskedObject,
  scope: Scope,
  ticked?: readonly number[],
): readonly ApprovedObject[] {
  if (scope === 'once' || scope === 'route-session') return []
  if (kind === 'access') return itemsOf(items, ticked).filter((item) => reach[item.scope] <= reach[scope])
  if (path === null || (kind === 'list' && scope === 'file-session')) return []
  return [{ scope, path: kind === 'read' && scope !== 'file-session' ? folderOf(path) : path }]
}

function itemsOf(items: readonly CardItem[], ticked: readonly number[] | undefined): ApprovedObject[] {
  return items
    .filter(({ isTicked }, at) => ticked?.includes(at) ?? isTicked)
    .map(({ path, scope, until }) => ({ path, scope, ...(until !== undefined && { until }) }))
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
