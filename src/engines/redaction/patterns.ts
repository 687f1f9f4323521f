// Walks a text once, asks each anchor's scanner, and keeps the work in bounds whatever the text holds.
import { anchorsAt, nextCandidate, type Anchor } from './anchors.ts'
import { verifyAssignment } from './assignment.ts'
import { verifyAuthorization, verifyBearer } from './authorization.ts'
import { base64url, unbroken } from './classes.ts'
import type { Structure } from './detector.ts'
import type { Found } from './finding.ts'
import { verifyJwt } from './jwt.ts'
import { verifyPem } from './pem.ts'
import { leftReach, longestSpan, type Text } from './text.ts'
import { verifyAws, verifyTelegram, verifyToken, type Verify } from './token.ts'
import { verifyUrl } from './url.ts'

const verifiers: Readonly<Record<Structure, Verify>> = {
  token: verifyToken,
  aws: verifyAws,
  jwt: verifyJwt,
  pem: verifyPem,
  telegram: verifyTelegram,
  authorization: verifyAuthorization,
  bearer: verifyBearer,
  url: verifyUrl,
  assignment: verifyAssignment,
}

/** They judge by the place; what they find may hold a token that says more, so the walk goes on within it. */
const contextual: ReadonlySet<Structure> = new Set(['authorization', 'bearer', 'url', 'assignment'])

/** Costly attempts that one run may cause in vain. Then the rest of the run goes unread: decoys must not hide a secret. */
const mostAttempts = 16
const backslash = 0x5c
/** Steps that an attempt may take without being counted. */
const cheap = 16

/** Scans a text that grows. All positions are bytes of the text and move with `shift`. */
export class PatternScanner {
  #next = 0
  /** Contextual anchors before this position lie in a value that is already found. */
  #covered = 0
  #attempts = 0
  #lastAttempt = 0
  /** A finding that was cut at the longest span and goes on. */
  #rest: Found | null = null

  /**
   * Scans as far as the text allows.
   * @param out Receives the findings, not in order and perhaps overlapping.
   * @returns The position before which no finding will start any more.
   */
  scan(text: Text, out: Found[]): number {
    for (;;) {
      if (this.#rest !== null && !this.#continue(text, out)) break
      this.#next = nextCandidate(text.bytes, this.#next, text.end - 1)
      if (this.#next >= text.end - 1) break
      const next = this.#tryAt(text, this.#next, out)
      if (next < 0) break
      this.#next = next
    }
    if (text.isFinal) return Infinity
    const frontier = text.runStart(Math.min(this.#next, text.end), base64url, leftReach)
    return text.at(frontier - 1) === backslash ? frontier - 1 : frontier
  }

  /** Moves all positions to the left: that many bytes were taken from the front of the text. */
  shift(by: number): void {
    this.#next -= by
    this.#covered -= by
    this.#lastAttempt -= by
    if (this.#rest !== null) this.#rest = { ...this.#rest, end: this.#rest.end - by }
  }

  /** @returns The position to go on at, or -1 if it takes more text to tell. */
  #tryAt(text: Text, at: number, out: Found[]): number {
    for (const anchor of anchorsAt(text.bytes, at)) {
      text.isShort = false
      if (!text.has(anchor.literal, at, anchor.detector.isFolded)) {
        if (text.isShort) return -1
        continue
      }
      const found = this.#ask(text, at, anchor)
      if (text.isShort) return -1
      if (found.length === 0) continue
      out.push(
        ...found.map((one) =>
          contextual.has(anchor.detector.structure ?? 'token') ? { ...one, byPlace: true as const } : one,
        ),
      )
      if (found.every(({ confidence }) => confidence === 'hint')) continue
      return this.#after(at, anchor, found)
    }
    return at + 1
  }

  #ask(text: Text, at: number, anchor: Anchor): readonly Found[] {
    const { structure = 'token' } = anchor.detector
    if (contextual.has(structure) && at < this.#covered) return []
    if (this.#attemptsAt(text, at) >= mostAttempts) return [unreadRun(text, at)]
    const before = text.steps
    const found = verifiers[structure](text, at, anchor)
    const isVain = found.every(({ confidence }) => confidence === 'hint')
    if (isVain && text.steps - before > cheap && !text.isShort) this.#attempts++
    return found
  }

  /** Attempts so far in the run that holds `at`. */
  #attemptsAt(text: Text, at: number): number {
    if (text.runEnd(this.#lastAttempt, unbroken, at - this.#lastAttempt) < at) this.#attempts = 0
    this.#lastAttempt = at
    return this.#attempts
  }

  #after(at: number, anchor: Anchor, found: readonly Found[]): number {
    const end = found[0]?.end ?? at + 1
    this.#rest = found.find(({ rest }) => rest !== undefined) ?? null
    if (this.#rest !== null) return this.#rest.end
    if (!contextual.has(anchor.detector.structure ?? 'token')) return end
    this.#covered = end
    return at + 1
  }

  /** Goes on with a finding that was cut. @returns False if the text ends within it. */
  #continue(text: Text, out: Found[]): boolean {
    const cut = this.#rest
    if (cut?.rest === undefined) return true
    const end = text.runEnd(cut.end, cut.rest, text.end - cut.end)
    if (end > cut.end) out.push({ ...withoutCore(cut), start: cut.end, end, joins: true })
    this.#next = Math.max(this.#next, end)
    this.#rest = end < text.end || text.isFinal ? null : { ...cut, end }
    return this.#rest === null
  }
}

function withoutCore({ detector, confidence }: Found): Pick<Found, 'detector' | 'confidence'> {
  return { detector, confidence }
}

function unreadRun(text: Text, at: number): Found {
  const end = text.runEnd(at, unbroken)
  const isCut = end - at >= longestSpan
  return { start: at, end, detector: 'unchecked', confidence: 'likely', ...(isCut && { rest: unbroken }) }
}
