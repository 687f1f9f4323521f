// Reads ranges of lines, with the text around them: never more than its limits, whatever size the file claims to have.
import { Fault } from '#base'
import { advance, type Cursor, farthest, firstLine, seek } from './cursor.ts'
import { sniff, type Sniffed, type TextEncoding } from './encoding.ts'
import { readAt, steadily } from './steady.ts'
import { type LineRange, type Place, readWindow, type TextWindow } from './window.ts'

/** How much is read and given at most. */
export interface ReadLimits {
  /** Bytes to look through for the asked lines. */
  readonly scan: number
  /** Bytes of all asked lines together. */
  readonly release: number
  /** Bytes to read before and after each range. */
  readonly context: number
}

/** Limits, and what ends the work before. */
export interface ReadOptions extends Partial<ReadLimits> {
  /** Ends the work when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

const usualLimits: ReadLimits = { scan: farthest, release: 256 * 2 ** 10, context: 64 * 2 ** 10 }

/** Lines that were read, and where they lie in the file. */
export interface Reading {
  readonly encoding: TextEncoding
  /** In order, apart from each other: ranges that touch or overlap are made one. */
  readonly windows: readonly TextWindow[]
  /** Null where the file was not read to its end. */
  readonly totalLines: number | null
}

/**
 * Reads lines, which end with a line feed or with the file; what lies before a line feed, such as a carriage return,
 * belongs to its line. UTF-8, and UTF-16 with a byte order mark.
 * @param lines Null for the whole file. Attacker-controlled.
 * @throws Fault `lines-invalid` for a range that is none or begins after the last line; `file-too-large`, saying how
 *   many lines to ask for; `file-not-text`; `file-changed`; `path-unreadable`; what `signal` was aborted with.
 */
export function readLines(
  fd: number,
  lines: readonly LineRange[] | null,
  { signal, ...limits }: ReadOptions = {},
): Promise<Reading> {
  const ranges = lines === null ? null : inOrder(lines)
  return steadily(fd, () => new LineReader(fd, { ...usualLimits, ...limits }).read(ranges, signal))
}

function inOrder(lines: readonly LineRange[]): LineRange[] {
  const merged: LineRange[] = []
  for (const [from, to] of lines.toSorted(([a], [b]) => a - b)) {
    if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && 1 <= from && from <= to)) {
      throw new Fault('lines-invalid', 'a range of lines is none')
    }
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1] + 1)
      merged[merged.length - 1] = [last[0], Math.max(last[1], to)]
    else merged.push([from, to])
  }
  if (merged.length === 0) throw new Fault('lines-invalid', 'no range of lines was given')
  return merged
}

/** One pass through one file. */
class LineReader {
  readonly #fd: number
  readonly #limits: ReadLimits
  readonly #sniffed: Sniffed
  #at: Cursor
  /** Bytes that may still be released. */
  #left: number

  constructor(fd: number, limits: ReadLimits) {
    this.#fd = fd
    this.#limits = limits
    this.#sniffed = sniff(readAt(fd, 0, 3))
    this.#at = firstLine(this.#sniffed)
    this.#left = limits.release
  }

  async read(ranges: readonly LineRange[] | null, signal?: AbortSignal): Promise<Reading> {
    const places = ranges === null ? [this.#take(Infinity)] : []
    for (const range of ranges ?? []) places.push(...(await this.#find(range, signal)))
    if (places.length === 0) throw new Fault('lines-invalid', `the file has ${this.#at.line - 1} lines`)
    const windows = places.map((place) => readWindow(this.#fd, this.#sniffed, place, this.#limits.context))
    return { encoding: this.#sniffed.encoding, windows, totalLines: this.#totalLines() }
  }

  /** Nothing where the file ends before the range begins. */
  async #find([from, to]: LineRange, signal?: AbortSignal): Promise<Place[]> {
    const bytes = this.#limits.scan - this.#at.offset
    this.#at = await seek(this.#fd, this.#at, { line: from, bytes, signal }, this.#sniffed.encoding)
    if (this.#at.isEnd) return []
    if (this.#at.line < from) {
      throw new Fault('file-too-large', `line ${from} lies beyond the first ${this.#limits.scan} bytes`)
    }
    const place = this.#take(to + 1)
    return place.end.offset > place.start.offset ? [place] : []
  }

  /** From here to the beginning of the line `until`. */
  #take(until: number): Place {
    const start = this.#at
    const end = this.#advance(start, { line: until, bytes: this.#left + 1 })
    const isWhole = end.isEnd || end.line === until
    if (!isWhole || end.offset - start.offset > this.#left) throw this.#tooLarge(start)
    this.#left -= end.offset - start.offset
    this.#at = end
    return { start, end }
  }

  #tooLarge(start: Cursor): Fault {
    const fits = this.#advance(start, { line: Infinity, bytes: this.#left }).line - start.line
    const { release } = this.#limits
    return fits > 0
      ? new Fault(
          'file-too-large',
          `that is more than ${release} bytes; ask for lines ${start.line} to ${start.line + fits - 1}`,
        )
      : new Fault(
          'file-too-large',
          `line ${start.line} does not fit into ${release} bytes with what comes before`,
        )
  }

  /** Known if the end was met, or lies so near that reading the context meets it. */
  #totalLines(): number | null {
    const end = this.#at.isEnd
      ? this.#at
      : this.#advance(this.#at, { line: Infinity, bytes: this.#limits.context })
    return end.isEnd ? end.line - 1 : null
  }

  #advance(from: Cursor, search: { readonly line: number; readonly bytes: number }): Cursor {
    return advance(this.#fd, from, search, this.#sniffed.encoding)
  }
}
