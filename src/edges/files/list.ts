// Lists a folder by its descriptor. Nothing in it is opened, and links are shown, not followed.
import { Fault } from '#base'
import { type BigIntStats, type Dir, lstatSync, opendirSync } from 'node:fs'
import { namePattern } from './glob.ts'
import { IgnoreRules } from './ignore.ts'
import type { Opened } from './open.ts'

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

/**
 * Lists what a folder holds, hidden names included.
 * @param fd Of a folder, such as `openFolderBeneath` gives.
 * @param glob Pattern with `*` and `?` for whole names; null for all. Attacker-controlled.
 * @returns At most 5000 entries, the first by name.
 * @throws Fault `path-unreadable`
 */
export function listFolder(fd: number, glob: string | null = null): FolderListing {
  const { names, isCut } = namesIn(fd, glob)
  const shown = names.toSorted().slice(0, mostEntries)
  return {
    entries: shown.flatMap((name) => entryOf(fd, name)),
    truncated: isCut || names.length > shown.length,
  }
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

function namesIn(fd: number, glob: string | null): { names: string[]; isCut: boolean } {
  try {
    return readNames(opendirSync(`/proc/self/fd/${fd}`, { bufferSize: 256 }), glob)
  } catch (cause) {
    throw new Fault('path-unreadable', 'the system does not let us list the folder', { cause })
  }
}

function readNames(folder: Dir, glob: string | null): { names: string[]; isCut: boolean } {
  try {
    const names: string[] = []
    const fits = glob === null ? () => true : namePattern(glob)
    for (let seen = 0; seen < mostNames; seen++) {
      const name = folder.readSync()?.name
      if (name === undefined) return { names, isCut: false }
      if (fits(name)) names.push(name)
    }
    return { names, isCut: true }
  } finally {
    folder.closeSync()
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
