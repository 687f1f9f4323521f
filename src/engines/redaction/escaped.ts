// Finds what stands behind escape sequences: reads each stretch of text that holds some as it would read without them,
// has that scanned, and masks the sequences whole.
import { cutEscape, escapeAt, isMark, longestEscape } from './escapes.ts'
import type { Found } from './finding.ts'
import type { Redaction } from './merger.ts'
import { once } from './once.ts'
import type { Sweep } from './sweep.ts'
import { lookBehind, type Text } from './text.ts'
import { stops, Unescaped } from './unescaped.ts'

/** What is shorter without its sequences holds no secret. */
const shortest = 8
/** So much of a stretch is read in one go. */
const stepBytes = 16_384

/** What is settled after a step; see `Engine`. */
export interface Settled {
  readonly redactions: readonly Redaction[]
  /** Bytes before it that no redaction takes stay as they are. */
  readonly plainUntil: number
  /** The scan does not look at bytes that lie further than `lookBehind` before it. */
  readonly frontier: number
}

/** What is masked, without its place. */
type Label = Omit<Found, 'start' | 'end'>

/** Scans text that grows; keeps the contract of `Engine`. */
interface Scanner {
  advance(text: Text): Settled
  shift(by: number): void
}

/** What scans a stretch. */
export interface Inner {
  /** True if nothing can be in a text that is whole; false says nothing. */
  isClear(bytes: Uint8Array): boolean
  begin(): Scanner
}

/** Walks over the stretches of a text that grows. */
export class EscapedFinder {
  readonly #inner: Inner
  /** Of one stretch after the other; most texts have none. */
  readonly #view = once(() => new Unescaped())
  #next = 0
  /** The one that goes on at `#next`. */
  #stretch: Stretch | null = null

  constructor(inner: Inner) {
    this.#inner = inner
  }

  /** What comes before it was told. */
  get next(): number {
    return this.#next
  }

  /** What was not told yet, and the position before which nothing will start any more. */
  find(text: Text, sweep: Sweep): { found: readonly Found[]; until: number } {
    const found: Found[] = []
    this.#goOn(text, found)
    this.#findStretches(text, sweep, found)
    if (text.isFinal) return { found, until: Infinity }
    if (this.#stretch !== null) return { found, until: this.#stretch.until }
    this.#next = Math.min(this.#next, openEscape(text))
    return { found, until: this.#next }
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#next -= by
    this.#stretch?.shift(by)
  }

  #findStretches(text: Text, sweep: Sweep, out: Found[]): void {
    while (this.#stretch === null && this.#next < text.end) {
      const at = sweep.nextEscape(this.#next)
      this.#next = Math.max(this.#next, at)
      if (at >= text.end) return
      const view = this.#view()
      view.restart(stretchStart(text, at))
      this.#stretch = new Stretch(this.#inner, view, at)
      this.#goOn(text, out)
    }
  }

  #goOn(text: Text, out: Found[]): void {
    if (this.#stretch === null) return
    this.#stretch.advance(text, out)
    this.#next = this.#stretch.next
    if (this.#stretch.isEnded) this.#stretch = null
  }
}

/** What stands before its first sequence is read, too: a token may have begun there, or the name of a value stand. */
function stretchStart({ bytes }: Text, first: number): number {
  const least = Math.max(0, first - lookBehind)
  let start = first
  while (start > least && stops[bytes[start - 1]!] === 0) start--
  return start
}

/** Where a sequence may begin that the text's end cuts off, or the end. */
function openEscape({ bytes, end }: Text): number {
  for (let at = Math.max(0, end - longestEscape); at < end; at++) {
    if (isMark(bytes, at) && escapeAt(bytes, at, end) === cutEscape) return at
  }
  return end
}

/** Text that holds escape sequences, up to where its line or string ends. */
class Stretch {
  readonly #inner: Inner
  readonly #view: Unescaped
  #scanner: Scanner | null = null
  /** What is still to come starts here or later. */
  until: number
  isEnded = false

  /** @param first Where its first sequence begins: what stands before is only looked at. */
  constructor(inner: Inner, view: Unescaped, first: number) {
    this.#inner = inner
    this.#view = view
    this.until = first
  }

  /** Where it goes on. */
  get next(): number {
    return this.#view.next
  }

  /** Reads on as far as the text goes, and tells what is settled. */
  advance(text: Text, out: Found[]): void {
    for (let isOpen = true; isOpen;) {
      const to = Math.min(text.end, this.next + stepBytes)
      const goesOn = this.#view.read(text, to)
      isOpen = goesOn && this.next >= to && to < text.end
      this.isEnded = !goesOn || (text.isFinal && !isOpen)
      this.#scan(out)
    }
  }

  shift(by: number): void {
    this.#view.shift(by)
    this.until -= by
  }

  #scan(out: Found[]): void {
    const { text } = this.#view
    text.isFinal = this.isEnded
    if (this.#scanner === null && this.#isClear()) return
    this.#scanner ??= this.#inner.begin()
    const { redactions, plainUntil, frontier } = this.#scanner.advance(text)
    let settled = Math.min(plainUntil, text.end)
    for (const redaction of redactions) {
      this.#take(redaction, out)
      settled = Math.max(settled, redaction.end)
    }
    this.until = Math.max(this.until, this.#view.placeOf(settled))
    this.#scanner.shift(this.#view.dropBefore(Math.min(settled, frontier)))
  }

  #isClear(): boolean {
    const { bytes, end } = this.#view.text
    return this.isEnded && (end < shortest || this.#inner.isClear(bytes.subarray(0, end)))
  }

  #take({ start, end, label }: Redaction, out: Found[]): void {
    const [from, to] = [this.#view.placeOf(Math.max(0, start)), this.#view.placeOf(end)]
    if (to <= this.until) return
    out.push({
      ...labelOf(label, this.#view.text.bytes),
      start: Math.max(from, this.until),
      end: to,
      ...(from < this.until && { joins: true }),
    })
    this.until = to
  }
}

/** A placeholder needs no quotes here: it stands within a string. */
function labelOf({ detector, confidence, name, byPlace, core, value }: Found, bytes: Uint8Array): Label {
  const secret = value ?? (core === undefined ? undefined : bytes.slice(...core))
  return {
    detector,
    confidence,
    ...(name !== undefined && { name }),
    ...(byPlace === true && { byPlace }),
    ...(secret !== undefined && { value: secret }),
  }
}
