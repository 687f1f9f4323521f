// How hard a value is to guess: whether a keyed hash of it, in other hands, would give it away.

/** A value of fewer estimated bits gets no pseudonym and no entry in a table of known secrets. */
export const guessableBelow = 40

const shortestRun = 4

const [other, digit, lower, upper] = [0, 1, 2, 3]
/** By kind: how many characters a guesser must try. */
const poolSizes = [16, 10, 26, 26]

const vowel = new Uint8Array(256)
for (const char of 'aeiouyAEIOUY') vowel[char.charCodeAt(0)] = 1

/**
 * Estimates the bits of a value, roughly and from below. Letters that read like words count 2 bits each, runs of digits
 * 3, steps such as `1234` and `aaaa` none, the rest as if drawn from the kinds of characters that occur.
 */
export function estimatedBits(value: Uint8Array): number {
  const each = bitsEach(value)
  let bits = 0
  for (let at = 0; at < value.length;) {
    const end = runEnd(value, at)
    const inRun = bitsInRun(value, at, end)
    if (inRun > 0) bits += inRun * (end - at)
    else if (!isStep(value, at)) bits += each
    at = inRun > 0 ? end : at + 1
  }
  return Math.min(bits, new Set(value).size * each)
}

function bitsEach(value: Uint8Array): number {
  const kinds = new Set(value.map(kindOf))
  return Math.log2(
    Math.max(
      2,
      [...kinds].reduce((sum, kind) => sum + poolSizes[kind]!, 0),
    ),
  )
}

/** End of the digits from `at`, or of the letters of one case with a capital at the front allowed. */
function runEnd(value: Uint8Array, at: number): number {
  const first = kindOf(value[at]!)
  if (first === other) return at
  const ofLetters = kindOf(value[at + 1] ?? 0) === lower ? lower : upper
  const kind = first === digit ? digit : ofLetters
  let end = at + 1
  while (end < value.length && kindOf(value[end]!) === kind) end++
  return end
}

/** Bits of each byte of a run that is easier to guess than its bytes one by one, or 0. */
function bitsInRun(value: Uint8Array, start: number, end: number): number {
  if (end - start < shortestRun) return 0
  if (kindOf(value[start]!) === digit) return 3
  let vowels = 0
  for (let at = start; at < end; at++) vowels += vowel[value[at]!]!
  const share = vowels / (end - start)
  return share >= 0.2 && share <= 0.7 ? 2 : 0
}

function isStep(value: Uint8Array, at: number): boolean {
  return at > 0 && Math.abs(value[at]! - value[at - 1]!) <= 1
}

function kindOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return digit
  if (byte >= 0x61 && byte <= 0x7a) return lower
  return byte >= 0x41 && byte <= 0x5a ? upper : other
}
