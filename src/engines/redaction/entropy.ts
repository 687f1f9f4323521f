// How hard a value is to guess, roughly and from below. It decides between tiers and on pseudonyms, never alone on a finding.
import { alnum, digit, letter, lower, upper, type ByteClass } from './classes.ts'

/** Least bits that a value must have for a pseudonym or a place in the table of known secrets. */
export const guessableBelow = 40

const vowel = new Uint8Array(256)
for (const byte of Buffer.from('aeiouyAEIOUY')) vowel[byte] = 1

/**
 * Estimates the bits of a value. Letters that read like words count 2 bits each, steps such as `1234` and `aaaa` none, runs of digits 3,
 * the rest as if drawn from the kinds of characters that occur.
 */
export function estimatedBits(value: Uint8Array): number {
  const each = Math.log2(poolSize(value))
  let bits = 0
  for (let at = 0; at < value.length;) {
    const end = runEnd(value, at)
    if (end - at >= 4 && readsLikeWord(value, at, end)) {
      bits += 2 * (end - at)
      at = end
    } else if (end - at >= 4 && digit[value[at]!] === 1) {
      bits += 3 * (end - at)
      at = end
    } else {
      if (!isStep(value, at)) bits += each
      at++
    }
  }
  return Math.min(bits, distinct(value) * each)
}

function poolSize(value: Uint8Array): number {
  const pools: readonly (readonly [ByteClass, number])[] = [
    [digit, 10],
    [lower, 26],
    [upper, 26],
  ]
  const sizes = pools.map(([of, size]) => (value.some((byte) => of[byte] === 1) ? size : 0))
  const others = value.some((byte) => alnum[byte] === 0) ? 16 : 0
  return Math.max(
    2,
    sizes.reduce((sum, size) => sum + size, others),
  )
}

/** End of the digits from `at`, or of the letters of one case with a capital at the front allowed. */
function runEnd(value: Uint8Array, at: number): number {
  const isDigit = digit[value[at]!] === 1
  if (!isDigit && letter[value[at]!] === 0) return at
  const ofLetters = lower[value[at + 1] ?? 0] === 1 ? lower : upper
  const of = isDigit ? digit : ofLetters
  let end = at + 1
  while (end < value.length && of[value[end]!] === 1) end++
  return end
}

function readsLikeWord(value: Uint8Array, start: number, end: number): boolean {
  let vowels = 0
  for (let at = start; at < end; at++) vowels += vowel[value[at]!]!
  const share = vowels / (end - start)
  return share >= 0.2 && share <= 0.7
}

function isStep(value: Uint8Array, at: number): boolean {
  if (at === 0) return false
  return Math.abs(value[at]! - value[at - 1]!) <= 1
}

function distinct(value: Uint8Array): number {
  const seen = new Uint8Array(256)
  let count = 0
  for (const byte of value) {
    if (seen[byte] === 0) count++
    seen[byte] = 1
  }
  return count
}
