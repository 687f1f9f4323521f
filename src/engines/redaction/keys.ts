// Reads the name of a setting around a word that names a credential.
import { digit, keyName, letter, lower, upper } from './classes.ts'
import { placeholderEnd } from './placeholder.ts'
import { quoteAt, type Quote } from './quotes.ts'
import { fold, type Text } from './text.ts'

export interface Key {
  readonly start: number
  /** One past the name. */
  readonly nameEnd: number
  readonly quote: Quote | null
  /** One past the key, its quote included. */
  readonly end: number
}

export const longestKey = 64
/** Words so short that they end others (`bypass`, `monkey`): they must be a word of the key. */
const shortest = 4
const longestSuffix = 12
const joint = new Uint8Array(256)
for (const char of '_-.') joint[char.charCodeAt(0)] = 1

/** What may stand behind the word; anything else names another thing: `token_count`, `passwordHash`. */
export const suffixes: ReadonlySet<string> = new Set(
  (
    's base confirmation value string default text plain hex b64 base64 old new prod dev test staging ' +
    'production development live here pair raw id1 again repeat verify encoded data env'
  ).split(' '),
)

/** The key whose last word is the one of `length` bytes at `at`, or null. */
export function keyAt(text: Text, at: number, length: number): Key | null {
  const end = nameEndAt(text, at, length)
  if (end < 0) return null
  const start = text.runStart(at, keyName, longestKey)
  if (placeholderEnd(text, start - 1) > 0) return null
  const quote = quoteAt(text, end)
  return { start, nameEnd: end, quote, end: quote?.end ?? end }
}

/** Where the name ends whose last word is the one of `length` bytes at `at`, or -1 if that is no word of a name or not its last. */
export function nameEndAt(text: Text, at: number, length: number): number {
  const end = text.runEnd(suffixEnd(text, at + length), digit, 2)
  if (text.is(end, keyName)) return -1
  return length <= shortest && !beginsWord(text, at) ? -1 : end
}

function beginsWord(text: Text, at: number): boolean {
  if (!text.is(at - 1, letter)) return true
  return text.is(at, upper) && text.is(at - 1, lower)
}

function suffixEnd(text: Text, at: number): number {
  const start = text.is(at, joint) ? at + 1 : at
  const end = text.runEnd(start, letter, longestSuffix + 1)
  if (end === start || end - start > longestSuffix) return at
  const isPlural = end === at + 1 && fold(text.at(at)) === 0x73
  if (start === at && !text.is(at, upper) && !isPlural) return at
  return suffixes.has(text.latin1(start, end).toLowerCase()) ? end : at
}
