// Which names git is told to ignore: what is built, fetched or private, and of no interest to most searches.
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { type NamePattern, pathFits, shellPattern } from './glob.ts'
import { readAt } from './steady.ts'

const most = { bytes: 256 * 1024, rules: 1000, pattern: 1000 }

interface Rule {
  readonly pattern: readonly (NamePattern | '**')[]
  readonly isNegated: boolean
  readonly isForFolders: boolean
}

/** The rules of one folder. */
interface Level {
  readonly rules: readonly Rule[]
  /** How many names down from the repository the folder lies. */
  readonly depth: number
}

/** The rules that hold in a folder, its own and those above it, up to the repository's. @see gitignore(5) */
export class IgnoreRules {
  /** The deepest folder first. */
  readonly #levels: readonly Level[]
  /** From the repository to the folder. */
  readonly #place: readonly string[]

  private constructor(levels: readonly Level[], place: readonly string[]) {
    this.#levels = levels
    this.#place = place
  }

  /** Those of the folders above. Outside of a repository only what lies in the folder counts. @param folder Absolute, links resolved. */
  static above(folder: string): IgnoreRules {
    const names = folder.split('/').filter((name) => name !== '')
    const top = Array.from(names, (_, at) => names.length - at).find((count) =>
      isRepository(pathOf(names, count)),
    )
    if (top === undefined) return new IgnoreRules([], [])
    const levels = Array.from({ length: names.length - top }, (_, depth) => ({
      depth,
      rules: rulesAt(`${pathOf(names, top + depth)}/.gitignore`),
    }))
    return new IgnoreRules(levels.toReversed(), names.slice(top))
  }

  /** With those of a folder on top. @param fd Of that folder. @param depth How many names below this one it lies. */
  within(fd: number, depth: number): IgnoreRules {
    const rules = rulesAt(`/proc/self/fd/${fd}/.gitignore`)
    if (rules.length === 0) return this
    return new IgnoreRules([{ rules, depth: this.#place.length + depth }, ...this.#levels], this.#place)
  }

  /** @param path Names from the folder on. That no folder on the way is ignored, the caller has seen. */
  isIgnored(path: readonly string[], isFolder: boolean): boolean {
    return this.#ignores([...this.#place, ...path], isFolder)
  }

  /** Whether the folder itself is ignored, or one above it: then it was asked for by its name. */
  get ignoresItself(): boolean {
    return this.#place.some((_, at) => this.#ignores(this.#place.slice(0, at + 1), true))
  }

  #ignores(path: readonly string[], isFolder: boolean): boolean {
    if (path.at(-1) === '.git') return true
    for (const { rules, depth } of this.#levels) {
      if (depth >= path.length) continue
      const names = path.slice(depth)
      const rule = rules.findLast((one) => (isFolder || !one.isForFolders) && pathFits(names, one.pattern))
      if (rule !== undefined) return !rule.isNegated
    }
    return false
  }
}

function pathOf(names: readonly string[], count: number): string {
  return `/${names.slice(0, count).join('/')}`
}

function isRepository(folder: string): boolean {
  try {
    lstatSync(`${folder}/.git`)
    return true
  } catch {
    return false
  }
}

/** None where there is no such file. */
function rulesAt(path: string): Rule[] {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if (!fstatSync(fd).isFile()) return []
    return parseRules(Buffer.from(readAt(fd, 0, most.bytes)).toString('utf8'))
  } catch {
    return []
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function parseRules(text: string): Rule[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(?<!\\) +$/, ''))
  return lines
    .filter((line) => line !== '' && !line.startsWith('#') && line.length <= most.pattern)
    .slice(0, most.rules)
    .flatMap(ruleOf)
}

function ruleOf(line: string): Rule[] {
  const isNegated = line.startsWith('!')
  const pattern = isNegated ? line.slice(1) : line
  const isForFolders = pattern.endsWith('/')
  const parts = pattern.replace(/\/$/, '').replace(/^\//, '').split('/')
  const isAnchored = pattern.replace(/\/$/, '').includes('/')
  if (parts.includes('')) return []
  // `a/**` is what lies in a, not a itself.
  const last = parts.at(-1) === '**' ? ['*'] : []
  const whole = [...(isAnchored ? [] : ['**']), ...parts, ...last]
  return [
    { isNegated, isForFolders, pattern: whole.map((part) => (part === '**' ? '**' : shellPattern(part))) },
  ]
}
