// Reads tokens that have a form of their own: an anchor, then a run of one class of bytes.
import type { Anchor } from './anchors.ts'
import { endsInChecksum } from './checksum.ts'
import { alnum, base64, base64url, digit, hexAny, letter, lower, upper, type ByteClass } from './classes.ts'
import type { Detector } from './detector.ts'
import type { Confidence, Found } from './finding.ts'
import { endsPlaceholder, placeholderEnd } from './placeholder.ts'
import { escapeEnd, isWordStart, longestSpan, tokenStart, type Text } from './text.ts'

export type Verify = (text: Text, at: number, anchor: Anchor) => readonly Found[]

const contextReach = 64
const awsSecretLength = 40
/** How far behind its id the secret half of an AWS key is looked for. */
const awsPairReach = 96

/** A token as its row of the table describes it. */
export function verifyToken(text: Text, at: number, { literal, detector }: Anchor): readonly Found[] {
  if (detector.needsWordStart === true && !isWordStart(text, at)) return []
  const bodyStart = at + literal.length
  const bodyEnd = text.runEnd(bodyStart, detector.body)
  if (bodyEnd - bodyStart < detector.min || !hasForm(text, bodyStart, bodyEnd, detector)) return []
  const keepsAnchor = detector.keepsAnchor === true
  const start = keepsAnchor ? bodyStart : tokenStart(text, at)
  return [
    {
      ...spanOf(text, start, bodyEnd, detector.body),
      detector: detector.id,
      confidence: confidenceOf(text, at, [bodyStart, bodyEnd], detector),
      core: [keepsAnchor ? bodyStart : at, bodyEnd],
    },
  ]
}

/** A bot's token: its number, a colon, 35 characters. */
export function verifyTelegram(text: Text, at: number, { literal, detector }: Anchor): readonly Found[] {
  const first = Math.max(text.runStart(at, digit, 12), tokenStart(text, at))
  const bodyStart = at + literal.length
  const bodyEnd = text.runEnd(bodyStart, base64url)
  if (at - first < 8 || bodyEnd - bodyStart < detector.min) return []
  const confidence = isLonger(text, bodyStart, bodyEnd, detector) ? 'likely' : 'certain'
  return [
    { ...spanOf(text, first, bodyEnd, base64url), detector: detector.id, confidence, core: [first, bodyEnd] },
  ]
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
  const widest = body.map((flag, byte) => flag | base64url[byte]!)
  const end = text.runEnd(bodyEnd, widest)
  return end - bodyEnd >= longestSpan || bodyEnd - start >= longestSpan
    ? { start, end, rest: widest }
    : { start, end }
}

function hasForm(text: Text, start: number, end: number, detector: Detector): boolean {
  if (detector.needsDigit === true && !(holds(text, start, end, digit) && holds(text, start, end, letter)))
    return false
  if (detector.parts === undefined) return true
  let at = start
  return detector.parts.every((length, index) => {
    const isJoined = index === 0 || text.at(at++) === 0x2e
    const partEnd = text.runEnd(at, base64url, length + 1)
    const fits = partEnd - at >= length
    at += length
    return isJoined && fits
  })
}

function confidenceOf(
  text: Text,
  at: number,
  [start, end]: readonly [number, number],
  detector: Detector,
): Confidence {
  if (detector.context !== undefined && !hasContext(text, at, detector.context)) return 'hint'
  if (isLonger(text, start, end, detector)) return detector.isExact === true ? 'hint' : 'likely'
  const hasChecksum = detector.checksum !== undefined && endsInChecksum(text.bytes.subarray(start, end))
  return hasChecksum ? 'certain' : detector.confidence
}

/** More than the format allows; what a placeholder cut off was longer. */
function isLonger(text: Text, start: number, end: number, { max }: Detector): boolean {
  return end - start > max || text.is(end, alnum) || placeholderEnd(text, end) > 0
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
