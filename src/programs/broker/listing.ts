// The way of what a folder holds: its names, or those beneath it that fit a pattern.
import { utf8 } from '#base'
import type { Approval } from '#consent'
import type { Decision } from '#policy'
import {
  textHash,
  type FoundNames,
  type Grant,
  type Identity,
  type Listing,
  type ReplyOf,
  type RequestOf,
} from '#wire'
import { classesOf, decide, grantOf, tierOf, type Wish } from './deciding.ts'
import { rootOf, underGrant, useGrant } from './granting.ts'
import type { House } from './house.ts'
import { intend, type Asker } from './journalling.ts'
import { answered, askToRelease, contentOf, draftOf, handOut, refuseDenied } from './releasing.ts'

type ListAnswer = Exclude<ReplyOf<'file.list'>, { status: 'pending' }>
type SearchAnswer = Exclude<ReplyOf<'file.search'>, { status: 'pending' }>
type Root = RequestOf<'reader.list'>['root']

/** Lists a folder for an assistant. Never throws: a refusal is an answer. */
export function listFiles(house: House, asker: Asker, request: RequestOf<'file.list'>): Promise<ListAnswer> {
  const { path, glob = null, ignored: withIgnored = false } = request
  return answered(house, { asker, what: 'list', path }, () =>
    brokeredNames<Listing>(house, asker, {
      path,
      pattern: glob,
      look: async (root, signal) => {
        const asked = { path, root, glob, withIgnored }
        const { listing, ...found } = await house.programs.ask('reader', 'reader.list', asked, { signal })
        return { ...found, answer: listing }
      },
    }),
  )
}

/** Finds names beneath a folder for an assistant. Never throws: a refusal is an answer. */
export function searchFiles(
  house: House,
  asker: Asker,
  request: RequestOf<'file.search'>,
): Promise<SearchAnswer> {
  const { path, pattern, after = null, ignored: withIgnored = false } = request
  return answered(house, { asker, what: 'list', path }, () =>
    brokeredNames<FoundNames>(house, asker, {
      path,
      pattern,
      look: async (root, signal) => {
        const asked = { path, root, pattern, after, withIgnored }
        const answer = await house.programs.ask('reader', 'reader.search', asked, { signal })
        const { found, names, ...more } = answer
        return { ...more, answer: withoutWithheld(house, asker, { found, names }) }
      },
    }),
  )
}

/** One way of looking into a folder. */
interface FolderLook<Answer> {
  readonly path: string
  /** What names are looked for by; null for all. */
  readonly pattern: string | null
  readonly look: (
    root: Root,
    signal: AbortSignal,
  ) => Promise<{ answer: Answer; identity: Identity; classes: string[] }>
}

async function brokeredNames<Answer extends Pick<Listing, 'path' | 'entries'>>(
  house: House,
  asker: Asker,
  { path, pattern, look }: FolderLook<Answer>,
): Promise<Answer> {
  const wish: Wish = { action: 'list', kind: 'folder', path, classes: [] }
  const grant = grantOf(house, refuseDenied(decide(house, asker, wish)))
  const { answer, identity, classes } = await underGrant(house, asker, grant, (signal) =>
    look(rootOf(grant), signal),
  )
  const seen: Wish = { ...wish, path: answer.path, classes }
  const decision = refuseDenied(decide(house, asker, seen))
  const standing: Grant | null = grantOf(house, decision)
  useGrant(house, standing, identity)
  const approval =
    decision.effect === 'ask' ? await askForNames(house, asker, { seen, decision, pattern, answer }) : null
  const place = { path: seen.path, identity, classes: classesOf(house, seen) }
  const deed = { asker, what: 'list', ...place, decision, approval, grant: standing } as const
  const intent = await intend(house, deed)
  return handOut(house, asker, { intent, grant: standing, result: answer })
}

interface NamesQuestion {
  readonly seen: Wish
  readonly decision: Decision
  readonly pattern: string | null
  readonly answer: Pick<Listing, 'entries'>
}

/** The person sees the very names that leave. */
function askForNames(
  house: House,
  asker: Asker,
  { answer, pattern, ...question }: NamesQuestion,
): Promise<Approval> {
  const text = answer.entries.map(({ name, kind }) => `${name}${kind === 'folder' ? '/' : ''}\n`).join('')
  const content = contentOf({ text, sha256: textHash(text), redactions: [] }, utf8(text).length)
  const draft = {
    ...draftOf(house, asker, question),
    kind: 'list',
    ...(pattern !== null && { pattern }),
    content,
  } as const
  return askToRelease(house, asker, draft)
}

/**
 * Leaves out what lies in a folder that policy would not list as readily as the one that was asked for: a search from a
 * home folder must not name the keys in it.
 */
function withoutWithheld(
  house: House,
  asker: Asker,
  { found, names }: Pick<ReplyOf<'reader.search'>, 'found' | 'names'>,
): FoundNames {
  const least = levelOf(decide(house, asker, folderWish(found.path)))
  const levels = new Map<string, number>()
  const levelAt = (path: string): number => {
    const known = levels.get(path) ?? levelOf(decide(house, asker, folderWish(path)))
    levels.set(path, known)
    return known
  }
  const entries = found.entries.filter((entry, at) => {
    const path = `${found.path === '/' ? '' : found.path}/${names[at]}`
    const folder = path.slice(0, path.lastIndexOf('/')) || '/'
    return levelAt(folder) <= least && (entry.kind !== 'folder' || levelAt(path) <= least)
  })
  return { ...found, entries, withheld: found.entries.length - entries.length }
}

function folderWish(path: string): Wish {
  return { action: 'list', kind: 'folder', path, classes: [] }
}

/** How much consent it takes; Infinity where none is enough. */
function levelOf(decision: Decision): number {
  if (decision.effect === 'deny') return Infinity
  return decision.effect === 'ask' ? tierOf(decision) : 0
}
