// How hard a value is to guess: whether a keyed hash of it, in other hands, would give it away.

/** A value of fewer estimated bits gets no pseudonym and no entry in a table of known secrets. */
export const guessableBelow = 40

const shortestRun = 4

const [other, digit, lower, upper] = [0, 1, 2, 3]
/** By kind: how many characters a guesser must try. */
const poolSizes = [16, 10, 26, 26]

/** Bytes that occurred in the value that is being estimated. */
const marked = new Uint8Array(256)
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte))
const vowel = kinds.map((_, byte) => Number('aeiouyAEIOUY'.includes(String.fromCharCode(byte))))

/**
 * Estimates the bits of a value, roughly and from below. Letters that read like words count 2 bits each, runs of digits
 * 3, steps such as `1234` and `aaaa` none, the rest as if drawn from the kinds of characters that occur.
 */
export function estimatedBits(value: Uint8Array): number {
  let seen = 0
  let distinct = 0
  marked.fill(0)
  for (const byte of value) {
    seen |= 1 << kinds[byte]!
    distinct += 1 - marked[byte]!
    marked[byte] = 1
  }
  const each = bitsEach[seen]!
  let bits = 0
  for (let at = 0; at < value.length;) {
    const end = runEnd(value, at)
    const inRun = bitsInRun(value, at, end)
    if (inRun > 0) bits += inRun * (end - at)
    else if (!isStep(value, at)) bits += each
    at = inRun > 0 ? end : at + 1
  }
  return Math.min(bits, distinct * each)
}

/** For each set of kinds, a bit for each that occurs, the bits of one byte. */
const bitsEach = Array.from({ length: 2 ** poolSizes.length }, (_, seen) => {
  const pool = poolSizes.reduce((sum, size, kind) => sum + ((seen >> kind) & 1) * size, 0)
  return Math.log2(Math.max(2, pool))
})

/** End of the digits from `at`, or of the letters of one case with a capital at the front allowed. */
function runEnd(value: Uint8Array, at: number): number {
  const first = kinds[value[at]!]!
  if (first === other) return at
  const ofLetters = kinds[value[at + 1] ?? 0] === lower ? lower : upper
  const kind = first === digit ? digit : ofLetters
  let end = at + 1
  while (end < value.length && kinds[value[end]!] === kind) end++
  return end
}

/** Bits of each byte of a run that is easier to guess than its bytes one by one, or 0. */
function bitsInRun(value: Uint8Array, start: number, end: number): number {
  if (end - start < shortestRun) return 0
  if (kinds[value[start]!] === digit) return 3
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
