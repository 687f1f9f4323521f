// Reads tar archives as they flow by: old, ustar, GNU and pax.
import { concat } from '#base'
import type { Member, Opening } from './container.ts'
import { chunksOf } from './content.ts'
import { unpacked } from './inflate.ts'

const block = 512
/** Of a long name or a pax header. */
const mostHeader = 1 << 16
/** A long name, a long link, pax for one, pax for all. */
const extended = 'LKxg'
/** Links, devices, folders. */
const bodiless = '123456'
const decoder = new TextDecoder()

/** Tells whether a block is a tar header, by its checksum: old archives have no mark. */
export function isTarHeader(head: Uint8Array): boolean {
  // The sum is in octal digits, behind blanks or none.
  if (head.length < block || head[152]! > 0x37) return false
  const stated = octal(head.subarray(148, 156))
  let sum = 8 * 0x20
  for (let at = 0; at < block; at++) if (at < 148 || at >= 156) sum += head[at]!
  return stated === sum && sum > 8 * 0x20
}

/** Members of a tar archive. @see POSIX.1-2024, pax, "ustar Interchange Format" and "pax Header Block" */
export function* tarMembers({ content, budget, note }: Opening): Generator<Member> {
  yield* membersOf(new Feed(chunksOf(content)), { budget, note })
}

/** The one member of a gzip file, or those of the tar archive in it. @see RFC 1952 */
export function* gzipMembers({ content, budget, note }: Opening): Generator<Member> {
  const feed = new Feed(unpacked(chunksOf(content), 'gzip', { budget, note }))
  if (isTarHeader(feed.peek(block))) yield* membersOf(feed, { budget, note })
  else yield { name: '', chunks: feed.take(Infinity) }
}

function* membersOf(feed: Feed, { budget, note }: Pick<Opening, 'budget' | 'note'>): Generator<Member> {
  for (let header = nextHeader(feed); header !== null; header = nextHeader(feed)) {
    if (header === 'damaged') note('damaged')
    if (header === 'damaged' || !budget.enter()) return
    const chunks = feed.take(header.size)
    if (!bodiless.includes(header.type)) yield { name: header.name, chunks }
    const isWhole = feed.passOver() && feed.read(paddingOf(header.size)).length === paddingOf(header.size)
    if (!isWhole && budget.spent === null) note('damaged')
    if (!isWhole || budget.spent !== null) return
  }
}

interface Header {
  readonly type: string
  readonly name: string
  readonly size: number
}

/** What extended headers say of the one that follows them. */
interface Extension {
  readonly name?: string | undefined
  readonly size?: number | undefined
}

/** The next header with what is said of it; null at the end. */
function nextHeader(feed: Feed): Header | 'damaged' | null {
  let extension: Extension = {}
  for (let bytes = feed.read(block); bytes.length > 0; bytes = feed.read(block)) {
    if (bytes.length === block && bytes.every((byte) => byte === 0)) continue
    if (!isTarHeader(bytes)) return 'damaged'
    const type = String.fromCharCode(bytes[156] ?? 0)
    const header = { type, name: extension.name ?? nameIn(bytes), size: extension.size ?? sizeAt(bytes) }
    if (!extended.includes(type)) return header
    if (header.size > mostHeader) return 'damaged'
    extension = { ...extension, ...extensionIn(feed.read(header.size), type) }
    feed.read(paddingOf(header.size))
  }
  return null
}

function extensionIn(record: Uint8Array, type: string): Extension {
  if (type === 'L') return { name: text(record) }
  if (type !== 'x') return {}
  const [name, size] = [paxValue(record, 'path'), numberOf(paxValue(record, 'size'))]
  return { ...(name !== undefined && { name }), ...(size !== undefined && { size }) }
}

function paddingOf(size: number): number {
  return (block - (size % block)) % block
}

function nameIn(header: Uint8Array): string {
  const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : ''
  return `${prefix === '' ? '' : `${prefix}/`}${text(header.subarray(0, 100))}`
}

/** Octal, or binary where the first bit is set, as GNU writes what is too large. */
function sizeAt(header: Uint8Array): number {
  const field = header.subarray(124, 136)
  if (((field[0] ?? 0) & 0x80) === 0) return octal(field)
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0)
}

function octal(field: Uint8Array): number {
  const digits = /^[ \0]*([0-7]+)/.exec(String.fromCharCode(...field))?.[1]
  return digits === undefined ? 0 : Number.parseInt(digits, 8)
}

function numberOf(digits: string | undefined): number | undefined {
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}

/** Records are `LENGTH KEY=VALUE\n`; the last of a key counts. */
function paxValue(record: Uint8Array, key: string): string | undefined {
  return decoder
    .decode(record)
    .split('\n')
    .findLast((line) => line.replace(/^\d+ /, '').startsWith(`${key}=`))
    ?.replace(/^\d+ [^=]*=/, '')
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0)
  return decoder.decode(end < 0 ? field : field.subarray(0, end))
}

/** Chunks, taken in the portions that the reader asks for. */
class Feed {
  readonly #chunks: Iterator<Uint8Array, undefined>
  #rest: Uint8Array = new Uint8Array(0)
  /** Of the portion that is being taken. */
  #left = 0

  constructor(chunks: Iterable<Uint8Array, undefined>) {
    this.#chunks = chunks[Symbol.iterator]()
  }

  /** The next bytes, which stay; fewer at the end. */
  peek(length: number): Uint8Array {
    while (this.#rest.length < length) {
      const rest = this.#rest.slice()
      const chunk = this.#chunks.next().value
      this.#rest = chunk === undefined ? rest : concat(rest, chunk)
      if (chunk === undefined) break
    }
    return this.#rest.subarray(0, length)
  }

  read(length: number): Uint8Array {
    const bytes = this.peek(length).slice()
    this.#rest = this.#rest.subarray(bytes.length)
    return bytes
  }

  *take(length: number): Generator<Uint8Array, undefined> {
    this.#left = length
    for (let part = this.#next(); part !== undefined; part = this.#next()) yield part
  }

  /** Leaves out what is left of the portion. @returns False if it ends too early. */
  passOver(): boolean {
    for (let part = this.#next(); part !== undefined; part = this.#next());
    return this.#left === 0
  }

  #next(): Uint8Array | undefined {
    if (this.#left === 0) return undefined
    const chunk = this.#rest.length > 0 ? this.#rest : this.#chunks.next().value
    if (chunk === undefined) return undefined
    const part = chunk.subarray(0, this.#left)
    this.#rest = chunk.subarray(part.length)
    this.#left -= part.length
    return part
  }
}
