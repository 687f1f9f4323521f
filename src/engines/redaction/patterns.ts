// Walks a text once, asks each anchor's scanner, and keeps the work in bounds whatever the text holds.
import { isContextual, type Anchor, type AnchorSet } from './anchors.ts'
import { verifyAssignment } from './assignment.ts'
import { verifyAuthorization, verifyBearer } from './authorization.ts'
import { unbroken } from './classes.ts'
import type { Structure } from './detector.ts'
import { costOf, Effort } from './effort.ts'
import { compareConfidence, type Confidence, type Found } from './finding.ts'
import { verifyJwt } from './jwt.ts'
import { withGlued, type Ask } from './glued.ts'
import { heldFrom, tailOf, type Tail } from './held.ts'
import { Mask } from './mask.ts'
import { mayOpen } from './opening.ts'
import { verifyPem } from './pem.ts'
import type { Sweep } from './sweep.ts'
import type { Text } from './text.ts'
import { verifyAws, verifyToken, type Verify } from './token.ts'
import { unreadRun, unreadStretch } from './unread.ts'
import { verifyUrl } from './url.ts'

const verifiers: Readonly<Record<Structure, Verify>> = {
  token: verifyToken,
  aws: verifyAws,
  jwt: verifyJwt,
  pem: verifyPem,
  authorization: verifyAuthorization,
  bearer: verifyBearer,
  url: verifyUrl,
  assignment: verifyAssignment,
}

/** Costly attempts that one run may cause. Then the rest of the run goes unread: decoys must not hide a secret. */
const mostAttempts = 16
/** How far behind its anchor an attempt may look without being counted, */
const cheap = 16
/** and how many bytes, before it or again. */
const cheapSteps = 96

/** Of a text that has ended. */
const everything: Tail = { cut: Infinity, held: Infinity }

/** Stretches that are known, all that start before `until`. */
interface Known {
  readonly found: readonly Found[]
  readonly until: number
}

/** Scans a text that grows. All positions are bytes of the text and move with `shift`. */
export class PatternScanner {
  readonly #anchors: AnchorSet
  readonly #sweep: Sweep
  readonly #threshold: Confidence
  readonly #mask = new Mask()
  #next = 0
  /** Ends of what is masked, from `#next` on, the nearest last. */
  #borders: number[] = []
  /** A value that is already found: contextual anchors in it say nothing new. */
  #covered: readonly [start: number, end: number] = [0, 0]
  /** In the run that holds `#seen`. */
  #attempts = 0
  /** Besides, at the position that is being asked. */
  #attemptsHere = 0
  readonly #effort = new Effort()
  /** Likewise. */
  #costHere = 0
  /** The last attempt took more than comes free. */
  #isCostly = false
  #seen = 0
  /** A finding that was cut at the longest span and goes on. */
  #rest: Found | null = null

  constructor(anchors: AnchorSet, sweep: Sweep, threshold: Confidence) {
    this.#anchors = anchors
    this.#sweep = sweep
    this.#threshold = threshold
  }

  /** What comes before it was looked at. */
  get next(): number {
    return this.#next
  }

  /**
   * Scans as far as the text and what is known of it allow.
   * @param known What is masked besides, each stretch told once.
   * @param out Receives the findings that count, not in order and perhaps overlapping.
   * @returns The position before which no finding will start any more.
   */
  scan(text: Text, { found, until }: Known, out: Found[]): number {
    this.#mask.addAll(found)
    this.#addBorders(found)
    const tail = text.isFinal ? everything : tailOf(text, this.#next, this.#anchors)
    const open = this.#walk(text, Math.min(tail.cut, until), out)
    if (text.isFinal) return Infinity
    this.#moveTo(text, Math.min(this.#next, until))
    return heldFrom(text, open, tail, this.#anchors)
  }

  /**
   * Goes on to `last`.
   * @returns The first place that could not be judged, or the text's end.
   */
  #walk(text: Text, last: number, out: Found[]): number {
    for (;;) {
      if (this.#rest !== null && !this.#continue(text, out)) return this.#next
      const at = Math.min(this.#sweep.nextPlace(this.#next), this.#nextBorder(), text.end)
      this.#next = Math.max(this.#next, Math.min(at, last))
      // With the last byte before the tail nothing can begin.
      if (at >= text.end - 1) return at < last ? text.end : at
      const next = at >= last ? -1 : this.#tryAt(text, at, out)
      if (next < 0) return this.#earliest(text, at)
      this.#next = next
    }
  }

  /** Where the first of the findings may start that are still to come, if it takes more text to judge the place `at`. */
  #earliest(text: Text, at: number): number {
    const stands = this.#anchors
      .of(text.bytes[at]!, text.bytes[at + 1]!)
      .filter(({ literal, detector }) => text.has(literal.subarray(0, text.end - at), at, detector.isFolded))
    if (!stands.every(({ detector }) => isContextual(detector))) return at
    const key = Math.min(...stands.map(({ literal }) => literal.length))
    return Math.min(at + key, this.#sweep.peek(at + 1), this.#nextBorderBehind(at))
  }

  #nextBorderBehind(at: number): number {
    return this.#borders.findLast((end) => end > at) ?? Infinity
  }

  /** A word begins behind what is masked, whatever the prefilter sees there. */
  #nextBorder(): number {
    while (this.#borders.length > 0 && this.#borders.at(-1)! < this.#next) this.#borders.pop()
    return this.#borders.at(-1) ?? Infinity
  }

  /** Many at once: one after the other they would cost the square of their number. */
  #addBorders(found: readonly Found[]): void {
    if (found.length > 0)
      this.#borders = [...this.#borders, ...found.map(({ end }) => end)].sort((a, b) => b - a)
  }

  #addBorder(end: number): void {
    let index = this.#borders.length
    while (index > 0 && this.#borders[index - 1]! < end) index--
    this.#borders.splice(index, 0, end)
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#mask.shift(by)
    this.#borders = this.#borders.map((end) => end - by)
    this.#next -= by
    this.#covered = [this.#covered[0] - by, this.#covered[1] - by]
    this.#seen -= by
    this.#effort.shift(by)
    if (this.#rest !== null) this.#rest = { ...this.#rest, end: this.#rest.end - by }
  }

  /** @returns The position to go on at, or -1 if it takes more text to tell. */
  #tryAt(text: Text, at: number, out: Found[]): number {
    this.#attemptsHere = 0
    this.#costHere = 0
    const next = this.#tryAnchors(text, at, out)
    // What will be asked again counts once.
    if (next < 0) return next
    this.#attempts += this.#attemptsHere
    if (this.#costHere > 0) this.#effort.spend(at, this.#costHere)
    return next
  }

  #tryAnchors(text: Text, at: number, out: Found[]): number {
    const { bytes } = text
    const third = at + 2 < text.end ? bytes[at + 2]! : -1
    for (const anchor of this.#anchors.at(bytes[at]!, bytes[at + 1]!, third)) {
      text.isShort = false
      if (!text.has(anchor.literal, at, anchor.detector.isFolded)) {
        if (text.isShort) return -1
        continue
      }
      const found = this.#ask(text, at, anchor)
      if (text.isShort) return -1
      if (found.length === 0) continue
      this.#takeAll(found, anchor, out)
      if (found.every((one) => !this.#hides(one))) continue
      return this.#after(at, anchor, found)
    }
    return at + 1
  }

  #ask(text: Text, at: number, anchor: Anchor): readonly Found[] {
    if (this.#isCovered(at, anchor)) return []
    this.#moveTo(text, at)
    const near = at + anchor.literal.length + cheap
    const unread = this.#unread(at, anchor)
    const opens = mayOpen(text, at, anchor)
    // At the end of a line the scanner often knows what the cheap look does not. So near, its look costs nothing.
    const isInDoubt = text.isShort
    if (isInDoubt ? unread !== null || text.end > near : !opens) return []
    text.isShort = false
    if (unread !== null) return unread(text, at, anchor)
    const found = this.#verify(text, at, anchor)
    // Whether a costly one is asked at all, only more text can tell.
    if (isInDoubt && this.#isCostly) text.isShort = true
    const [first, ...others] = found
    if (first === undefined || text.isShort || isContextual(anchor.detector)) return found
    return [...withGlued(text, first, this.#anchors, this.#askWithin(text)), ...others]
  }

  #askWithin(text: Text): Ask {
    return (at, anchor) => {
      if (text.isShort) return []
      if (this.#unread(at, anchor) !== null) return unreadRun(text, at, anchor)
      // What must stand before is within the token, and there is more of it than a format allows.
      const found = this.#verify(text, at, { ...anchor, before: null })
      return isContextual(anchor.detector) ? found.map((one) => ({ ...one, byPlace: true })) : found
    }
  }

  #verify(text: Text, at: number, anchor: Anchor): readonly Found[] {
    const near = at + anchor.literal.length + cheap
    text.reach = near
    const { steps, judged } = text
    const found = verifiers[anchor.detector.structure ?? 'token'](text, at, anchor)
    // Those not in vain count, too: in a second scan they are.
    if (text.reach > near) this.#attemptsHere++
    this.#isCostly = text.steps - steps > cheapSteps
    const counts = this.#isCostly || text.reach > near || text.judged > judged || found.length > 0
    if (counts) this.#costHere += costOf(text.steps - steps, found.length)
    return found
  }

  #isCovered(at: number, { detector }: Anchor): boolean {
    return isContextual(detector) && at >= this.#covered[0] && at < this.#covered[1]
  }

  /** How to mask instead of asking, or null while there are means to ask. */
  #unread(at: number, { detector }: Anchor): typeof unreadRun | null {
    const isSpent = this.#attempts + this.#attemptsHere >= mostAttempts
    if (isSpent) return isContextual(detector) ? unreadStretch : unreadRun
    // What spans many lines cannot be masked by its first one; and with what is certain alone there is little to ask.
    if (detector.structure === 'pem' || this.#threshold === 'certain') return null
    return this.#effort.isSpent(at) ? unreadStretch : null
  }

  /** What is not masked must not keep from being found what it holds; but a run is not read again and again. */
  #hides(found: Found): boolean {
    return found.detector === 'unchecked' || (found.confidence !== 'hint' && this.#counts(found))
  }

  #counts({ confidence }: Found): boolean {
    return compareConfidence(confidence, this.#threshold) >= 0
  }

  #takeAll(found: readonly Found[], { detector }: Anchor, out: Found[]): void {
    const isByPlace = isContextual(detector)
    if (found[0]!.detector === 'unchecked') this.#takeUnread(found, out)
    else for (const one of found) this.#take(isByPlace ? { ...one, byPlace: true } : one, out)
  }

  /** Many in a row, behind which the walk goes on. */
  #takeUnread(found: readonly Found[], out: Found[]): void {
    if (!this.#counts(found[0]!)) return
    for (const one of found) out.push(one)
    this.#mask.addAll(found)
    this.#addBorder(found.at(-1)!.end)
  }

  #take(found: Found, out: Found[]): void {
    if (!this.#counts(found)) return
    out.push(found)
    this.#mask.add(found)
    this.#addBorder(found.end)
  }

  /** Brings up to `at` what the walk knows of the text before. */
  #moveTo(text: Text, at: number): void {
    this.#mask.moveTo(at)
    text.floor = this.#mask.floor
    const isBroken = this.#seen < text.floor || text.runEnd(this.#seen, unbroken, at - this.#seen) < at
    if (isBroken) this.#attempts = 0
    this.#seen = at
  }

  #after(at: number, anchor: Anchor, found: readonly Found[]): number {
    const { start, end, detector } = found[0]!
    this.#rest = found.find(({ rest }) => rest !== undefined) ?? null
    if (this.#rest !== null) return this.#rest.end
    if (detector === 'unchecked') return found.at(-1)!.end
    if (!isContextual(anchor.detector)) return end
    this.#covered = [start, end]
    return at + 1
  }

  /** Goes on with a finding that was cut. @returns False if the text ends within it. */
  #continue(text: Text, out: Found[]): boolean {
    const cut = this.#rest
    if (cut?.rest === undefined) return true
    const end = text.runEnd(cut.end, cut.rest, text.end - cut.end)
    if (end > cut.end) this.#take({ ...withoutCore(cut), start: cut.end, end, joins: true }, out)
    this.#next = Math.max(this.#next, end)
    this.#rest = end < text.end || text.isFinal ? null : { ...cut, end }
    return this.#rest === null
  }
}

function withoutCore({ detector, confidence }: Found): Pick<Found, 'detector' | 'confidence'> {
  return { detector, confidence }
}
