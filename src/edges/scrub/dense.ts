// Finds secrets of which each byte is written out: percent, string, octal and HTML escapes, hexadecimal pairs with
// separators, lists of numbers. They are many spellings, but all are long: one look in twenty bytes notices them.
import { utf8 } from '#base'
import { Reading } from './reading.ts'
import type { Found, Occurrence, Secrets } from './secrets.ts'
import { readEscapes, readNumbers, readPairs, type Read, type Stretch } from './spellings.ts'

interface Spelling {
  /** The bytes that a stretch of it is made of. */
  readonly of: number
  readonly reads: readonly Read[]
}

/** Twelve bytes in pairs with separators. */
const shortest = 35
/** So often a place is looked at, so far behind it too, and so far behind it the first mark stands. */
const [stride, depth, reach] = [20, 13, 6]
/** What is looked back at, so that a stretch is read from its beginning. */
const lookBack = 64

const [backslash, ampersand, hash, comma] = [0x5c, 0x26, 0x23, 0x2c]
const bit = { mark: 1, listed: 2, escaped: 4, any: 8, hex: 16, escape: 32 } as const
const kinds = new Uint8Array(256)
for (const [chars, kind] of [
  ['%=\\&:, -', bit.mark],
  ['%=\\&', bit.escape],
  ['0123456789abcdefABCDEF', bit.hex],
  ['0123456789abcdefABCDEFxX:, \t\r\n-', bit.listed],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~+/-%=\\&#;{}', bit.escaped],
  ['0123456789abcdefABCDEFxXuU%=\\&#;{}:, \t\r\n-', bit.any],
] as const)
  for (const byte of utf8(chars)) kinds[byte]! |= kind

const escapes: Spelling = { of: bit.escaped, reads: [readEscapes] }
const lists: Spelling = { of: bit.listed, reads: [readPairs, readNumbers] }

/** Asks a table about what is written out. */
export class Dense implements Secrets {
  readonly #secrets: Secrets
  readonly #reading = new Reading()

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  find(bytes: Uint8Array, from: number, isFinal: boolean): Found {
    const look = new Look(bytes, isFinal)
    for (let at = from; at + depth < bytes.length; at += stride) {
      // One branch, which nearly always goes the same way.
      const all =
        kinds[bytes[at]!]! & kinds[bytes[at + 4]!]! & kinds[bytes[at + 9]!]! & kinds[bytes[at + depth]!]!
      if ((all & bit.any) !== 0) this.#notice(look, at)
    }
    // What is too short yet to be noticed.
    if (!isFinal) for (const spelling of [escapes, lists]) this.#read(look, spelling, bytes.length)
    return { found: look.found.filter(({ start }) => start >= from), until: Math.max(from, look.until) }
  }

  #notice(look: Look, at: number): void {
    for (let mark = at; mark < at + reach; mark++) {
      const spelling = isMark(look.bytes[mark]!) ? spellingAt(look.bytes, mark) : null
      if (spelling !== null) this.#read(look, spelling, mark)
    }
  }

  #read(look: Look, spelling: Spelling, at: number): void {
    const stretch = look.stretchAt(at, spelling)
    if (stretch === null) return
    for (const read of spelling.reads) {
      this.#reading.clear(stretch.end - stretch.start)
      const rest = read(look.bytes, stretch, this.#reading)
      look.add(this.#reading.find(this.#secrets, stretch.isOpen ? rest : undefined))
    }
  }
}

/** One look at a text: what was found, and how far it was read. */
class Look {
  readonly bytes: Uint8Array
  readonly found: Occurrence[] = []
  until = Infinity
  readonly #isFinal: boolean
  /** Where the last stretch of each spelling ended: one may hold the other. */
  readonly #ends = new Map<Spelling, number>()

  constructor(bytes: Uint8Array, isFinal: boolean) {
    this.bytes = bytes
    this.#isFinal = isFinal
  }

  /** What is around a place; null if it was read, or tells nothing. */
  stretchAt(at: number, spelling: Spelling): Stretch | null {
    const { bytes } = this
    const read = this.#ends.get(spelling) ?? -1
    if (at < read || read === bytes.length) return null
    const least = Math.max(0, at - lookBack)
    let start = at
    while (start > least && (kinds[bytes[start - 1]!]! & spelling.of) !== 0) start--
    let end = at
    while (end < bytes.length && (kinds[bytes[end]!]! & spelling.of) !== 0) end++
    this.#ends.set(spelling, end)
    const isOpen = !this.#isFinal && end === bytes.length
    if (!isOpen && end - start < shortest) return null
    return { start, end, isOpen }
  }

  add({ found, until }: Found): void {
    this.found.push(...found)
    this.until = Math.min(this.until, until)
  }
}

/** How bytes are written out around a mark, if what stands behind it and the next marks are as they must. */
function spellingAt(bytes: Uint8Array, at: number): Spelling | null {
  if ((kinds[bytes[at]!]! & bit.escape) !== 0) return isEscape(bytes, at) ? escapes : null
  return isListed(bytes, at) ? lists : null
}

function isEscape(bytes: Uint8Array, at: number): boolean {
  const mark = bytes[at]
  if (mark === backslash) return isEach(bytes, at, 4) || isEach(bytes, at, 6)
  if (mark === ampersand) return bytes[at + 1] === hash && (bytes[at + 5] === mark || bytes[at + 6] === mark)
  return isPair(bytes, at + 1) && isEach(bytes, at, 3)
}

function isListed(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === comma) return nextComma(bytes, nextComma(bytes, at)) !== -1
  if (isHex(bytes[at + 3]!)) return isEach(bytes, at, 4)
  return isPair(bytes, at + 1) && isEach(bytes, at, 3)
}

/** The same mark stands twice more, at the same distance. */
function isEach(bytes: Uint8Array, at: number, distance: number): boolean {
  return bytes[at + distance] === bytes[at] && bytes[at + 2 * distance] === bytes[at]
}

function isPair(bytes: Uint8Array, at: number): boolean {
  return isHex(bytes[at]!) && isHex(bytes[at + 1]!)
}

function isHex(byte: number): boolean {
  return (kinds[byte]! & bit.hex) !== 0
}

/** The comma that stands two to six bytes behind, or -1. */
function nextComma(bytes: Uint8Array, at: number): number {
  if (at === -1) return -1
  let next = at + 2
  while (next < at + 6 && isAny(bytes[next]!) && bytes[next] !== comma) next++
  return bytes[next] === comma ? next : -1
}

function isAny(byte: number): boolean {
  return (kinds[byte]! & bit.any) !== 0
}

function isMark(byte: number): boolean {
  return (kinds[byte]! & bit.mark) !== 0
}
