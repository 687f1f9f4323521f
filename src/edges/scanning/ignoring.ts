// What `.gitignore`, `.ignore` and `.keyreeveignore` leave out, folder by folder, as git understands them.
import ignore, { type Ignore } from 'ignore'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** A later one counts more. */
const names = ['.gitignore', '.ignore', '.keyreeveignore'] as const
const mostBytes = 1 << 20

/** Which names of ignore files count. */
export type IgnoreFiles = 'all' | 'own' | 'none'

/** The ignore files from the top of a repository, or from where a walk begins, down to one folder. */
export class Ignoring {
  readonly #outer: Ignoring | null
  readonly #folder: string
  readonly #rules: Ignore | null
  readonly #files: IgnoreFiles

  private constructor(folder: string, files: IgnoreFiles, outer: Ignoring | null) {
    this.#folder = folder
    this.#files = files
    this.#outer = outer
    this.#rules = rulesOf(folder, files)
  }

  /** For the folder that a walk begins at: with those above it in its repository. */
  static at(folder: string, files: IgnoreFiles): Ignoring {
    const above = files === 'none' ? [] : foldersAbove(folder)
    return [...above, folder].reduce<Ignoring | null>(
      (outer, each) => new Ignoring(each, files, outer),
      null,
    )!
  }

  /** For a folder in this one. @param hasFiles False if the caller knows that no ignore file lies in it. */
  within(folder: string, hasFiles = true): Ignoring {
    return hasFiles && this.#files !== 'none' ? new Ignoring(folder, this.#files, this) : this
  }

  /** Tells whether a path is left out. Its own folder is taken not to be. */
  leavesOut(path: string, isFolder: boolean): boolean {
    if (this.#rules === null) return this.#outer?.leavesOut(path, isFolder) ?? false
    const inner = `${relative(this.#folder, path).split(sep).join('/')}${isFolder ? '/' : ''}`
    const { ignored, unignored } = this.#rules.test(inner)
    return ignored || (!unignored && (this.#outer?.leavesOut(path, isFolder) ?? false))
  }
}

/** Tells whether a name is one of an ignore file. */
export function isIgnoreFile(name: string): boolean {
  return names.some((each) => each === name)
}

/** From the top of the repository that holds a folder down to the one above it; none if no repository does. */
function foldersAbove(folder: string): string[] {
  const above: string[] = []
  for (let at = folder; !existsSync(join(at, '.git')); at = dirname(at)) {
    if (dirname(at) === at) return []
    above.unshift(dirname(at))
  }
  return above
}

function rulesOf(folder: string, files: IgnoreFiles): Ignore | null {
  if (files === 'none') return null
  const sources = files === 'own' ? ['.keyreeveignore'] : [join('.git', 'info', 'exclude'), ...names]
  const texts = sources.flatMap((name) => textOf(join(folder, name)))
  return texts.length === 0 ? null : ignore({ allowRelativePaths: false }).add(texts.join('\n'))
}

/** Not of a device or a pipe, which somebody may have left there under that name. */
function textOf(path: string): string[] {
  try {
    const stat = statSync(path)
    return stat.isFile() && stat.size <= mostBytes ? [readFileSync(path, 'utf8')] : []
  } catch {
    return []
  }
}
