// Finds `key = value` where the key names a credential: .env, JSON, YAML, TOML, headers, query strings, flags, code.
import type { Anchor } from './anchors.ts'
import { blank, byteClass, digit, keyName, letter, lower, upper } from './classes.ts'
import type { Found } from './finding.ts'
import { judge, mayHavePseudonym, type Claim } from './judge.ts'
import { namedOf } from './named.ts'
import { placeholderEnd } from './placeholder.ts'
import { afterSpace, marks, quoteAt, spelledQuote, valueAt, type Quote, type Value } from './quotes.ts'
import type { Text } from './text.ts'
import { isAwsSecret } from './token.ts'

const longestKey = 64
/** Words so short that they end others (`bypass`, `oauth`): they must be a word of the key. */
const shortest = 4
/** What begins a JSON value without quotes. */
const plainValue = byteClass('A-Za-z0-9-')

interface Key {
  readonly start: number
  readonly quote: Quote | null
  /** One past the key, its quote included. */
  readonly end: number
}

export function verifyAssignment(text: Text, at: number, { literal, detector }: Anchor): readonly Found[] {
  const key = keyAt(text, at, literal.length)
  const valueStart = key === null ? -1 : separatorEnd(text, key)
  if (key === null || valueStart < 0) return []
  const value = valueAt(text, valueStart, ownsLine(text, key))
  const kind = detector.id === 'password' ? 'password' : 'credential'
  if (kind === 'credential' && isAwsKey(text, key) && isAwsSecret(text, value.start, value.end)) {
    return [{ ...value, detector: 'aws-secret-key', confidence: 'certain', core: [value.start, value.end] }]
  }
  const named = kind === 'credential' ? nameOf(text, key, value) : null
  if (named !== null) {
    const { id, confidence } = named
    return [{ ...foundOf(text, key, value, kind), detector: id, confidence }]
  }
  const confidence = judge(text, { ...value, kind, place: placeOf(text, key, value) })
  return confidence === null ? [] : [{ ...foundOf(text, key, value, kind), confidence }]
}

/** The format of whoever the key names. */
function nameOf(text: Text, key: Key, { start, end }: Value): ReturnType<typeof namedOf> {
  return namedOf(text.latin1(key.start, key.end).toLowerCase(), text.bytes.subarray(start, end))
}

/** The key must end with the anchor's word: `token_count` and `passwordHash` are no credentials. */
function keyAt(text: Text, at: number, length: number): Key | null {
  const end = text.runEnd(at + length, digit, 2)
  if (text.is(end, keyName)) return null
  if (length <= shortest && !beginsWord(text, at)) return null
  const start = text.runStart(at, keyName, longestKey)
  if (placeholderEnd(text, start - 1) > 0) return null
  const quote = quoteAt(text, end)
  return { start, quote, end: quote?.end ?? end }
}

function beginsWord(text: Text, at: number): boolean {
  if (!text.is(at - 1, letter)) return true
  return text.is(at, upper) && text.is(at - 1, lower)
}

/** Where the value begins, or -1 if no separator follows the key. */
function separatorEnd(text: Text, key: Key): number {
  const at = key.quote === null ? afterSpace(text, key.end, blank) : afterSpace(text, key.end)
  const byte = text.at(at)
  if (byte === 0x3a || byte === 0x3d) return separatedValue(text, at, key) // : or =
  // --password VALUE
  const isFlag = at > key.end && isFlagged(text, key)
  return isFlag ? at : -1
}

function separatedValue(text: Text, at: number, key: Key): number {
  const second = text.at(at + 1)
  // := and =>, but neither == nor ::
  const isPair = second === 0x3d || second === 0x3e
  const isComparison = text.at(at) === 0x3d && second === 0x3d
  if (isComparison || second === 0x3a) return -1
  return afterSpace(text, at + (isPair ? 2 : 1), key.quote === null ? blank : undefined)
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

/** `--` before the name, also where something is glued to the front. */
function isFlagged(text: Text, key: Key): boolean {
  return key.quote === null && text.latin1(key.start, key.end).includes('--')
}

/** Names of environment variables are upper case. */
function isLoud(text: Text, key: Key): boolean {
  const name = text.latin1(key.start, key.end)
  return name === name.toUpperCase()
}

function isAwsKey(text: Text, key: Key): boolean {
  return /aws|secret.?access/i.test(text.latin1(key.start, key.end))
}

function foundOf(text: Text, key: Key, value: Value, kind: Claim['kind']): Omit<Found, 'confidence'> {
  const { start, end } = value
  const hasPseudonym = kind === 'credential' && mayHavePseudonym(text, start, end)
  return {
    start,
    end,
    detector: kind,
    ...(value.rest !== undefined && { rest: value.rest }),
    ...(hasPseudonym && { core: [start, end] as const }),
    ...(key.quote !== null && isBare(text, value) && { quote: spelledQuote(key.quote) }),
  }
}

/** A number in JSON: the placeholder must be a string of its own. */
function isBare(text: Text, { start, isQuoted }: Value): boolean {
  return !isQuoted && text.is(start, plainValue) && !text.is(start - 1, marks)
}
