// What joins a key with its value, in the notations of settings, code, markup and command lines.
import { blank, byteClass, digit, keyName, type ByteClass } from './classes.ts'
import type { Key } from './keys.ts'
import { afterSpace, quoteAt } from './quotes.ts'
import type { Text } from './text.ts'

/** `is` stands for `=` and `:`; `attribute` for a second field that holds the value of the one that names it. */
export type How =
  | 'equals'
  | 'colon'
  | 'arrow'
  | 'walrus'
  | 'compare'
  | 'comma'
  | 'call'
  | 'element'
  | 'attribute'
  | 'space'
  | 'flag'
  | 'serial'

export interface Link {
  readonly how: How
  /** Where the value begins. */
  readonly at: number
  /** Without quotes it would be code or prose. */
  readonly needsQuotes: boolean
}

const stars = byteClass('*')
const quotes = byteClass('"\'`')
const [comma, semicolon, equals, open, greater, less, bracketEnd] = [
  0x2c, 0x3b, 0x3d, 0x28, 0x3e, 0x3c, 0x5d,
] as const
const colon = 0x3a
const bang = 0x21
const hyphen = 0x2d
const attributes = ['value', 'string']
const longestAttribute = 32

/** What follows a key, or null if that joins it with no value. */
export function linkAfter(text: Text, key: Key): Link | null {
  const near = closed(text, key)
  const space = key.quote === null ? blank : undefined
  const at = afterSpace(text, near, space)
  const byte = text.at(at)
  if (byte === colon || byte === equals || byte === bang) return separated(text, at, space)
  if (byte === open && at === near && key.quote === null)
    return { how: 'call', at: afterSpace(text, at + 1, blank), needsQuotes: true }
  if (byte === greater && at === near) return element(text, key, at + 1)
  if (key.quote !== null) return quotedLink(text, at, byte, key)
  return at > near ? spaced(text, at, key) : null
}

/** One past what closes the key: the bracket of an index, the stars of emphasis. */
function closed(text: Text, { quote, end }: Key): number {
  if (quote !== null) return text.at(end) === bracketEnd ? end + 1 : end
  return text.runEnd(end, stars, 2)
}

function separated(text: Text, at: number, space: ByteClass | undefined): Link | null {
  const [first, second] = [text.at(at), text.at(at + 1)]
  if (second === equals && first !== colon) {
    const end = text.at(at + 2) === equals ? at + 3 : at + 2
    return { how: 'compare', at: afterSpace(text, end, blank), needsQuotes: true }
  }
  // ::, and a lone !
  if (first === bang || (first === colon && second === colon)) return null
  const how = howOf(first, second)
  const end = how === 'arrow' || how === 'walrus' ? at + 2 : text.runEnd(at + 1, stars, 2)
  return { how, at: afterSpace(text, end, space), needsQuotes: false }
}

function howOf(first: number, second: number): How {
  if (first === colon) return second === equals ? 'walrus' : 'colon'
  return second === greater ? 'arrow' : 'equals'
}

/** `<password>VALUE<`, and `<key>password</key> <string>VALUE<`. */
function element(text: Text, key: Key, at: number): Link | null {
  return text.at(key.start - 1) === less ? { how: 'element', at, needsQuotes: false } : null
}

/** `put("password", "VALUE")`, `"name": "password", "value": "VALUE"`, `key="password" value="VALUE"`, `s:8:"password";s:5:"VALUE"`. */
function quotedLink(text: Text, at: number, byte: number, key: Key): Link | null {
  if (byte === semicolon) return serial(text, at + 1)
  const value = attribute(text, byte === comma ? afterSpace(text, at + 1) : at)
  if (value !== null) return value
  return byte === comma && isArgument(text, key)
    ? { how: 'comma', at: afterSpace(text, at + 1, blank), needsQuotes: true }
    : null
}

/** The first of a call, or a flag in a list: in other lists, words stand beside each other. */
function isArgument(text: Text, key: Key): boolean {
  if (text.latin1(key.start, key.start + 2) === '--') return true
  return text.is(key.start - 1, quotes) && text.at(text.runStart(key.start - 1, blank, 4) - 1) === open
}

function attribute(text: Text, at: number): Link | null {
  const start = quoteAt(text, at)?.end ?? at
  const nameEnd = text.runEnd(start, keyName, longestAttribute)
  if (!attributes.includes(text.latin1(start, Math.min(nameEnd, start + 8)).toLowerCase())) return null
  const separator = afterSpace(text, quoteAt(text, nameEnd)?.end ?? nameEnd, blank)
  const byte = text.at(separator)
  if (byte !== colon && byte !== equals) return null
  return { how: 'attribute', at: afterSpace(text, separator + 1, blank), needsQuotes: true }
}

/** PHP's own notation of a string, its length before it. */
function serial(text: Text, at: number): Link | null {
  if (text.at(at) !== 0x73 || text.at(at + 1) !== colon) return null
  const end = text.runEnd(at + 2, digit, 6)
  return text.at(end) === colon ? { how: 'serial', at: end + 1, needsQuotes: true } : null
}

/** `--password VALUE`, `PASSWORD 'VALUE'`. */
function spaced(text: Text, at: number, key: Key): Link | null {
  if (isFlagged(text, key)) return { how: 'flag', at, needsQuotes: false }
  return text.is(at, quotes) ? { how: 'space', at, needsQuotes: true } : null
}

/** `--` before the name, also where something is glued to the front. */
export function isFlagged(text: Text, key: Key): boolean {
  if (key.quote !== null) return false
  for (let at = key.start; at + 1 < key.nameEnd; at++) {
    if (text.bytes[at] === hyphen && text.bytes[at + 1] === hyphen) return true
  }
  return false
}
