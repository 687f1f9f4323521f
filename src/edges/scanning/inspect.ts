// Looks into one file: as text, or member by member where it is a container.
import { concat, errorCode } from '#base'
import { redact, wideOf } from '#redaction'
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { Budget, type Member } from './container.ts'
import { chunksOf, fileContent, memoryContent, readFully, type Content } from './content.ts'
import { narrowed } from './encoding.ts'
import type { FoundSecret, Gap, GapReason, Report } from './finding.ts'
import { headLength, kindOf, type Kind } from './kinds.ts'
import { Seen } from './seen.ts'
import type { Settings } from './settings.ts'
import { scanWhole, TextScan, type Whole } from './text.ts'

/** Containers within containers that are opened. */
const mostDepth = 1
const wholeSize = 1 << 22

/** A file to look into. */
export interface FileTarget {
  /** To open. */
  readonly path: string
  /** To show. */
  readonly shown: string
  /** Somebody named this very path: a link is followed. */
  readonly isNamed: boolean
}

/** Bytes that come, and how many. */
interface Sized {
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Looks into one file after the other; each worker has one. */
export class Inspector {
  readonly #settings: Settings
  /** For files that fit, over and over. */
  readonly #buffer = new Uint8Array(wholeSize)
  readonly #onBytes: (count: number) => void

  /** @param onBytes Told how many bytes were looked at, again and again. */
  constructor(settings: Settings, onBytes: (count: number) => void = () => {}) {
    this.#settings = settings
    this.#onBytes = onBytes
  }

  /** Looks into a file. Throws nothing: what fails is a gap. */
  async file({ path, shown, isNamed }: FileTarget): Promise<Report> {
    let fd = -1
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | (isNamed ? 0 : constants.O_NOFOLLOW))
      const stat = fstatSync(fd)
      if (!stat.isFile()) return { findings: [], gaps: [], bytes: 0 }
      return await this.#opened(fd, stat.size, { path, shown })
    } catch (thrown) {
      // Gone since it was listed, or a link by now: nothing is there to look into.
      const isGone = errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ELOOP'
      const gaps: Gap[] = isGone && !isNamed ? [] : [{ path: shown, reason: reasonOf(thrown) }]
      return { findings: [], gaps, bytes: 0 }
    } finally {
      if (fd >= 0) closeSync(fd)
    }
  }

  /** Looks into a version of a file; what is too large to hold is read as text that flows by. */
  async version({ size, chunks }: Sized, shown: string): Promise<Report> {
    const { held } = this.#settings.limits
    if (size <= held) return this.#content(memoryContent(await gathered(chunks, size)), shown)
    const scan = new TextScan({ settings: this.#settings, path: shown })
    let head: Uint8Array | null = null
    let goesOn = true
    for await (const chunk of chunks) {
      this.#onBytes(chunk.length)
      head ??= chunk.slice(0, headLength)
      goesOn &&= scan.push(chunk)
    }
    const isContainer = (await kindOf(head ?? new Uint8Array(0), shown))?.isText === false
    const gaps: Gap[] = [
      ...(isContainer ? [{ path: shown, reason: 'too-large' } as const] : []),
      ...(goesOn ? [] : [{ path: shown, reason: 'too-many-findings' } as const]),
    ]
    return { findings: scan.finish(), gaps, bytes: size }
  }

  #opened(fd: number, size: number, { path, shown }: { path: string; shown: string }): Promise<Report> {
    // What has no size may have content all the same, below /proc. What grows meanwhile is read as it was.
    const room = size === 0 ? this.#buffer : this.#buffer.subarray(0, size)
    const length = size < wholeSize ? readFully(fd, room, 0) : wholeSize
    if (length < wholeSize) {
      const content = { ...memoryContent(this.#buffer.subarray(0, length)), path }
      return this.#content(content, shown)
    }
    return this.#content(fileContent(fd, Math.max(size, fstatSync(fd).size), path), shown)
  }

  async #content(content: Content, path: string): Promise<Report> {
    const file = new FileInspection(path, content.size, { settings: this.#settings, onBytes: this.#onBytes })
    await file.inspect(content)
    const { findings, gaps } = file
    return { findings: findings.toSorted(byPlace), gaps, bytes: content.size }
  }
}

/** One file of the tree with all that lies in it. */
class FileInspection {
  readonly findings: FoundSecret[] = []
  readonly gaps: Gap[] = []
  readonly #settings: Settings
  readonly #path: string
  readonly #budget: Budget
  readonly #noted = new Set<string>()
  #isFull = false

  readonly #onBytes: (count: number) => void

  constructor(
    path: string,
    size: number,
    { settings, onBytes }: { settings: Settings; onBytes: (count: number) => void },
  ) {
    this.#settings = settings
    this.#onBytes = onBytes
    this.#path = path
    this.#budget = new Budget(settings.limits, size)
  }

  async inspect(content: Content): Promise<void> {
    const kind = await kindOf(content.read(0, headLength), this.#path)
    if (kind === null) this.#text(content, {})
    else await this.#container(content, kind, { name: '', depth: 0 })
    if (this.#budget.spent !== null) this.#note(this.#budget.spent, '')
  }

  async #container(content: Content, kind: Kind, at: { name: string; depth: number }): Promise<void> {
    const seen = new Seen()
    let isSound = true
    const note = (reason: GapReason, member?: string): void => {
      isSound &&= member !== undefined || reason !== 'damaged'
      this.#note(reason, joined(at.name, member ?? ''))
    }
    for (const member of kind.open({ content, budget: this.#budget, note })) {
      await this.#member({ ...member, name: joined(at.name, member.name) }, at.depth + 1, seen)
      if (this.#isFull) return
    }
    // A damaged archive may still be somebody's notes.
    if (kind.isText || !isSound) this.#text(content, { name: at.name, known: seen })
  }

  async #member({ name, chunks }: Member, depth: number, seen: Seen): Promise<void> {
    const { head, all } = withHead(chunks)
    const kind = await kindOf(head, name)
    if (kind === null) return this.#chunks(all, { head, name, seen })
    const bytes = depth <= mostDepth ? collected(all, this.#budget.held) : null
    if (bytes !== null) return this.#container(memoryContent(bytes), kind, { name, depth })
    this.#note(depth <= mostDepth ? 'too-large' : 'too-deep', name)
    this.#chunks(all, { head, name, seen })
  }

  #text(content: Content, where: { name?: string; known?: Seen }): void {
    const head = content.read(0, headLength)
    if (content.size < wholeSize && !wideOf(head, true)) {
      this.#onBytes(content.size)
      this.#take(scanWhole(content.read(0, content.size), this.#whole(where)), where.name)
    } else this.#chunks(chunksOf(content), { head, ...where })
  }

  #chunks(
    chunks: Iterable<Uint8Array>,
    { head, ...where }: { head: Uint8Array; name?: string; known?: Seen; seen?: Seen },
  ): void {
    const encoding = wideOf(head, true)
    const scan = new TextScan(this.#whole(where))
    for (const chunk of encoding ? narrowed(chunks, encoding) : chunks) {
      this.#onBytes(chunk.length)
      if (!scan.push(chunk)) break
    }
    this.#take(scan.finish(), where.name)
  }

  #whole({ name = '', ...seen }: { name?: string; known?: Seen; seen?: Seen }): Whole {
    return { settings: this.#settings, path: joined(this.#path, name), ...seen }
  }

  #take(found: readonly FoundSecret[], name = ''): void {
    if (found.length === 0) return
    // A name may be a secret too: that of a row, say.
    const member = redact(name).text
    const place = { path: joined(this.#path, member), ...(member !== '' && { member }) }
    const room = this.#settings.limits.findings - this.findings.length
    for (const finding of found.slice(0, room)) this.findings.push({ ...finding, ...place })
    if (found.length <= room || this.#isFull) return
    this.#isFull = true
    this.#note('too-many-findings', '')
  }

  #note(reason: GapReason, name: string): void {
    const path = joined(this.#path, redact(name).text)
    const isKnown = this.#noted.has(`${reason} ${path}`) || this.gaps.length >= this.#settings.limits.findings
    if (!isKnown) this.gaps.push({ path, reason })
    this.#noted.add(`${reason} ${path}`)
  }
}

function joined(outer: string, inner: string): string {
  return outer === '' || inner === '' ? outer + inner : `${outer}!${inner}`
}

/** The first bytes, and then all of them. */
function withHead(chunks: Iterable<Uint8Array>): { head: Uint8Array; all: Iterable<Uint8Array> } {
  const iterator = chunks[Symbol.iterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < headLength) {
    const next = iterator.next()
    if (next.done === true) break
    first.push(next.value.length < headLength ? next.value.slice() : next.value)
    length += next.value.length
  }
  const rest: Iterable<Uint8Array> = { [Symbol.iterator]: () => iterator }
  return { head: concat(...first).subarray(0, headLength), all: chained(first, rest) }
}

function* chained(first: readonly Uint8Array[], rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield* first
  yield* rest
}

/** All bytes in one piece, or null if they are more than `most`. */
function collected(chunks: Iterable<Uint8Array>, most: number): Uint8Array | null {
  let bytes = new Uint8Array(1 << 16)
  let length = 0
  for (const chunk of chunks) {
    if (length + chunk.length > most) return null
    if (length + chunk.length > bytes.length) {
      const larger = new Uint8Array(2 * (length + chunk.length))
      larger.set(bytes)
      bytes = larger
    }
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.subarray(0, length)
}

async function gathered(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let length = 0
  for await (const chunk of chunks) {
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.subarray(0, length)
}

function byPlace(a: FoundSecret, b: FoundSecret): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return a.line - b.line || a.column - b.column
}

function reasonOf(thrown: unknown): GapReason {
  return errorCode(thrown) === undefined ? 'failed' : 'unreadable'
}
