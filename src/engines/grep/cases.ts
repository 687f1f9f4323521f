// Characters that differ in case only, by Unicode's simple case folding.
import { holds, merged } from './ranges.ts'
import type { CharacterRange } from './syntax.ts'

/** Cased letters lie below. @see Unicode 17, CaseFolding.txt */
const lastCased = 0x1_ffff
const lastAscii = 0x7f
const dotlessI = 'ı'

let groups: readonly (readonly number[])[] | undefined

/** The set with every other case of its characters: of `k` also `K` and the Kelvin sign. */
export function withOtherCases(ranges: readonly CharacterRange[]): CharacterRange[] {
  const others = ranges.every(([, high]) => high <= lastAscii) ? asciiCases(ranges) : allCases(ranges)
  return merged([...ranges, ...others.map((code): CharacterRange => [code, code])])
}

/** Without the table, which takes a moment to make. */
function asciiCases(ranges: readonly CharacterRange[]): number[] {
  return ranges.flatMap(([low, high]) =>
    Array.from({ length: high - low + 1 }, (_, at) => low + at).flatMap(casesOfAscii),
  )
}

function casesOfAscii(code: number): number[] {
  const letter = String.fromCodePoint(code).toLowerCase()
  if (!/^[a-z]$/.test(letter)) return []
  const beyond = { k: 0x212a, s: 0x17f }[letter]
  const lower = letter.codePointAt(0)!
  return [lower, lower - 0x20, ...(beyond === undefined ? [] : [beyond])]
}

function allCases(ranges: readonly CharacterRange[]): number[] {
  groups ??= casedGroups()
  return groups.filter((group) => group.some((code) => holds(ranges, code))).flat()
}

function casedGroups(): number[][] {
  const byFold = Map.groupBy(
    Array.from({ length: lastCased + 1 }, (_, code) => code),
    (code) => fold(String.fromCodePoint(code)),
  )
  return [...byFold.values()].filter((group) => group.length > 1)
}

/** Where a character's case is more than one character, simple folding leaves it as it is; so it does the dotless i. */
function fold(character: string): string {
  if (character === dotlessI) return character
  const upper = single(character.toUpperCase(), character)
  return single(upper.toLowerCase(), upper)
}

function single(changed: string, character: string): string {
  return Array.from(changed).length === 1 ? changed : character
}
