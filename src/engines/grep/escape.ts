// What a backslash and the characters after it stand for.
import { withOtherCases } from './cases.ts'
import { characters, digits, negated, spaces, wordCharacters } from './ranges.ts'
import type { Reader } from './reader.ts'
import { type CharacterRange, lastCodePoint, type Place } from './syntax.ts'

/** What a part of a pattern names: these characters, or all but these. */
export interface Characters {
  readonly ranges: readonly CharacterRange[]
  readonly isNegated: boolean
}

export type Escape = Characters | { readonly place: Place }

/** A character that stands for itself. */
export function itself(character: string): Characters {
  return { ranges: characters(character), isNegated: false }
}

/** The set of what is named; other cases come in before it is negated. */
export function resolved({ ranges, isNegated }: Characters, isFolding: boolean): readonly CharacterRange[] {
  const cased = isFolding ? withOtherCases(ranges) : ranges
  return isNegated ? negated(cased) : cased
}

const classes = new Map<string, readonly CharacterRange[]>([
  ['d', digits],
  ['w', wordCharacters],
  ['s', spaces],
])

const controls = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
])

/** What others' patterns may hold and ours may not, with what to write instead. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^[1-9]/, 'a backreference needs more than one pass; write the repeated text out'],
  [/^k/, 'a backreference needs more than one pass; write the repeated text out'],
  [/^[AzZG]/, 'write ^ and $ for the beginning and the end of a line'],
  [/^[pP]/, 'classes by Unicode property are not known; write the ranges, such as [à-ü]'],
  [/^[QE]/, 'quoting is not known; put a backslash before each character'],
  [/^[hHRXNK]/, 'this class is not known; write out what it stands for'],
]

/**
 * Reads what follows a backslash that was just passed.
 * @throws Fault `pattern-invalid`
 */
export function readEscape(reader: Reader): Escape {
  for (const [what, instead] of refused) if (what.test(reader.ahead(1))) throw reader.wrong(instead)
  const letter = reader.next()
  const ranges = classes.get(letter.toLowerCase())
  if (ranges !== undefined) return { ranges, isNegated: letter !== letter.toLowerCase() }
  if (letter === 'b') return { place: 'word-edge' }
  if (letter === 'B') return { place: 'no-word-edge' }
  const code = controls.get(letter) ?? readCode(letter, reader)
  return { ranges: [[code, code]], isNegated: false }
}

function readCode(letter: string, reader: Reader): number {
  const width = { x: 2, u: 4 }[letter]
  if (width !== undefined) return readHex(width, reader)
  if (letter === '') throw reader.wrong('a backslash at the end; write \\\\ for the character')
  if (/[A-Za-z0-9]/.test(letter)) throw reader.wrong(`the escape before this is not known`)
  return letter.codePointAt(0)!
}

function readHex(width: number, reader: Reader): number {
  const braced = /^\{([0-9a-fA-F]{1,6})\}/.exec(reader.ahead(8))
  const bare = new RegExp(`^([0-9a-fA-F]{${width}})`).exec(reader.ahead(width))
  const found = braced ?? bare
  const code = Number.parseInt(found?.[1] ?? '', 16)
  if (found === null || code > lastCodePoint || (code >= 0xd800 && code <= 0xdfff)) {
    throw reader.wrong('write \\xHH, \\uHHHH or \\u{H…} with the number of a character')
  }
  reader.skip(found[0].length)
  return code
}
