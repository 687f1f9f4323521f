// Finds where lines begin, by counting line feeds in the bytes that are there.
import { notText, type Sniffed, type TextEncoding } from './encoding.ts'
import { pause, readInto } from './steady.ts'

/** The beginning of a line in the bytes of a file, or the end of the file. */
export interface Cursor {
  /** Number of the line that begins here; at the end of the file, the last line's number and one. */
  readonly line: number
  readonly offset: number
  readonly isEnd: boolean
}

export interface Search {
  /** Line to stop at. */
  readonly line: number
  /** Bytes to look at before giving up. */
  readonly bytes: number
  /** Ends a long way when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/** Bytes of a file in which lines are looked for. */
export const farthest = 4 * 2 ** 30

/** Shared by all calls: a search never waits, so no two run at once. */
const chunk = Buffer.allocUnsafe(256 * 1024)

export function firstLine({ mark }: Sniffed): Cursor {
  return { line: 1, offset: mark, isEnd: false }
}

/**
 * Goes on to the beginning of a later line, or to the end of the file if that comes first. Where `bytes` are used up
 * before either, the result is the last line that began until there, and its `line` is less than the wanted one.
 * @throws Fault `file-not-text` on NUL; `path-unreadable`
 */
export function advance(
  fd: number,
  from: Cursor,
  { line: wanted, bytes }: Search,
  encoding: TextEncoding,
): Cursor {
  let { line, offset } = from
  let seen = 0
  while (line < wanted && seen < bytes) {
    const held = chunk.subarray(0, Math.min(chunk.length, bytes - seen))
    const count = readInto(fd, held, from.offset + seen)
    const feeds = new LineFeeds(held.subarray(0, count), encoding)
    while (line < wanted && feeds.next()) {
      line++
      offset = from.offset + seen + feeds.after
    }
    seen += count
    if (line < wanted && count < held.length) return endOfFile({ line, offset }, from.offset + seen)
  }
  return { line, offset, isEnd: false }
}

/** Bytes to look at before other work goes on. */
const stride = 16 * 2 ** 20

/** As `advance`, for long ways. @throws Also what `signal` was aborted with. */
export async function seek(
  fd: number,
  from: Cursor,
  { line, bytes, signal }: Search,
  encoding: TextEncoding,
): Promise<Cursor> {
  const end = from.offset + bytes
  let at = from
  for (let stretch = stride; ;) {
    const left = end - at.offset
    const next = advance(fd, at, { line, bytes: Math.min(stretch, left) }, encoding)
    if (next.isEnd || next.line === line || stretch >= left) return next
    // A line longer than the stretch is looked at again, from its beginning.
    stretch = next.offset > at.offset ? stride : 2 * stretch
    at = next
    await pause(signal)
  }
}

/** What follows the last line feed is a line of its own, unless it is nothing. */
function endOfFile(last: { readonly line: number; readonly offset: number }, end: number): Cursor {
  return { line: end > last.offset ? last.line + 1 : last.line, offset: end, isEnd: true }
}

/** The line feeds in some bytes, which begin with a whole code unit. */
class LineFeeds {
  /** Offset after the line feed that was found last. */
  after = 0
  readonly #bytes: Uint8Array
  readonly #encoding: TextEncoding

  constructor(bytes: Uint8Array, encoding: TextEncoding) {
    this.#bytes = bytes
    this.#encoding = encoding
  }

  /** Finds the next one. @throws Fault `file-not-text` on a NUL before it. */
  next(): boolean {
    const bytes = this.#bytes
    const width = this.#encoding === 'utf-8' ? 1 : 2
    for (let at = this.after; at + width <= bytes.length; at += width) {
      const unit = this.#encoding === 'utf-8' ? bytes[at] : this.#wideUnit(at)
      if (unit === 0) throw notText()
      if (unit === 0x0a) {
        this.after = at + width
        return true
      }
    }
    this.after = bytes.length
    return false
  }

  #wideUnit(at: number): number {
    const [low = 0, high = 0] =
      this.#encoding === 'utf-16le'
        ? [this.#bytes[at], this.#bytes[at + 1]]
        : [this.#bytes[at + 1], this.#bytes[at]]
    return low | (high << 8)
  }
}
