// Lists a folder by its descriptor. Nothing in it is opened, and links are shown, not followed.
import { Fault } from '#base'
import { type BigIntStats, lstatSync, opendirSync } from 'node:fs'
import { namePattern } from './glob.ts'
import { IgnoreRules } from './ignore.ts'
import type { Opened } from './open.ts'
import { pause } from './steady.ts'

/** One name in a folder. */
export interface FolderEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Bytes of a file; 0 for all else. */
  readonly size: number
}

/** The names in a folder, sorted. */
export interface FolderListing {
  /** Sorted by name, in order of UTF-16 code units. */
  readonly entries: readonly FolderEntry[]
  /** True if there is more. */
  readonly truncated: boolean
}

const mostEntries = 5000
/** Names to look at in all, so that a folder of millions costs no more than one of these. */
const mostNames = 50_000
/** Names to look at before other work goes on. */
const stride = 1000

/** What is listed, and until when. */
export interface ListOptions {
  /** Pattern with `*` and `?` for whole names; null for all. Attacker-controlled. */
  readonly glob?: string | null
  /** Ends the work when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Lists what a folder holds, hidden names included.
 * @param fd Of a folder, such as `openFolderBeneath` gives.
 * @returns At most 5000 entries, the first by name.
 * @throws Fault `path-unreadable`; what `signal` was aborted with.
 */
export async function listFolder(
  fd: number,
  { glob = null, signal }: ListOptions = {},
): Promise<FolderListing> {
  const { names, isCut } = await namesIn(fd, glob, signal)
  const shown = names.toSorted().slice(0, mostEntries)
  const entries: FolderEntry[] = []
  for (const [at, name] of shown.entries()) {
    if (at % stride === 0) await pause(signal)
    entries.push(...entryOf(fd, name))
  }
  return { entries, truncated: isCut || names.length > shown.length }
}

/**
 * Leaves out what git is told to ignore, unless the folder itself is ignored: then it was asked for by its name.
 * @returns The rest, and how many were left out.
 */
export function withoutIgnored(
  { fd, path }: Opened,
  entries: readonly FolderEntry[],
): { entries: readonly FolderEntry[]; ignored: number } {
  const above = IgnoreRules.above(path)
  if (above.ignoresItself) return { entries, ignored: 0 }
  const rules = above.within(fd, 0)
  const kept = entries.filter(({ name, kind }) => !rules.isIgnored([name], kind === 'folder'))
  return { entries: kept, ignored: entries.length - kept.length }
}

interface Names {
  readonly names: readonly string[]
  readonly isCut: boolean
}

async function namesIn(fd: number, glob: string | null, signal?: AbortSignal): Promise<Names> {
  const folder = readable(() => opendirSync(`/proc/self/fd/${fd}`, { bufferSize: 256 }))
  try {
    const names: string[] = []
    const fits = glob === null ? () => true : namePattern(glob)
    for (let seen = 0; seen < mostNames; seen++) {
      if (seen % stride === 0) await pause(signal)
      const name = readable(() => folder.readSync())?.name
      if (name === undefined) return { names, isCut: false }
      if (fits(name)) names.push(name)
    }
    return { names, isCut: true }
  } finally {
    folder.closeSync()
  }
}

function readable<Result>(use: () => Result): Result {
  try {
    return use()
  } catch (cause) {
    throw new Fault('path-unreadable', 'the system does not let us list the folder', { cause })
  }
}

/** Nothing for a name that went away meanwhile, or that is no Unicode and so cannot be asked for. */
function entryOf(fd: number, name: string): FolderEntry[] {
  try {
    const stat = lstatSync(`/proc/self/fd/${fd}/${name}`, { bigint: true })
    return [{ name, kind: kindOf(stat), size: stat.isFile() ? Number(stat.size) : 0 }]
  } catch {
    return []
  }
}

function kindOf(stat: BigIntStats): FolderEntry['kind'] {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'link' : 'other'
}
