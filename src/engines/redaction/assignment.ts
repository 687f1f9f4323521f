// Finds `key = value` where the key names a credential, in the notations of settings, code, markup and command lines.
import { utf8 } from '#base'
import type { Anchor } from './anchors.ts'
import { byteClass, digit, lower } from './classes.ts'
import type { Found } from './finding.ts'
import { judge, leastOf, mayHavePseudonym, type Claim } from './judge.ts'
import { keyAt, type Key } from './keys.ts'
import { isFlagged, linkAfter } from './links.ts'
import { namedOf } from './named.ts'
import { marks, spelledQuote, type Value } from './quotes.ts'
import type { Text } from './text.ts'
import { holds, isAwsSecret } from './token.ts'
import { valuesAfter } from './values.ts'

/** What begins a JSON value without quotes. */
const plainValue = byteClass('A-Za-z0-9-')

export function verifyAssignment(text: Text, at: number, anchor: Anchor): readonly Found[] {
  const found: Found[] = []
  for (const claim of claimsAt(text, at, anchor)) {
    text.judged++
    const one = foundIn(text, claim)
    if (one !== null) found.push(one)
  }
  return found
}

function foundIn(text: Text, claim: Claim & Value): Found | null {
  const { start, end, key, kind } = claim
  if (kind === 'credential') {
    if (isAwsSecret(text, start, end) && isAwsKey(text, key))
      return { start, end, detector: 'aws-secret-key', confidence: 'certain', core: [start, end] }
    const named = namedOf(text.bytes, key, claim)
    if (named !== null) return foundOf(text, claim, named.id, named.confidence)
  }
  const confidence = judge(text, claim)
  return confidence === null ? null : foundOf(text, claim, kind, confidence)
}

/** The values at an anchor that the place says may be credentials; for training, too. */
export function claimsAt(text: Text, at: number, { literal, detector }: Anchor): readonly (Claim & Value)[] {
  const key = keyAt(text, at, literal.length)
  const link = key === null ? null : linkAfter(text, key)
  if (key === null || link === null) return []
  const kind = detector.id === 'password' ? 'password' : 'credential'
  const isWholeLine = ownsLine(text, key)
  const values = valuesAfter(text, link, isWholeLine)
  const claims: (Claim & Value)[] = []
  for (const value of values) {
    const { start, end, isQuoted, rest } = value
    if (end - start < leastOf(kind, isQuoted || key.quote !== null)) continue
    const place = placeOf(text, key, value)
    const isListed = values.length > 1
    claims.push({ start, end, isQuoted, rest, kind, key, how: link.how, isWholeLine, isListed, place })
  }
  return claims
}

/** The key is the first thing of its line, after indentation, a list's or a diff's mark, or `export`. */
function ownsLine(text: Text, key: Key): boolean {
  return key.quote === null && isFirstOfLine(text, key.start)
}

/** Tells whether only what may lead a line stands before a position on its line. */
export function isFirstOfLine(text: Text, at: number): boolean {
  const lineStart = text.runStart(at, lead, 32)
  const before = text.at(lineStart - 1)
  return before === 0x0a || lineStart === 0 || isExport(text, lineStart)
}

/** Before the first key of a line. */
export const lead = byteClass(' \t+>#-')

/** Words before the name of a variable. */
const declarationEnds = byteClass('tV')
const declarations = [utf8('export'), utf8('set'), utf8('ENV')]

function isExport(text: Text, at: number): boolean {
  if (!text.is(at - 1, declarationEnds)) return false
  return declarations.some((word) => at - word.length >= text.floor && text.has(word, at - word.length))
}

function placeOf(text: Text, key: Key, value: Value): Claim['place'] {
  if (value.isQuoted) return 'quoted'
  if (key.quote !== null) return text.is(value.start, digit) ? 'quoted' : 'loose'
  return isFlagged(text, key) || isLoud(text, key) ? 'setting' : 'loose'
}

/** Names of environment variables are upper case. */
function isLoud(text: Text, key: Key): boolean {
  return !holds(text, key.start, key.nameEnd, lower)
}

function isAwsKey(text: Text, key: Key): boolean {
  return /aws|secret.?access/i.test(text.latin1(key.start, key.nameEnd))
}

function foundOf(text: Text, claim: Claim & Value, detector: string, confidence: Found['confidence']): Found {
  const { start, end, kind, key, rest } = claim
  const hasPseudonym = kind === 'credential' && mayHavePseudonym(text, start, end)
  const found: Found = hasPseudonym
    ? { start, end, detector, confidence, core: [start, end] }
    : { start, end, detector, confidence }
  if (rest === undefined && (key.quote === null || !isBare(text, claim))) return found
  return {
    ...found,
    ...(rest !== undefined && { rest }),
    ...(key.quote !== null && isBare(text, claim) && { quote: spelledQuote(key.quote) }),
  }
}

/** A number in JSON: the placeholder must be a string of its own. */
function isBare(text: Text, { start, isQuoted }: Value): boolean {
  return !isQuoted && text.is(start, plainValue) && !text.is(start - 1, marks)
}
