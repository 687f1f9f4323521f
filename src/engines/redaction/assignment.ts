// Finds `key = value` where the key names a credential, in the notations of settings, code, markup and command lines.
import type { Anchor } from './anchors.ts'
import { byteClass, digit } from './classes.ts'
import type { Found } from './finding.ts'
import { judge, leastOf, mayHavePseudonym, type Claim } from './judge.ts'
import { keyAt, type Key } from './keys.ts'
import { isFlagged, linkAfter } from './links.ts'
import { namedOf } from './named.ts'
import { marks, spelledQuote, type Value } from './quotes.ts'
import type { Text } from './text.ts'
import { isAwsSecret } from './token.ts'
import { valuesAfter } from './values.ts'

/** What begins a JSON value without quotes. */
const plainValue = byteClass('A-Za-z0-9-')

export function verifyAssignment(text: Text, at: number, anchor: Anchor): readonly Found[] {
  return claimsAt(text, at, anchor).flatMap((claim) => {
    const { start, end, key, kind } = claim
    if (kind === 'credential' && isAwsKey(text, key) && isAwsSecret(text, start, end)) {
      return [{ start, end, detector: 'aws-secret-key', confidence: 'certain', core: [start, end] }]
    }
    const named = kind === 'credential' ? nameOf(text, claim) : null
    if (named !== null) return [{ ...foundOf(text, claim), detector: named.id, confidence: named.confidence }]
    const confidence = judge(text, claim)
    return confidence === null ? [] : [{ ...foundOf(text, claim), confidence }]
  })
}

/** The values at an anchor that the place says may be credentials; for training, too. */
export function claimsAt(text: Text, at: number, { literal, detector }: Anchor): readonly (Claim & Value)[] {
  const key = keyAt(text, at, literal.length)
  const link = key === null ? null : linkAfter(text, key)
  if (key === null || link === null) return []
  const kind = detector.id === 'password' ? 'password' : 'credential'
  const isWholeLine = ownsLine(text, key)
  const values = valuesAfter(text, link, isWholeLine)
  return values
    .filter(({ start, end, isQuoted }) => end - start >= leastOf(kind, isQuoted || key.quote !== null))
    .map((value) => ({
      ...value,
      kind,
      key,
      how: link.how,
      isWholeLine,
      isListed: values.length > 1,
      place: placeOf(text, key, value),
    }))
}

/** The format of whoever the key names. */
function nameOf(text: Text, { key, start, end }: Claim): ReturnType<typeof namedOf> {
  return namedOf(text.latin1(key.start, key.end).toLowerCase(), text.bytes.subarray(start, end))
}

/** The key is the first thing of its line, after indentation, a list's or a diff's mark, or `export`. */
function ownsLine(text: Text, key: Key): boolean {
  if (key.quote !== null) return false
  const lineStart = text.runStart(key.start, lead, 32)
  const before = text.at(lineStart - 1)
  return before === 0x0a || lineStart === 0 || isExport(text, lineStart)
}

const lead = new Uint8Array(256)
for (const char of ' \t+->#') lead[char.charCodeAt(0)] = 1

function isExport(text: Text, at: number): boolean {
  const word = text.latin1(at - 7, at)
  return word.endsWith('export') || word.endsWith('set') || word.endsWith('ENV')
}

function placeOf(text: Text, key: Key, value: Value): Claim['place'] {
  if (value.isQuoted) return 'quoted'
  if (key.quote !== null) return text.is(value.start, digit) ? 'quoted' : 'loose'
  return isFlagged(text, key) || isLoud(text, key) ? 'setting' : 'loose'
}

/** Names of environment variables are upper case. */
function isLoud(text: Text, key: Key): boolean {
  const name = text.latin1(key.start, key.nameEnd)
  return name === name.toUpperCase()
}

function isAwsKey(text: Text, key: Key): boolean {
  return /aws|secret.?access/i.test(text.latin1(key.start, key.nameEnd))
}

function foundOf(text: Text, claim: Claim & Value): Omit<Found, 'confidence'> {
  const { start, end, kind, key, rest } = claim
  const hasPseudonym = kind === 'credential' && mayHavePseudonym(text, start, end)
  return {
    start,
    end,
    detector: kind,
    ...(rest !== undefined && { rest }),
    ...(hasPseudonym && { core: [start, end] as const }),
    ...(key.quote !== null && isBare(text, claim) && { quote: spelledQuote(key.quote) }),
  }
}

/** A number in JSON: the placeholder must be a string of its own. */
function isBare(text: Text, { start, isQuoted }: Value): boolean {
  return !isQuoted && text.is(start, plainValue) && !text.is(start - 1, marks)
}
