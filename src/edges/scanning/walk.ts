// Lists the files below a folder, in one order always: no link is followed, no special file is opened.
import { errorCode, Fault } from '#base'
import { lstatSync, readdirSync, statSync, type Dirent } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { Gap } from './finding.ts'
import { Ignoring, isIgnoreFile, type IgnoreFiles } from './ignoring.ts'
import type { FileTarget } from './inspect.ts'

/** A file with its size when it was listed, in bytes. */
interface Listed extends FileTarget {
  readonly size: number
}

export interface Listing {
  readonly files: readonly Listed[]
  /** Folders that could not be read. */
  readonly gaps: readonly Gap[]
}

/**
 * Lists what a scan of some paths looks at, each file once. Hidden files are, `.git` is not.
 * @param cwd Absolute: paths are shown as seen from here.
 * @throws Fault `path-not-found`, `path-unreadable` for a path that was named.
 */
export function listFiles(
  paths: readonly string[],
  { cwd, files }: { cwd: string; files: IgnoreFiles },
): Listing {
  const walk = new Walk(cwd)
  for (const path of paths) walk.root(resolve(cwd, path), files)
  return { files: [...walk.files.values()], gaps: walk.gaps }
}

class Walk {
  readonly files = new Map<string, Listed>()
  readonly gaps: Gap[] = []
  readonly #cwd: string

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  root(path: string, files: IgnoreFiles): void {
    const stat = statOf(path)
    if (stat.isDirectory()) this.#folder(path, Ignoring.at(path, files))
    else this.#add({ path, shown: shownPath(path, this.#cwd), size: stat.size, isNamed: true })
  }

  #folder(path: string, ignoring: Ignoring): void {
    const folders: [string, Ignoring][] = [[path, ignoring]]
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      const [folder, rules] = next
      const first = join(folder, sep)
      const shownFirst = shownPath(join(folder, '.x'), this.#cwd).slice(0, -2)
      const entries = this.#entries(folder)
      const inner =
        folder === path
          ? rules
          : rules.within(
              folder,
              entries.some(({ name }) => isIgnoreFile(name)),
            )
      const below: [string, Ignoring][] = []
      for (const entry of entries) {
        const at = first + entry.name
        if (entry.isDirectory()) {
          if (entry.name !== '.git' && !inner.leavesOut(at, true)) below.push([at, inner])
        } else if (entry.isFile() && !inner.leavesOut(at, false)) this.#addListed(at, shownFirst + entry.name)
      }
      folders.push(...below.toReversed())
    }
  }

  #entries(folder: string): Dirent[] {
    try {
      return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (thrown) {
      if (errorCode(thrown) !== 'ENOENT') this.#note(folder)
      return []
    }
  }

  #addListed(path: string, shown: string): void {
    try {
      this.#add({ path, shown, size: lstatSync(path).size, isNamed: false })
    } catch (thrown) {
      // Listed, and not there by its name: it is gone, or its name is no UTF-8.
      if (errorCode(thrown) !== 'ENOENT' || path.includes('\uFFFD')) this.#note(path)
    }
  }

  #note(path: string): void {
    this.gaps.push({ path: shownPath(path, this.#cwd), reason: 'unreadable' })
  }

  #add(file: Listed): void {
    if (!this.files.has(file.path)) this.files.set(file.path, file)
  }
}

/** As seen from a folder, with forward slashes; absolute if it lies elsewhere. */
function shownPath(path: string, cwd: string): string {
  const inner = relative(cwd, path)
  const isOutside = inner === '..' || inner.startsWith(`..${sep}`) || inner === ''
  return (isOutside ? path : inner).split(sep).join('/')
}

function statOf(path: string): { isDirectory(): boolean; readonly size: number } {
  try {
    return statSync(path)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT')
      throw new Fault('path-not-found', 'there is no such file or folder', { cause })
    throw new Fault('path-unreadable', 'the path cannot be read', { cause })
  }
}
