// Private keys in PEM, also in one line, with escaped line ends, cut off, or spread over several JSON strings.
import { utf8 } from '#base'
import type { Anchor } from './anchors.ts'
import { alnum, base64, byteClass } from './classes.ts'
import type { Found } from './finding.ts'
import { placeholderEnd } from './placeholder.ts'
import type { Text } from './text.ts'

/** PKCS #8, PKCS #1, SEC 1, DSA, OpenSSH, encrypted ones and PGP all say so in their label. */
const keyWords = utf8('PRIVATE KEY')
const dashes = utf8('-----')
const end = utf8('-----END')
const label = byteClass('A-Z0-9 ')
/** What a body without an end may hold: base64, line ends, escaped or not. */
const body = byteClass('A-Za-z0-9+/=\\ \t\r\n')
const longestLabel = 64
/** An RSA key of 16,384 bits has 12,700 characters. */
const longest = 16_384
const quote = 0x22
const backslash = 0x5c
const bracket = 0x5b
/** Shortest run of base64 that counts as key material. */
const leastRun = 16

/** @see RFC 7468, section 2, and RFC 4880, section 6.2 */
export function verifyPem(text: Text, at: number, { literal, detector }: Anchor): readonly Found[] {
  const labelStart = at + literal.length
  const labelEnd = text.runEnd(labelStart, label, longestLabel)
  if (!text.has(dashes, labelEnd) || !includes(text, keyWords, labelStart, labelEnd)) return []
  const headerEnd = labelEnd + dashes.length
  const border = borderOf(text, headerEnd)
  const isWhole = border >= 0 && text.has(end, border)
  const bodyEnd = isWhole ? border : cutEnd(text, headerEnd, border)
  if (!hasMaterial(text, headerEnd, bodyEnd)) return []
  const last = isWhole ? closingEnd(text, border) : bodyEnd
  return pieces(text, at, last).map(([start, stop]) => ({
    start,
    end: stop,
    detector: detector.id,
    confidence: 'certain',
    core: [start, stop],
    ...(stop === last && last - headerEnd >= longest && { rest: body }),
  }))
}

/** Where the next line of dashes begins, or a placeholder of ours, behind which the block cannot go on; -1 if neither does. */
function borderOf(text: Text, headerEnd: number): number {
  const border = find(text, dashes, headerEnd, headerEnd + longest)
  for (let at = headerEnd; at < border; at++) {
    if (text.at(at) === bracket && placeholderEnd(text, at) > 0) return at
  }
  return border
}

/** Without an end line only what can be key material goes, and no half of an escape sequence. */
function cutEnd(text: Text, headerEnd: number, border: number): number {
  const runEnd = text.runEnd(headerEnd, body, longest)
  return withoutEscape(text, headerEnd, border < 0 ? runEnd : Math.min(runEnd, border))
}

function closingEnd(text: Text, border: number): number {
  const labelEnd = text.runEnd(border + end.length, label, longestLabel)
  return text.has(dashes, labelEnd) ? labelEnd + dashes.length : labelEnd
}

function hasMaterial(text: Text, start: number, stop: number): boolean {
  for (let at = start; at < stop;) {
    const runEnd = Math.min(stop, text.runEnd(at, base64, longest))
    if (runEnd - at >= leastRun) return true
    at = runEnd + 1
  }
  return false
}

/**
 * The parts of a block that lie in the same kind of place as its first byte: where quotes cut it, as in a JSON list of
 * lines, what is between two literals stays, so that JSON stays JSON.
 */
function pieces(text: Text, start: number, stop: number): (readonly [number, number])[] {
  const result: (readonly [number, number])[] = []
  let from = start
  let isInside = true
  for (let at = start; at <= stop; at++) {
    const isEnd = at === stop
    if (!isEnd && !isBareQuote(text, from, at)) continue
    if (isInside && holdsAlnum(text, from, at)) result.push([from, at])
    isInside = !isInside
    from = at + 1
  }
  return result
}

/** A quote that ends or begins a JSON string: no escape goes before it. */
function isBareQuote(text: Text, from: number, at: number): boolean {
  return text.at(at) === quote && (at - withoutEscape(text, from, at)) % 2 === 0
}

function withoutEscape(text: Text, from: number, at: number): number {
  let end = at
  while (end > from && text.at(end - 1) === backslash) end--
  return end
}

function holdsAlnum(text: Text, start: number, stop: number): boolean {
  for (let at = start; at < stop; at++) if (text.is(at, alnum)) return true
  return false
}

function includes(text: Text, literal: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at + literal.length <= stop; at++) if (text.has(literal, at)) return true
  return false
}

/** First position of `literal` from `from` on, or -1 if there is none that begins before `to`. */
function find(text: Text, literal: Uint8Array, from: number, to: number): number {
  const limit = Math.min(text.end, to + literal.length - 1)
  const window = text.bytes.subarray(0, limit)
  for (let at = window.indexOf(literal[0]!, from); at >= 0; at = window.indexOf(literal[0]!, at + 1)) {
    if (at + literal.length <= limit && text.has(literal, at)) {
      text.steps += at - from
      text.reach = Math.max(text.reach, at + literal.length)
      return at
    }
  }
  text.steps += limit - from
  text.reach = Math.max(text.reach, limit)
  if (limit === text.end && !text.isFinal) text.isShort = true
  return -1
}
