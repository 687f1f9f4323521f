// What is about to be committed: the changed files as the index has them, and which of their lines are new.
import { join } from 'node:path'
import type { Version } from './crew.ts'
import type { FoundSecret } from './finding.ts'
import { gitFields, gitOutput, gitText, type GitPlace } from './git.ts'
import { Ignoring } from './ignoring.ts'

/** First and last line. */
type Lines = readonly [from: number, to: number]

export interface Staged extends Version {
  readonly size: number
  /** Null if all of it is new. */
  readonly added: readonly Lines[] | null
}

const comparison = ['diff-index', '--cached', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color']
const longestHead = 200

/**
 * Changed files of the index.
 * @param place At the top of the working tree.
 * @param paths Absolute; none for all.
 * @throws Fault `git-failed`
 */
export async function stagedFiles(place: GitPlace, paths: readonly string[]): Promise<Staged[]> {
  const base = await baseOf(place)
  const ignoring = Ignoring.at(place.folder, 'own')
  const changed = await changedFiles(place, [base, '--', ...paths])
  const added = await addedLines(place, [base, '--', ...paths])
  let patch = 0
  return changed
    .map(({ status, ...file }) => ({
      ...file,
      size: 0,
      added: status === 'T' ? null : (added[patch++] ?? null),
    }))
    .filter(({ isFile, shown }) => isFile && !ignoring.leavesOut(join(place.folder, shown), false))
}

/** Tells whether a finding stands in a line that is new. Lines of a container's members are no lines of the file. */
export function isAdded({ member, line, endLine }: FoundSecret, { added }: Staged): boolean {
  return added === null || member !== undefined || added.some(([from, to]) => line <= to && endLine >= from)
}

/** The last commit, or the empty tree before there is one. */
async function baseOf(place: GitPlace): Promise<string> {
  try {
    return await gitText(place, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  } catch {
    return gitText(place, ['hash-object', '-t', 'tree', '--stdin'])
  }
}

interface Changed extends Version {
  readonly status: string
  readonly isFile: boolean
}

async function changedFiles(place: GitPlace, range: readonly string[]): Promise<Changed[]> {
  const changed: Changed[] = []
  let head: readonly string[] | null = null
  for await (const field of gitFields(place, [
    ...comparison,
    '--raw',
    '-z',
    '--no-abbrev',
    '--diff-filter=AMT',
    ...range,
  ])) {
    if (head === null) {
      head = field.split(' ')
      continue
    }
    const [, mode = '', , id = '', status = ''] = head
    changed.push({ id, shown: field, status, isFile: mode.startsWith('100') })
    head = null
  }
  return changed
}

/** Of each patch, in the order of `changedFiles` without those that changed their type. */
async function addedLines(place: GitPlace, range: readonly string[]): Promise<Lines[][]> {
  const patches: Lines[][] = []
  // Names are not read: the order says which file it is, and a name could say anything.
  for await (const head of lineHeads(
    gitOutput(place, [...comparison, '-p', '-U0', '--text', '--diff-filter=AM', ...range]),
  )) {
    if (head.startsWith('diff --git ')) patches.push([])
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(head)
    if (hunk === null) continue
    const from = Number(hunk[1])
    const count = Number(hunk[2] ?? 1)
    if (count > 0) patches.at(-1)?.push([from, from + count - 1])
  }
  return patches
}

/** The beginning of every line: a line may be a gigabyte long. */
async function* lineHeads(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let head = ''
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    let at = 0
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
      yield head + bytes.toString('latin1', at, Math.min(end, at + longestHead))
      head = ''
      at = end + 1
    }
    head = (head + bytes.toString('latin1', at, at + longestHead)).slice(0, longestHead)
  }
  if (head !== '') yield head
}
