// Reads Electron's asar archives: whole applications, with whatever key somebody built in.
import type { Member, Opening } from './container.ts'
import { chunksOf, numberAt } from './content.ts'
import { entriesOf, memberOf, parseJson } from './json.ts'

const fixed = 16
const mostDepth = 128

/** A file in the archive, or null for an entry that makes no sense. */
interface Packed {
  readonly name: string
  readonly at: number
  readonly size: number
}

/** Tells whether a file begins as an asar archive does: four sizes that agree, then JSON. */
export function isAsar(head: Uint8Array): boolean {
  const payload = numberAt(head, 8, 4)
  const isFramed = numberAt(head, 0, 4) === 4 && numberAt(head, 4, 4) === payload + 4
  return (
    isFramed &&
    payload >= numberAt(head, 12, 4) &&
    new TextDecoder().decode(head.subarray(16, 24)) === '{"files"'
  )
}

/** Members of an asar archive. Those that lie unpacked beside it are files of the tree. @see https://github.com/electron/asar */
export function* asarMembers({ content, budget, note }: Opening): Generator<Member> {
  const head = content.read(0, fixed)
  const length = numberAt(head, 12, 4)
  if (length > budget.held) {
    note('too-large')
    return
  }
  const header = parseJson(content.read(fixed, length))
  const base = 8 + numberAt(head, 4, 4)
  for (const packed of filesIn(header)) {
    if (packed === null || base + packed.at + packed.size > content.size) {
      note('damaged')
      continue
    }
    if (!budget.enter()) return
    const start = base + packed.at
    yield { name: packed.name, chunks: chunksOf(content, start, start + packed.size) }
  }
}

function* filesIn(header: unknown): Generator<Packed | null> {
  const folders = [{ name: '', files: memberOf(header, 'files'), depth: 0 }]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { files, depth } = folder
    if (files === undefined || depth > mostDepth) {
      yield null
      continue
    }
    for (const [key, node] of entriesOf(files)) {
      const name = folder.name === '' ? key : `${folder.name}/${key}`
      const inner = memberOf(node, 'files')
      if (inner !== undefined) folders.push({ name, files: inner, depth: depth + 1 })
      else if (memberOf(node, 'link') === undefined && memberOf(node, 'unpacked') !== true)
        yield packedFile(name, node)
    }
  }
}

function packedFile(name: string, node: unknown): Packed | null {
  const offset = memberOf(node, 'offset')
  const size = memberOf(node, 'size')
  const at = typeof offset === 'string' && /^\d{1,15}$/.test(offset) ? Number(offset) : -1
  const isSound = at >= 0 && typeof size === 'number' && Number.isSafeInteger(size) && size >= 0
  return isSound ? { name, at, size } : null
}
