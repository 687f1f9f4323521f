// Reads tokens that have a form of their own: an anchor, then a run of one class of bytes.
import type { Anchor } from './anchors.ts'
import { hasChecksum } from './checksum.ts'
import { alnum, base64, base64url, digit, hexAny, letter, lower, upper, type ByteClass } from './classes.ts'
import type { Detector } from './detector.ts'
import type { Confidence, Found } from './finding.ts'
import type { Form } from './form.ts'
import { endsPlaceholder, placeholderEnd } from './placeholder.ts'
import { escapeEnd, isCutOff, longestSpan, runBefore, withBackslash, type Text } from './text.ts'

export type Verify = (text: Text, at: number, anchor: Anchor) => readonly Found[]

/** How far before an anchor a word of its context may stand. */
export const contextReach = 64
const awsSecretLength = 40
/** How far behind its id the secret half of an AWS key is looked for. */
const awsPairReach = 96

/** A token as its row of the table describes it. */
export function verifyToken(text: Text, at: number, anchor: Anchor): readonly Found[] {
  const { literal, detector, form } = anchor
  const start = startOf(text, at, anchor)
  if (start < 0) return []
  text.judged++
  const bodyStart = at + literal.length
  const lastStart = headEnd(text, bodyStart, form)
  if (lastStart < 0) return []
  const bodyEnd = text.runEnd(lastStart, form.last.of)
  if (bodyEnd - lastStart < form.last.min || !hasBoth(text, bodyStart, bodyEnd, detector)) return []
  const first = detector.keepsAnchor === true ? bodyStart : start
  const confidence = confidenceOf(text, at, [bodyStart, lastStart, bodyEnd], anchor)
  const isTooLong = confidence === 'hint' && detector.isExact === true && detector.context === undefined
  return [
    {
      ...spanOf(text, withBackslash(text, first), bodyEnd, form.last.of),
      detector: detector.id,
      confidence,
      core: [first, bodyEnd],
      ...(isTooLong && { ends: [lastStart + form.last.min, Math.min(bodyEnd, lastStart + form.last.max)] }),
    },
  ]
}

/** Where the secret begins, or -1 if what must stand before its anchor does not. */
function startOf(text: Text, at: number, { before }: Anchor): number {
  if (before === null) return at
  const start = runBefore(text, at, [before.of, before.max])
  const fits = at - start >= before.min && at - start <= before.max
  return fits && isCutOff(text, start, before.of) ? start : -1
}

/** One past the items before the last run of a form, or -1 if one does not fit. */
function headEnd(text: Text, start: number, { head }: Form): number {
  let at = start
  for (const item of head) {
    if ('literal' in item) {
      if (!text.has(item.literal, at)) return -1
      at += item.literal.length
      continue
    }
    const end = text.runEnd(at, item.of, item.max)
    if (end - at < item.min) return -1
    at = end
  }
  return at
}

/** An access key id, and the secret that often stands beside it without a name of its own. */
export function verifyAws(text: Text, at: number, anchor: Anchor): readonly Found[] {
  const id = verifyToken(text, at, anchor)
  if (id.length === 0) return id
  const from = id[0]!.end
  for (let next = from; next < from + awsPairReach;) {
    const end = text.runEnd(next, base64)
    const start = escapeEnd(text, next)
    if (isAwsSecret(text, start, end) && !text.is(next - 1, base64url)) {
      return [...id, { start, end, detector: 'aws-secret-key', confidence: 'likely', core: [start, end] }]
    }
    if (text.at(end) < 0) break
    next = end + 1
  }
  return id
}

/** Forty characters of base64 that are no hash: a git commit has forty, too. */
export function isAwsSecret(text: Text, start: number, end: number): boolean {
  if (end - start !== awsSecretLength) return false
  const kinds = [digit, upper, lower].every((of) => holds(text, start, end, of))
  return (
    kinds &&
    text.runEnd(start, hexAny, awsSecretLength) < end &&
    text.runEnd(start, base64, awsSecretLength) === end
  )
}

/** Tells whether a byte of the class stands between the two positions. */
export function holds(text: Text, start: number, end: number, of: ByteClass): boolean {
  for (let at = start; at < end; at++) if (text.is(at, of)) return true
  return false
}

/** Widens a span to the end of its token, and marks it if it was cut at the longest length. */
export function spanOf(
  text: Text,
  start: number,
  bodyEnd: number,
  body: ByteClass,
): Pick<Found, 'start' | 'end' | 'rest'> {
  const widest = widened(body)
  const end = text.runEnd(bodyEnd, widest)
  return end - bodyEnd >= longestSpan || bodyEnd - start >= longestSpan
    ? { start, end, rest: widest }
    : { start, end }
}

const widenings = new Map<ByteClass, ByteClass>()

function widened(body: ByteClass): ByteClass {
  let widest = widenings.get(body)
  if (widest === undefined) {
    widest = body.map((flag, byte) => flag | base64url[byte]!)
    widenings.set(body, widest)
  }
  return widest
}

function hasBoth(text: Text, start: number, end: number, { needsDigit }: Detector): boolean {
  return needsDigit !== true || (holds(text, start, end, digit) && holds(text, start, end, letter))
}

function confidenceOf(
  text: Text,
  at: number,
  [start, lastStart, end]: readonly [start: number, lastStart: number, end: number],
  { literal, detector, form }: Anchor,
): Confidence {
  if (detector.context !== undefined && !hasContext(text, at, detector.context)) return 'hint'
  if (isLonger(text, lastStart, end, form)) return detector.isExact === true ? 'hint' : 'likely'
  const { checksum, confidence } = detector
  const isProved = checksum !== undefined && hasChecksum(checksum, literal, text.bytes.subarray(start, end))
  return isProved ? 'certain' : confidence
}

/** More than the format allows; what a placeholder cut off was longer. */
function isLonger(text: Text, start: number, end: number, { last }: Form): boolean {
  return end - start > last.max || text.is(end, alnum) || placeholderEnd(text, end) > 0
}

function hasContext(text: Text, at: number, words: readonly string[]): boolean {
  const before = text.latin1(contextStart(text, at), at).toLowerCase()
  return words.some((word) => before.includes(word))
}

/** Not before the last placeholder: a longer word has stood there, and may have had its own neighbours. */
function contextStart(text: Text, at: number): number {
  const first = at - contextReach
  for (let start = at; start > first; start--) if (endsPlaceholder(text, start)) return start
  return first
}
