// Finds names beneath a folder. Nothing is opened but folders and files of rules, and no link is followed.
import { closeSync, constants, type Dir, type Dirent, lstatSync, opendirSync, openSync } from 'node:fs'
import { namePattern, pathFits, type NamePattern } from './glob.ts'
import { IgnoreRules } from './ignore.ts'
import type { FolderEntry } from './list.ts'
import { mountIdOf } from './mounts.ts'
import type { Opened } from './open.ts'
import { pause } from './steady.ts'

/** Names to look at and to give in one call, names of one folder, and how deep folders may lie. */
const most = { seen: 100_000, found: 500, names: 20_000, depth: 64 }

/** Where a search goes on, and what it leaves out. */
export interface SearchOptions {
  /** Path beneath the folder after which to go on; null from the beginning. */
  readonly after: string | null
  /** Also what git is told to ignore. */
  readonly withIgnored: boolean
  /** Ends the work when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/** What was found, in the order of a walk: names sorted, a folder before what is in it. */
export interface FoundNames {
  /** `name` is the path beneath the folder. */
  readonly entries: readonly FolderEntry[]
  /** Path after which to go on; null where all was seen. */
  readonly next: string | null
  /** Names that were left out because git is told to ignore them; what lies beneath a folder is not counted. */
  readonly ignored: number
}

/**
 * Finds files and folders by name.
 * @param pattern With `*` or `?`: the whole name or, with a slash in it, the whole path beneath the folder, `**` for any
 *   folders. Otherwise a part of the path, in any case. Attacker-controlled.
 * @throws What `options.signal` was aborted with.
 */
export function searchFolder(folder: Opened, pattern: string, options: SearchOptions): Promise<FoundNames> {
  return new Search(folder, matcherOf(pattern), options).run()
}

type PathMatcher = (path: readonly string[]) => boolean

function matcherOf(pattern: string): PathMatcher {
  if (!/[*?]/.test(pattern)) {
    const part = pattern.toLowerCase()
    return (path) => path.join('/').toLowerCase().includes(part)
  }
  const parts = pattern
    .split('/')
    .map((part): NamePattern | '**' => (part === '**' ? '**' : namePattern(part)))
  return (path) => pathFits(parts.length === 1 ? path.slice(-1) : path, parts)
}

class Search {
  readonly #root: Opened
  readonly #mountId: string
  readonly #fits: PathMatcher
  readonly #options: SearchOptions
  readonly #after: readonly string[]
  readonly #entries: FolderEntry[] = []
  #last: readonly string[]
  #seen = 0
  #ignored = 0

  constructor(root: Opened, fits: PathMatcher, options: SearchOptions) {
    this.#root = root
    this.#mountId = mountIdOf(root.fd)
    this.#fits = fits
    this.#options = options
    this.#after = options.after === null ? [] : options.after.split('/')
    this.#last = this.#after
  }

  async run(): Promise<FoundNames> {
    const above = IgnoreRules.above(this.#root.path)
    const isShowing = this.#options.withIgnored || above.ignoresItself
    const isWhole = await this.#walk(this.#root.fd, [], isShowing ? null : above)
    return { entries: this.#entries, next: isWhole ? null : this.#last.join('/'), ignored: this.#ignored }
  }

  /** @returns False once enough was seen. */
  async #walk(fd: number, path: readonly string[], above: IgnoreRules | null): Promise<boolean> {
    const rules = above?.within(fd, path.length) ?? null
    for (const entry of namesIn(fd)) {
      const here = [...path, entry.name]
      const isNew = compare(here, this.#after) > 0
      if (isNew && this.#isFull()) return false
      if (!isNew && !isAbove(here, this.#after)) continue
      const kind = kindOf(fd, entry)
      if (this.#isIgnored(here, kind, rules)) continue
      if (isNew) this.#take(fd, here, kind)
      if (kind === 'folder' && !(await this.#descend(fd, here, rules))) return false
    }
    return true
  }

  #isIgnored(path: readonly string[], kind: FolderEntry['kind'], rules: IgnoreRules | null): boolean {
    const isIgnored = rules?.isIgnored(path, kind === 'folder') ?? false
    if (isIgnored) this.#ignored++
    return isIgnored
  }

  #isFull(): boolean {
    return this.#seen >= most.seen || this.#entries.length >= most.found
  }

  #take(fd: number, path: readonly string[], kind: FolderEntry['kind']): void {
    this.#seen++
    this.#last = path
    if (!this.#fits(path)) return
    const size = kind === 'file' ? sizeOf(fd, path.at(-1)!) : 0
    this.#entries.push({ name: path.join('/'), kind, size })
  }

  /** A folder that cannot be opened, or that lies on another file system, holds nothing for us. */
  async #descend(fd: number, path: readonly string[], rules: IgnoreRules | null): Promise<boolean> {
    const child = path.length < most.depth ? openFolderAt(fd, path.at(-1)!) : null
    if (child === null) return true
    try {
      await pause(this.#options.signal)
      return mountIdOf(child) === this.#mountId ? await this.#walk(child, path, rules) : true
    } finally {
      closeSync(child)
    }
  }
}

/** In the order of a walk: a folder before what lies in it. */
function compare(path: readonly string[], other: readonly string[]): number {
  const at = path.findIndex((name, place) => name !== other[place])
  if (at === -1) return path.length - other.length
  const [name, against] = [path[at]!, other[at]]
  return against === undefined || name > against ? 1 : -1
}

function isAbove(path: readonly string[], other: readonly string[]): boolean {
  return path.length <= other.length && path.every((name, at) => name === other[at])
}

function namesIn(fd: number): Dirent[] {
  try {
    return readNames(opendirSync(`/proc/self/fd/${fd}`, { bufferSize: 256 }))
  } catch {
    return []
  }
}

function readNames(folder: Dir): Dirent[] {
  try {
    const names: Dirent[] = []
    for (
      let entry = folder.readSync();
      entry !== null && names.length < most.names;
      entry = folder.readSync()
    ) {
      // A name that is no Unicode cannot be asked for.
      if (!entry.name.includes('\ufffd')) names.push(entry)
    }
    return names.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } finally {
    folder.closeSync()
  }
}

function kindOf(fd: number, entry: Dirent): FolderEntry['kind'] {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  return entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()
    ? 'other'
    : statKind(fd, entry.name)
}

/** Some file systems do not tell of what kind a name is. */
function statKind(fd: number, name: string): FolderEntry['kind'] {
  const stat = lstatSync(`/proc/self/fd/${fd}/${name}`, { throwIfNoEntry: false })
  if (stat?.isFile() === true) return 'file'
  return stat?.isDirectory() === true ? 'folder' : 'other'
}

function sizeOf(fd: number, name: string): number {
  return lstatSync(`/proc/self/fd/${fd}/${name}`, { throwIfNoEntry: false })?.size ?? 0
}

function openFolderAt(fd: number, name: string): number | null {
  try {
    return openSync(
      `/proc/self/fd/${fd}/${name}`,
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
    )
  } catch {
    return null
  }
}
