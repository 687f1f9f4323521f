// Finds secrets within text that is broken into lines of one length, as base64 and hexadecimal dumps are: the line end may
// fall anywhere into them.
import { utf8 } from '#base'
import type { Found, Occurrence, Secrets } from './secrets.ts'

/** `xxd -p` writes 60 characters, PEM 64, MIME 76. */
const shortestLine = 60
/** Each line has so many in a row that begin at a multiple of the stride. */
const sample = 20
const stride = 40
const longRun = 256
/** What is looked back at, to see how long a line is. */
const lookBack = 128
/** Longer than any form of a secret. */
const longestForm = 4096
const longestIndent = 16
const [tab, lineFeed, carriageReturn, space, backslash] = [0x09, 0x0a, 0x0d, 0x20, 0x5c]
const [letterN, letterR] = [0x6e, 0x72]
/** With which a line end may begin. */
const breakBytes = [lineFeed, carriageReturn, backslash]

const isDigit = new Uint8Array(256)
for (const byte of utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_='))
  isDigit[byte] = 1

interface Line {
  readonly start: number
  readonly end: number
}

/** Lines that belong together; one that is open may go on when more has come. */
interface Block {
  readonly lines: readonly Line[]
  readonly isOpen: boolean
}

/** Asks a table about text as it reads without its line ends. */
export class Wrapped implements Secrets {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  find(bytes: Uint8Array, from: number, isFinal: boolean): Found {
    const found: Occurrence[] = []
    let until = Infinity
    const breaks = new Breaks(bytes)
    const least = Math.max(0, from - lookBack)
    for (let at = least; at + sample <= bytes.length; at += stride) {
      if (!isSampled(bytes, at)) continue
      const lineEnd = breaks.nextIn(at)
      at = Math.max(at, lineEnd - stride)
      const block = blockAt(bytes, lineEnd, least)
      if (block === null) continue
      at = block.lines.at(-1)!.end
      // A line alone is nothing new, unless it has ended and the next may still come.
      if (block.lines.length === 1 && (isFinal || !block.isOpen || at === bytes.length)) continue
      const told = this.#ask(bytes, block.lines, block.isOpen && !isFinal)
      for (const one of told.found) if (one.start >= from) found.push(one)
      until = Math.min(until, told.until)
    }
    return { found, until: Math.max(from, until) }
  }

  #ask(bytes: Uint8Array, lines: readonly Line[], isOpen: boolean): Found {
    const joined = Buffer.concat(lines.map(({ start, end }) => bytes.subarray(start, end)))
    const { found, until } = this.#secrets.find(joined, 0, !isOpen)
    const places = new Places(lines)
    const inText = found.map(({ start, end, name }) => ({
      start: places.of(start),
      end: places.of(end - 1) + 1,
      name,
    }))
    return {
      found: inText,
      until: until < joined.length ? places.of(until) : isOpen ? lines.at(-1)!.end : Infinity,
    }
  }
}

/** Where what stands in joined lines stands in the text. */
class Places {
  readonly #lines: readonly Line[]
  /** How many bytes the lines before each have. */
  readonly #before: readonly number[]

  constructor(lines: readonly Line[]) {
    this.#lines = lines
    let sum = 0
    this.#before = lines.map(({ start, end }) => (sum += end - start) - (end - start))
  }

  of(at: number): number {
    const line = this.#before.findLastIndex((before) => before <= at)
    return this.#lines[line]!.start + at - this.#before[line]!
  }
}

/** Where the next line end may begin. */
class Breaks {
  readonly #bytes: Buffer
  readonly #nexts = breakBytes.map(() => -1)

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /**
   * The first place, in or behind the run that holds a sample, where a line may end. Samples come in order.
   * Most runs end soon; of a long one the next byte is looked for that may end a line.
   */
  nextIn(sampleAt: number): number {
    const end = endOf(this.#bytes, sampleAt + sample, sampleAt + longRun)
    return end < sampleAt + longRun ? end : this.#next(end)
  }

  #next(from: number): number {
    breakBytes.forEach((byte, index) => {
      if (this.#nexts[index]! >= from) return
      const found = this.#bytes.indexOf(byte, from)
      this.#nexts[index] = found === -1 ? this.#bytes.length : found
    })
    return Math.min(...this.#nexts)
  }
}

/** The lines from that one on which ends there; null if it is too short. */
function blockAt(bytes: Uint8Array, lineEnd: number, least: number): Block | null {
  if (lineEnd - shortestLine < least || !isRun(bytes, lineEnd - shortestLine, lineEnd)) return null
  return blockFrom(bytes, {
    start: startOf(bytes, lineEnd, Math.max(least, lineEnd - longestForm)),
    end: lineEnd,
  })
}

/** A line and those that follow; each but the last is long enough. */
function blockFrom(bytes: Uint8Array, first: Line): Block {
  const lines = [first]
  for (let { start, end } = first; ;) {
    if (end === bytes.length) return { lines, isOpen: true }
    const next = end - start < shortestLine ? end : nextLine(bytes, end)
    if (next >= bytes.length) return { lines, isOpen: true }
    if (next === end || isDigit[bytes[next]!] === 0) return { lines, isOpen: false }
    start = next
    end = endOf(bytes, start)
    lines.push({ start, end })
  }
}

/** Where the line behind a line's end begins, its indent left out; `end` if the line does not end there. */
function nextLine(bytes: Uint8Array, end: number): number {
  let next = end + lineEndLength(bytes, end)
  const most = next === end ? end : next + longestIndent
  while (next < most && (bytes[next] === space || bytes[next] === tab)) next++
  return next
}

/** Of a line end as it is or as JSON spells it; of what the text ends within, as if it were one. */
function lineEndLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] === lineFeed) return 1
  if (bytes[at] === carriageReturn) return isLikely(bytes, at + 1, lineFeed) ? 2 : 0
  if (bytes[at] !== backslash) return 0
  if (isLikely(bytes, at + 1, letterN)) return 2
  const isBoth =
    bytes[at + 1] === letterR && isLikely(bytes, at + 2, backslash) && isLikely(bytes, at + 3, letterN)
  return isBoth ? 4 : 0
}

/** That byte stands there, or what will is not known yet. */
function isLikely(bytes: Uint8Array, at: number, byte: number): boolean {
  return at >= bytes.length || bytes[at] === byte
}

/** Whether a sample is all digits. One branch at first, which nearly always goes the same way. */
function isSampled(bytes: Uint8Array, at: number): boolean {
  const some =
    isDigit[bytes[at]!]! & isDigit[bytes[at + 5]!]! & isDigit[bytes[at + 10]!]! & isDigit[bytes[at + 15]!]!
  return some === 1 && isRun(bytes, at, at + sample)
}

/** Looks at the end first, where other text shows as soon as anywhere. */
function isRun(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end
  while (at > start && isDigit[bytes[at - 1]!] === 1) at--
  return at === start
}

function startOf(bytes: Uint8Array, at: number, least: number): number {
  let start = at
  while (start > least && isDigit[bytes[start - 1]!] === 1) start--
  return start
}

function endOf(bytes: Uint8Array, at: number, most = bytes.length): number {
  let end = at
  const last = Math.min(most, bytes.length)
  while (end < last && isDigit[bytes[end]!] === 1) end++
  return end
}
