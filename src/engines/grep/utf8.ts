// Turns ranges of code points into sequences of ranges of bytes, as UTF-8 writes them.
import type { CharacterRange } from './syntax.ts'

/** Bytes from and to, both inclusive. */
export type ByteRange = readonly [low: number, high: number]

const lastOfLength = [0x7f, 0x7ff, 0xffff, 0x10_ffff]
const surrogates = { first: 0xd800, last: 0xdfff }

/** The sequences that together stand for just the characters of a range. @see RFC 3629; Cox, RE2: utf8 ranges */
export function byteSequences([low, high]: CharacterRange): ByteRange[][] {
  if (low > high) return []
  if (low <= surrogates.last && high >= surrogates.first) {
    return [...byteSequences([low, surrogates.first - 1]), ...byteSequences([surrogates.last + 1, high])]
  }
  const cut = lastOfLength.find((last) => low <= last && last < high) ?? cutAt(low, high)
  if (cut !== undefined) return [...byteSequences([low, cut]), ...byteSequences([cut + 1, high])]
  const [first, last] = [encode(low), encode(high)]
  return [first.map((byte, at): ByteRange => [byte, last[at]!])]
}

/** Where to cut so that on each side every byte after the first that differs runs through all its values. */
function cutAt(low: number, high: number): number | undefined {
  const length = encode(low).length
  for (let tail = 1; tail < length; tail++) {
    const mask = (1 << (6 * tail)) - 1
    if ((low & ~mask) === (high & ~mask)) continue
    if ((low & mask) !== 0) return low | mask
    if ((high & mask) !== mask) return (high & ~mask) - 1
  }
  return undefined
}

function encode(code: number): number[] {
  const length = lastOfLength.findIndex((last) => code <= last) + 1
  if (length === 1) return [code]
  const lead = (0xff << (8 - length)) & 0xff
  return Array.from({ length }, (_, at) => {
    const bits = code >> (6 * (length - 1 - at))
    return at === 0 ? lead | bits : 0x80 | (bits & 0x3f)
  })
}
