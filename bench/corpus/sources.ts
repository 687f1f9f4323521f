// Real text of others, read from the packages that are installed anyway; nothing of it is copied into the tree.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '../../node_modules')
/** What one file gives at most, so that no single bundle makes up the corpus. */
const mostOfOne = 2 ** 20

export interface Source {
  /** Beneath `node_modules`. */
  readonly path: string
  readonly bytes: Buffer
}

const patterns = {
  code: /(?<!\.min)\.[mc]?js$/,
  types: /\.[mc]?ts$/,
  markdown: /\.md$/,
  minified: /\.min\.js$/,
} as const
export type SourceKind = keyof typeof patterns

let listed: readonly string[] | undefined

/** Files of a kind in the order of their paths, read one by one as they are asked for. */
export function* sources(kind: SourceKind): Generator<Source> {
  for (const path of pathsOf(kind)) {
    yield { path, bytes: readFileSync(join(root, path)).subarray(0, mostOfOne) }
  }
}

function pathsOf(kind: SourceKind): readonly string[] {
  listed ??= readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('.'))
    .toSorted()
  return listed.filter((path) => patterns[kind].test(path))
}

const kept = new Map<SourceKind, readonly string[]>()
/** Characters of each kind that the generators of text draw from. */
const drawnFrom = 2 * 2 ** 20

/** Lines of real text of a kind, from all over the packages; none is longer than 20,000 characters. */
export function realLines(kind: SourceKind): readonly string[] {
  let lines = kept.get(kind)
  if (lines === undefined) {
    lines = readLines(kind)
    kept.set(kind, lines)
  }
  return lines
}

function readLines(kind: SourceKind): readonly string[] {
  const paths = pathsOf(kind)
  const step = Math.max(1, Math.floor(paths.length / 200))
  const lines: string[] = []
  let length = 0
  for (let index = 0; index < paths.length && length < drawnFrom; index += step) {
    const text = readFileSync(join(root, paths[index]!), 'utf8').slice(0, 40_000)
    for (const line of text.split('\n')) lines.push(line.slice(0, 20_000))
    length += text.length
  }
  return lines
}
