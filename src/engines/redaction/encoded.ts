// Finds what stands in base64 or hexadecimal: decodes each run that holds text, has the text scanned, and masks the run
// if something is found in it.
import { utf8 } from '#base'
import { byteClass } from './classes.ts'
import { costOfDecoded, type Effort } from './effort.ts'
import type { Inner } from './escaped.ts'
import { hexDigits } from './escapes.ts'
import { compareConfidence, type Found } from './finding.ts'
import type { Sweep } from './sweep.ts'
import { Text } from './text.ts'

/** Base64 in both alphabets, and with it all of hexadecimal. */
export const runClass = byteClass('A-Za-z0-9+/_-')
const padding = byteClass('=')
const mostPadding = 2
/** A run begins with as many bytes that are text when decoded. */
const leastText = 12
/** Shorter runs hold no secret. */
const shortestRun = 24
/** So much of a run is decoded; a longer one is masked to its end if something is found in that. */
const longestRun = 8192

/** Value of each byte in base64, 255 for one that is none. */
export const sixes = new Uint8Array(256).fill(255)
for (const [value, byte] of utf8(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries())
  sixes[byte] = value
sixes[0x2d] = 62
sixes[0x5f] = 63

/** Text as logs and configurations hold it, tabs and line ends among it. */
const textual = byteClass(' -~\t\r\n')

/** What a run is masked as. */
type Label = Omit<Found, 'start' | 'end'>

/** Of what goes unread. */
const unread: Label = { detector: 'unchecked', confidence: 'likely' }

/** What decodes a run, a few characters a step. */
interface Coding {
  /** Characters of a step, and the bytes that they give. */
  readonly chars: number
  readonly bytes: number
  /** Fills `into` as far as the run goes, and tells how many bytes it gave. */
  decode(bytes: Uint8Array, [start, end]: Span, into: Uint8Array): number
}

type Span = readonly [start: number, end: number]

const base64: Coding = { chars: 4, bytes: 3, decode: fromBase64 }
const hexadecimal: Coding = { chars: 2, bytes: 1, decode: fromHex }
const codings = [base64, hexadecimal]
/** What a run begins with, decoded. */
const beginning = new Uint8Array(leastText)
/** For a whole one. */
const room = new Uint8Array(longestRun)

/** Walks over the runs of a text that grows. */
export class EncodedFinder {
  readonly #inner: Inner
  readonly #effort: Effort | null
  #next = 0
  /** What the run that goes on at `#next` is masked as. */
  #rest: Label | null = null

  /**
   * @param inner Scans what was decoded.
   * @param effort Is spent on that. Null if there is no end to it.
   */
  constructor(inner: Inner, effort: Effort | null) {
    this.#inner = inner
    this.#effort = effort
  }

  /** What comes before it was told. */
  get next(): number {
    return this.#next
  }

  /** What was not told yet, and the position before which nothing will start any more. */
  find(text: Text, sweep: Sweep): { found: readonly Found[]; until: number } {
    const found: Found[] = []
    this.#continue(text, found)
    for (let at = sweep.nextRun(this.#next); at < text.end; at = sweep.nextRun(this.#next)) {
      const end = this.#judge(text, at, found)
      if (end < 0) return { found, until: at }
      this.#next = Math.max(at + 1, end)
    }
    this.#next = Math.max(this.#next, text.end)
    if (text.isFinal) return { found, until: Infinity }
    this.#next = Math.min(this.#next, openRun(text))
    return { found, until: this.#next }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#next -= by
    this.#effort?.shift(by)
  }

  /** @returns One past the run that begins at `at`, or -1 if it takes more text to tell. */
  #judge(text: Text, at: number, out: Found[]): number {
    const runEnd = at + lengthOf(text, at)
    const isLong = runEnd - at >= longestRun
    const end = isLong ? runEnd : text.runEnd(runEnd, padding, mostPadding)
    if (!text.isFinal && !isLong && end >= text.end) return -1
    const best = runEnd - at < shortestRun ? null : this.#bestIn(text.bytes, at, runEnd)
    if (best !== null) out.push({ ...best, start: at, end })
    if (best === null || !isLong) return end
    this.#next = end
    this.#rest = best
    this.#continue(text, out)
    return this.#next
  }

  /** Goes on with a run that is masked and was longer than what was decoded of it. */
  #continue(text: Text, out: Found[]): void {
    if (this.#rest === null) return
    const start = this.#next
    const end = text.runEnd(start, runClass, text.end - start)
    if (end > start) out.push({ ...this.#rest, start, end, joins: true })
    this.#next = end
    if (end < text.end || text.isFinal) this.#rest = null
  }

  #bestIn(bytes: Uint8Array, start: number, end: number): Label | null {
    if (this.#effort?.isSpent(start) === true) return unread
    for (const coding of codings) {
      if (!beginsAsText(bytes, [start, end], coding)) continue
      const view = room.subarray(0, coding.decode(bytes, [start, end], room))
      if (this.#inner.isClear(view)) continue
      const decoded = view.slice()
      this.#effort?.spend(start, costOfDecoded(decoded.length))
      const { redactions } = this.#inner.begin().advance(new Text(decoded, true))
      const [best] = redactions.toSorted((a, b) => compareConfidence(b.label.confidence, a.label.confidence))
      if (best !== undefined) return encodedLabel(best.label, decoded)
    }
    return null
  }
}

function encodedLabel({ detector, confidence, core, value }: Found, decoded: Uint8Array): Label {
  const secret = value ?? (core === undefined ? undefined : decoded.slice(...core))
  return { detector, confidence, ...(secret !== undefined && { value: secret }) }
}

/** What the end of a text may turn out to be the beginning of: where that run begins, or the end. */
function openRun(text: Text): number {
  const start = text.runStart(text.end, runClass, 2 * leastText)
  if (text.end - start >= 2 * leastText || text.is(start - 1, runClass)) return text.end
  const isOpen = codings.some((coding) => beginsAsText(text.bytes, [start, text.end], coding))
  return isOpen ? start : text.end
}

function lengthOf(text: Text, at: number): number {
  return text.runEnd(at, runClass, longestRun) - at
}

/** Tells whether the first bytes of a run are text when decoded, as far as they are there. */
function beginsAsText(bytes: Uint8Array, [start, end]: Span, coding: Coding): boolean {
  const length = Math.min(end - start, (leastText / coding.bytes) * coding.chars)
  const wanted = Math.floor((length * coding.bytes) / coding.chars)
  if (coding.decode(bytes, [start, start + length], beginning) < wanted) return false
  for (let at = 0; at < wanted; at++) if (textual[beginning[at]!] === 0) return false
  return true
}

/** Tells whether a run of the prefilter begins at `at`: its first bytes are there, and are text in one of the codings. */
export function isRunStart(bytes: Uint8Array, at: number, end: number): boolean {
  if (at > 0 && runClass[bytes[at - 1]!] === 1) return false
  for (let next = at; next < at + 16; next++) if (next >= end || runClass[bytes[next]!] === 0) return false
  return codings.some((coding) => beginsAsText(bytes, [at, Math.min(end, at + 16)], coding))
}

/** Bytes of whole and of begun steps that are known to their last bit. @see RFC 4648, sections 4 and 5 */
function fromBase64(bytes: Uint8Array, [start, end]: Span, into: Uint8Array): number {
  let bits = 0
  let held = 0
  let to = 0
  for (let at = start; at < end; at++) {
    held = ((held << 6) | sixes[bytes[at]!]!) & 0xffffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    into[to++] = held >>> bits
  }
  return to
}

/** Pairs of digits; ends at the first that is none. */
function fromHex(bytes: Uint8Array, [start, end]: Span, into: Uint8Array): number {
  let to = 0
  for (let at = start; at + 1 < end; at += 2) {
    const [high, low] = [hexDigits[bytes[at]!]!, hexDigits[bytes[at + 1]!]!]
    if (high > 15 || low > 15) return to
    into[to++] = (high << 4) | low
  }
  return to
}
