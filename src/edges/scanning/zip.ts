// Reads zip archives by their directory: jar, whl, docx, nupkg, vsix and apk are zip too.
import type { Member, Opening } from './container.ts'
import { chunksOf, numberAt, type Content } from './content.ts'
import type { GapReason } from './finding.ts'
import { inflated, unpacked } from './inflate.ts'

const endMark = 0x06054b50
const end64Mark = 0x06064b50
const locatorMark = 0x07064b50
const entryMark = 0x02014b50
const localMark = 0x04034b50
const endLength = 22
const longestComment = 65_535
const entryLength = 46
const localLength = 30
const isEncryptedBit = 1
const stored = 0
const deflated = 8
const smallEntry = 1 << 20
const unknown32 = 0xffffffff

interface Entry {
  readonly name: string
  readonly isEncrypted: boolean
  readonly method: number
  readonly packed: number
  /** Of its local header. */
  readonly at: number
}

/** Members of a zip archive. @see APPNOTE 6.3.10, sections 4.3 and 4.4 */
export function* zipMembers(opening: Opening): Generator<Member> {
  const { content, budget, note } = opening
  const directory = directoryOf(content)
  const isTooLarge = directory !== null && directory.length > budget.held
  if (directory === null || isTooLarge) {
    note(isTooLarge ? 'too-large' : 'damaged')
    return
  }
  const bytes = content.read(directory.at, directory.length).slice()
  for (const entry of entries(bytes, directory.shift)) {
    if (entry === null) note('damaged')
    if (entry === null || !budget.enter()) return
    const reason = unreadable(entry)
    if (reason === null) yield { name: entry.name, chunks: chunksOfEntry(entry, opening) }
    else note(reason, entry.name)
    if (budget.spent !== null) return
  }
}

function unreadable({ isEncrypted, method }: Entry): GapReason | null {
  if (isEncrypted) return 'encrypted'
  return method === stored || method === deflated ? null : 'unknown-method'
}

function* chunksOfEntry(entry: Entry, { content, budget, note }: Opening): Generator<Uint8Array> {
  const own: Pick<Opening, 'budget' | 'note'> = { budget, note: (reason) => note(reason, entry.name) }
  const header = content.read(entry.at, localLength)
  const start = entry.at + localLength + numberAt(header, 26, 2) + numberAt(header, 28, 2)
  const end = start + entry.packed
  const isLocal = numberAt(header, 0, 4) === localMark
  if (!isLocal || end > content.size) own.note('damaged')
  if (!isLocal) return
  if (entry.method === deflated) {
    if (entry.packed <= smallEntry) yield* inflated(content.read(start, entry.packed), own)
    else yield* unpacked(chunksOf(content, start, end), 'deflate', own)
    return
  }
  for (const chunk of chunksOf(content, start, end)) {
    if (!budget.unpack(chunk.length)) return
    yield chunk
  }
}

/** Where the directory lies, and how far the whole archive was shifted by what stands before it. */
function directoryOf(content: Content): { at: number; length: number; shift: number } | null {
  const tailLength = Math.min(content.size, endLength + longestComment)
  const tail = content.read(content.size - tailLength, tailLength)
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail[at] !== 0x50 || numberAt(tail, at, 4) !== endMark) continue
    const end = content.size - tailLength + at
    const length = numberAt(tail, at + 12, 4)
    const declared = numberAt(tail, at + 16, 4)
    const is64 = length === unknown32 || declared === unknown32 || numberAt(tail, at + 10, 2) === 0xffff
    return (is64 ? directory64(content, end) : null) ?? placed(length, declared, end)
  }
  return null
}

function directory64(content: Content, end: number): { at: number; length: number; shift: number } | null {
  const locator = content.read(Math.max(0, end - 20), 20)
  if (numberAt(locator, 0, 4) !== locatorMark) return null
  const at = numberAt(locator, 8, 8)
  const record = at < content.size ? content.read(at, 56) : new Uint8Array(0)
  if (numberAt(record, 0, 4) !== end64Mark) return null
  return placed(numberAt(record, 40, 8), numberAt(record, 48, 8), at)
}

function placed(
  length: number,
  declared: number,
  end: number,
): { at: number; length: number; shift: number } | null {
  const at = end - length
  return at < 0 ? null : { at, length, shift: Math.max(0, at - declared) }
}

/** Null for the first entry that is none. */
function* entries(bytes: Uint8Array, shift: number): Generator<Entry | null> {
  for (let at = 0; at < bytes.length;) {
    if (at + entryLength > bytes.length || numberAt(bytes, at, 4) !== entryMark) {
      yield null
      return
    }
    const nameEnd = at + entryLength + numberAt(bytes, at + 28, 2)
    const extraEnd = nameEnd + numberAt(bytes, at + 30, 2)
    yield entryAt(bytes.subarray(at, nameEnd), bytes.subarray(nameEnd, extraEnd), shift)
    at = extraEnd + numberAt(bytes, at + 32, 2)
  }
}

function entryAt(header: Uint8Array, extra: Uint8Array, shift: number): Entry {
  const wide = wideNumbers(extra)
  const unpackedSize = numberAt(header, 24, 4)
  if (unpackedSize === unknown32) wide.shift()
  const packed = numberAt(header, 20, 4)
  const at = numberAt(header, 42, 4)
  return {
    name: new TextDecoder().decode(header.subarray(entryLength)),
    isEncrypted: (numberAt(header, 8, 2) & isEncryptedBit) !== 0,
    method: numberAt(header, 10, 2),
    packed: packed === unknown32 ? (wide.shift() ?? packed) : packed,
    at: shift + (at === unknown32 ? (wide.shift() ?? at) : at),
  }
}

/** The 64-bit numbers of the zip64 field, in order: only those whose short form says so stand there. */
function wideNumbers(extra: Uint8Array): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + numberAt(extra, at + 2, 2)) {
    if (numberAt(extra, at, 2) !== 1) continue
    const count = Math.min(3, numberAt(extra, at + 2, 2) >> 3)
    return Array.from({ length: count }, (_, index) => numberAt(extra, at + 4 + 8 * index, 8))
  }
  return []
}
