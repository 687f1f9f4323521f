// Sets of characters as ranges of code points.
import { type CharacterRange, lastCodePoint, lineFeed } from './syntax.ts'

/** In order, apart from each other. */
export function merged(ranges: readonly CharacterRange[]): CharacterRange[] {
  const found: [number, number][] = []
  for (const [low, high] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = found.at(-1)
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high)
    else found.push([low, high])
  }
  return found
}

/** All characters but those. */
export function negated(ranges: readonly CharacterRange[]): CharacterRange[] {
  const found: CharacterRange[] = []
  let from = 0
  for (const [low, high] of merged(ranges)) {
    if (low > from) found.push([from, low - 1])
    from = high + 1
  }
  if (from <= lastCodePoint) found.push([from, lastCodePoint])
  return found
}

/** A match lies within one line, so no set holds the line feed. */
export function withoutLineFeed(ranges: readonly CharacterRange[]): CharacterRange[] {
  return negated([...negated(ranges), [lineFeed, lineFeed]])
}

export function holds(ranges: readonly CharacterRange[], character: number): boolean {
  return ranges.some(([low, high]) => low <= character && character <= high)
}

export function characters(text: string): CharacterRange[] {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    return [code, code]
  })
}

/** The classes of ASCII, as RE2 has them. */
export const digits: readonly CharacterRange[] = [[0x30, 0x39]]
export const wordCharacters: readonly CharacterRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
export const spaces: readonly CharacterRange[] = characters('\t\n\f\r ')
