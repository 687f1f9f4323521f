// Turns a claim into features for the model: what the value is made of, what its key is called, and how both stand there.
// Integers only, so that every machine sees the same.
import { blank, byteClass } from './classes.ts'
import type { Claim } from './judge.ts'
import { endsPlaceholder } from './placeholder.ts'
import { fold, type Text } from './text.ts'

/** Features are numbers below this, a power of two. */
export const featureCount = 8192
/** Symbols that pairs are counted of: letters without their case, digits, joints, other, the value's ends. */
export const symbolCount = 32

const operators = byteClass('+=.(?*/|&),;:<>!')
const mostFeatures = 256
const mostRead = 64
const contextReach = 64
const mostWords = 8
const mostContextWords = 6
const longestWord = 16
const equals = 0x3d
const closingBracket = 0x5d

/** The class of each byte: 0 other, 1 digit, 2 lower, 3 upper, 4 a joint such as `_`. */
export const kindOf = new Uint8Array(256)
fill('0-9', 1)
fill('a-z', 2)
fill('A-Z', 3)
fill('_.-', 4)

function fill(spec: string, kind: number): void {
  const table = byteClass(spec)
  for (let byte = 0; byte < 256; byte++) if (table[byte] === 1) kindOf[byte] = kind
}

/** The symbol of a byte in a pair. */
export function symbolOf(byte: number): number {
  const kind = kindOf[byte]!
  if (kind === 2 || kind === 3) return byte & 0x1f
  return kind === 1 ? 27 : kind === 4 ? 28 : 29
}

const hows = [
  'equals',
  'colon',
  'arrow',
  'walrus',
  'compare',
  'comma',
  'call',
  'element',
  'attribute',
  'space',
  'flag',
  'serial',
]
const places = ['quoted', 'setting', 'loose']

/** Features of one claim, collected anew for each. */
export class Features {
  readonly buckets = new Uint16Array(mostFeatures)
  count = 0

  add(group: number, value: number): void {
    if (this.count >= mostFeatures) return
    const mixed = Math.imul(Math.imul(group + 1, 0x9e3779b1) ^ value, 0x85ebca6b)
    this.buckets[this.count++] = (mixed ^ (mixed >>> 15)) & (featureCount - 1)
  }
}

/**
 * Collects the features of a claim.
 * @param pairCosts For each pair of symbols how rare it is, in eighths of a bit.
 */
export function collect(text: Text, claim: Claim, pairCosts: Uint8Array, out: Features): void {
  out.count = 0
  const value = valueShape(text, claim, pairCosts)
  const place = places.indexOf(claim.place)
  const how = hows.indexOf(claim.how)
  const kind = claim.kind === 'password' ? 0 : 1
  addValue(value, kind, out)
  const [keyHash, last] = addKey(text, claim, out)
  addPlace(text, claim, { place, how, kind, value }, out)
  out.add(30, mix(keyHash, value.rarity >> 1))
  out.add(31, mix(keyHash, place * 16 + how))
  out.add(32, mix(last, place * 16 + how))
  out.add(33, mix(last, value.rarity * 16 + value.lengthClass))
  out.add(34, mix(last, value.mask))
  addContext(text, claim, out)
}

interface Shape {
  readonly length: number
  readonly lengthClass: number
  readonly mask: number
  readonly rarity: number
  readonly shape: number
  readonly runs: number
  readonly distinct: number
  readonly hash: number
  readonly words: readonly number[]
  readonly flags: number
}

/** Reads the value once. */
function valueShape(text: Text, { start, end }: Claim, pairCosts: Uint8Array): Shape {
  const { bytes } = text
  const stop = Math.min(end, start + mostRead)
  text.steps += stop - start
  const reader = new Reader(pairCosts)
  for (let at = start; at < stop; at++) reader.take(bytes[at]!)
  const isPadded = bytes[stop - 1] === equals
  return reader.shape(end - start, (isUuid(text, start, end - start) ? 4 : 0) | (isPadded ? 8 : 0))
}

/** What is counted of a value, byte by byte. */
class Reader {
  readonly #pairCosts: Uint8Array
  readonly #words: number[] = []
  #read = 0
  #mask = 0
  #hash = 0
  #seenLow = 0
  #seenHigh = 0
  #hexes = 0
  #digits = 0
  #letters = 0
  #vowels = 0
  #runs = 0
  #runShape = 0
  #bits = 0
  #previousKind = -1
  #previousSymbol = 0
  #wordHash = 0
  #wordLength = 0

  constructor(pairCosts: Uint8Array) {
    this.#pairCosts = pairCosts
  }

  take(byte: number): void {
    const kind = kindOf[byte]!
    const folded = fold(byte)
    this.#read++
    this.#mask |= 1 << kind
    this.#hash = mix(this.#hash, folded)
    if (byte < 64) this.#seenLow |= 1 << (byte & 31)
    else this.#seenHigh |= 1 << (byte & 31)
    this.#count(kind, folded)
    this.#takeRun(kind)
    if (kind === 1 || kind === 2 || kind === 3) {
      this.#wordHash = mix(this.#wordHash, folded)
      this.#wordLength++
    }
    const symbol = symbolOf(byte)
    this.#bits += this.#pairCosts[(this.#previousSymbol << 5) | symbol]!
    this.#previousSymbol = symbol
    this.#previousKind = kind
  }

  #count(kind: number, folded: number): void {
    const isDigit = kind === 1
    if (isDigit) this.#digits++
    if (isDigit || (folded >= 0x61 && folded <= 0x66)) this.#hexes++
    if (kind !== 2 && kind !== 3) return
    this.#letters++
    if (isVowel(folded)) this.#vowels++
  }

  /** A capital at the front of small letters is part of their run. */
  #takeRun(kind: number): void {
    const isCapital = this.#previousKind === 3 && kind === 2 && this.#wordLength === 1
    if (kind === this.#previousKind || isCapital) return
    this.#runs++
    if (this.#runs <= 6) this.#runShape = mix(this.#runShape, kind)
    this.#endWord()
  }

  #endWord(): void {
    if (this.#wordLength >= 2 && this.#words.length < mostWords) this.#words.push(mix(this.#wordHash, 7))
    this.#wordHash = 0
    this.#wordLength = 0
  }

  /** What was read, once all is; `marks` are those of the whole value. */
  shape(length: number, marks: number): Shape {
    this.#endWord()
    const meanCost = this.#read === 0 ? 0 : this.#bits / this.#read
    return {
      length,
      lengthClass: lengthClass(length),
      mask: this.#mask,
      rarity: this.#read === 0 ? 0 : Math.min(15, Math.max(0, (meanCost >> 1) - 12)),
      shape: this.#runShape,
      runs: this.#runs,
      distinct: popCount(this.#seenLow) + popCount(this.#seenHigh),
      hash: this.#hash,
      words: this.#words,
      flags: marks | this.#flags(),
    }
  }

  #flags(): number {
    const isAlmostMute = this.#letters > 0 && this.#vowels * 8 < this.#letters
    return (
      (this.#hexes === this.#read ? 1 : 0) |
      (this.#digits === this.#read ? 2 : 0) |
      (this.#runs <= 1 ? 16 : 0) |
      (isAlmostMute ? 32 : 0)
    )
  }
}

function addValue(value: Shape, kind: number, out: Features): void {
  const { lengthClass, mask, rarity, shape, runs, distinct, hash, words, flags, length } = value
  out.add(0, kind)
  out.add(1, lengthClass * 2 + kind)
  out.add(2, mask * 16 + lengthClass)
  out.add(3, rarity * 2 + kind)
  out.add(4, rarity * 16 + lengthClass)
  out.add(5, shape)
  out.add(6, Math.min(15, runs) * 16 + lengthClass)
  out.add(7, Math.min(31, distinct) * 2 + kind)
  out.add(8, flags * 16 + lengthClass)
  out.add(9, mask * 2 + kind)
  out.add(10, (rarity >> 1) * 32 + mask)
  out.add(11, Math.min(64, length))
  if (length <= 24) out.add(12, hash)
  for (const word of words) out.add(13, word)
  out.add(14, words.length)
}

/** What follows an unquoted value after blanks, if it says that this is an expression, or the line's end. */
function operatorAfter(text: Text, end: number): number {
  const byte = text.at(text.runEnd(end, blank, 8))
  return byte < 0x20 ? 0x0a : operators[byte] === 1 ? byte : 0
}

function addKey(text: Text, { key }: Claim, out: Features): [whole: number, last: number] {
  const { bytes } = text
  text.steps += key.nameEnd - key.start
  let whole = 0
  let word = 0
  let style = 0
  let previous = 0
  let words = 0
  for (let at = Math.max(key.start, key.nameEnd - 40); at < key.nameEnd; at++) {
    const byte = bytes[at]!
    const kind = kindOf[byte]!
    style |= 1 << kind
    const begins = kind === 4 || (kind === 3 && previous === 2)
    if (begins) {
      if (word !== 0 && words++ < mostWords) out.add(15, word)
      word = 0
    }
    if (kind !== 4) {
      word = mix(word, fold(byte))
      whole = mix(whole, fold(byte))
    }
    previous = kind
  }
  out.add(16, word)
  out.add(17, whole)
  out.add(18, style)
  out.add(19, words)
  return [whole, word]
}

interface Around {
  readonly place: number
  readonly how: number
  readonly kind: number
  readonly value: Shape
}

function addPlace(text: Text, claim: Claim, { place, how, kind, value }: Around, out: Features): void {
  const { start, end, key } = claim
  const mark = place === 0 ? text.at(start - 1) : 0
  const next = Math.max(0, text.at(end))
  const link = place * 16 + how
  const gap = (text.at(key.end) === 0x20 ? 1 : 0) | (text.at(start - (place === 0 ? 2 : 1)) === 0x20 ? 2 : 0)
  out.add(20, link * 2 + kind)
  out.add(21, mark)
  out.add(22, mix(link, next))
  out.add(23, mix(link, value.rarity))
  out.add(24, mix(link, value.mask * 16 + value.lengthClass))
  out.add(25, mix(link, gap * 4 + (key.quote === null ? 0 : 1) + (claim.isWholeLine ? 2 : 0)))
  out.add(26, mix(mix(link, value.shape), kind))
  out.add(27, Math.max(0, text.at(key.start - 1)))
  if (place !== 0) out.add(28, mix(link, operatorAfter(text, end)))
}

/** Words of the line before the key, and what the line begins with. Not before the last placeholder. */
function addContext(text: Text, { key }: Claim, out: Features): void {
  const { bytes } = text
  const first = contextStart(text, key.start)
  text.steps += key.start - first
  let word = 0
  let length = 0
  let words = 0
  let mark = 0
  for (let at = key.start - 1; at >= first; at--) {
    const byte = bytes[at]!
    const kind = kindOf[byte]!
    if (byte !== 0x20 && byte !== 0x09) mark = byte
    if (kind === 2 || kind === 3) {
      if (length++ < longestWord) word = mix(word, fold(byte))
      continue
    }
    if (length > 0) addWord(word, words++, out)
    word = 0
    length = 0
  }
  const before = text.at(first - 1)
  if (before === 0x0a || before < 0) out.add(40, mark)
  if (length > 0) out.add(41, word)
}

/** Where the line begins, or the last placeholder on it ends, or what is read of it. */
function contextStart(text: Text, to: number): number {
  const { bytes } = text
  const limit = Math.max(0, text.floor, to - contextReach)
  let start = to
  while (start > limit) {
    const byte = bytes[start - 1]
    if (byte === 0x0a || (byte === closingBracket && endsPlaceholder(text, start))) break
    start--
  }
  return start
}

/** Of the words before the key only the nearest count. */
function addWord(word: number, index: number, out: Features): void {
  if (index >= mostContextWords) return
  out.add(41, word)
  if (index === 0) out.add(42, word)
}

function lengthClass(length: number): number {
  let index = 0
  for (const limit of [4, 6, 8, 10, 12, 16, 20, 24, 31, 33, 40, 41, 64, 65, 128]) {
    if (length < limit) return index
    index++
  }
  return index
}

function isUuid(text: Text, start: number, length: number): boolean {
  return length === 36 && [8, 13, 18, 23].every((offset) => text.at(start + offset) === 0x2d)
}

function isVowel(byte: number): boolean {
  return byte === 0x61 || byte === 0x65 || byte === 0x69 || byte === 0x6f || byte === 0x75
}

function popCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Signed numbers of 32 bits: others are slow. */
function mix(hash: number, value: number): number {
  return Math.imul(hash ^ (value + 0x9e37), 0x01000193) ^ (hash >>> 13)
}
