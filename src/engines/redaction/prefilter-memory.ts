// Lays out what the prefilter in WebAssembly (tools/wasm/prefilter.ts) holds in its memory: tables made of the anchors.
import { hex, utf8 } from '#base'
import type { Anchor } from './anchors.ts'
import { lead } from './assignment.ts'
import { alnum, bare, digit, keyName, solid, space, type ByteClass } from './classes.ts'
import { sixes } from './encoded.ts'
import { suffixes } from './keys.ts'
import { around, brackets } from './opening-setting.ts'
import { afterPort, firstRun, host, leastValue } from './opening.ts'
import { deal, filled, type Bucket, type Choice, type Deal, type Shape } from './prefilter-buckets.ts'
import { imageAt as masksAt } from './prefilter-machine.ts'
import { marks } from './quotes.ts'
import { afterName } from './stand-ins.ts'
import { prefixes } from './values.ts'

const bankBytes = 128
/** Buckets of windows that count where a word begins; as many more are of those that count anywhere. */
export const bankBuckets = 8
const halvesAt = 1280
const sixesAt = 1536
const classesAt = 4096
const prefixBitsAt = 20_480
const windowBitsAt = 24_576
const tableAt = 28_672
const slots = 8192
const recordsAt = 94_208
const recordBytes = 48
const mostRecords = 2000
const mostClasses = 60
/** One bit for each hash of a word with which a name may end behind its last. */
const suffixBitsAt = 19_456
const windowBytes = 4

const fixed: readonly (readonly [at: number, table: ByteClass])[] = [
  [2048, keyName],
  [2304, settingBits()],
  [2816, space],
  [3072, alnum],
  [3328, host],
  [3584, afterPort],
  [3840, digit],
]

/** Classes of bytes around the name of a setting, a bit for each. */
function settingBits(): Uint8Array {
  const classes = [around, bare, solid, lead, afterName, prefixes, marks, brackets]
  return around.map((_, byte) => classes.reduce((bits, of, index) => bits | (of[byte]! << index), 0))
}

/** By four bytes or by three, in lower case. */
const kinds = { long: 0, short: 1 } as const
type Kind = (typeof kinds)[keyof typeof kinds]

const followNumbers = { run: 0, setting: 1, url: 2, any: 3, header: 4 } as const

/** What an anchor is noticed by. */
interface Window {
  readonly anchor: Anchor
  readonly kind: Kind
  readonly key: number
  /** Where in the anchor it begins. */
  readonly offset: number
}

/**
 * Writes the tables.
 * @returns How far behind the first byte of an anchor its window may begin, or -1 if there are too many anchors.
 */
export function writeTables(
  memory: Uint8Array,
  anchors: readonly Anchor[],
  dealt: Deal = deal(anchors.map(likelyChoicesOf)),
): number {
  const windows = writeBanks(memory, anchors, dealt).flatMap(windowsOf)
  if (windows.length > mostRecords) return -1
  for (const [at, table] of fixed) memory.set(table, at)
  for (const [index, [low, high]] of halves.entries()) {
    for (const half of low) memory[halvesAt + half]! |= 1 << index
    for (const half of high) memory[halvesAt + 16 + half]! |= 1 << index
  }
  memory.set(sixes, sixesAt)
  for (const suffix of suffixes) setSuffix(memory, suffix)
  return writeRecords(memory, windows) ? Math.max(...windows.map(({ offset }) => offset)) : -1
}

/** Tells anchors apart. */
export function nameOf({ literal, detector }: Anchor): string {
  return `${hex(literal)}${detector.isFolded === true ? '/i' : ''}`
}

/** Gives each anchor with the offset of its window. */
function writeBanks(
  memory: Uint8Array,
  anchors: readonly Anchor[],
  dealt: Deal,
): (readonly [Anchor, number])[] {
  const buckets = filled(dealt, (anchor, offset) => shapeAt(anchors[anchor]!, offset))
  for (const [index, bucket] of buckets.entries()) writeBucket(memory, index, bucket)
  return anchors.map((anchor, index) => [anchor, dealt[index]![1]])
}

function writeBucket(memory: Uint8Array, bucket: number, { low, high }: Bucket): void {
  const at = masksAt + Math.floor(bucket / bankBuckets) * bankBytes
  const index = bucket % bankBuckets
  for (let place = 0; place < windowBytes; place++) {
    for (let half = 0; half < 16; half++) {
      memory[at + place * 32 + half]! |= ((low[place]! >> half) & 1) << index
      memory[at + place * 32 + 16 + half]! |= ((high[place]! >> half) & 1) << index
    }
  }
}

/** The windows by which an anchor may be noticed: by its beginning where a word begins, or anywhere. */
export function choicesOf(anchor: Anchor): Choice[] {
  const { literal, beginsWord } = anchor
  const anywhere = Array.from({ length: Math.max(1, literal.length - windowBytes + 1) }, (_, offset) => ({
    offset,
    shape: shapeAt(anchor, offset),
    beginsWord: false,
  }))
  return beginsWord ? [{ offset: 0, shape: shapeAt(anchor, 0), beginsWord }, ...anywhere] : anywhere
}

/** Those among which it takes no sample of text to choose. */
function likelyChoicesOf(anchor: Anchor): Choice[] {
  return choicesOf(anchor).filter(({ beginsWord }) => beginsWord === anchor.beginsWord)
}

function shapeAt(anchor: Anchor, offset: number): Shape {
  return Array.from({ length: windowBytes }, (_, place) => allowed(anchor, offset + place))
}

const every = Array.from({ length: 256 }, (_, byte) => byte)

/** Bytes that may stand at a place of the anchor; behind it those that may follow, and a text's end, a zero. */
function allowed(anchor: Anchor, place: number): readonly number[] {
  const byte = anchor.literal[place]
  if (byte === undefined) return following(anchor, place - anchor.literal.length)
  const isLetter = byte >= 0x61 && byte <= 0x7a
  return anchor.detector.isFolded === true && isLetter ? [byte, byte & ~0x20] : [byte]
}

function following(anchor: Anchor, distance: number): readonly number[] {
  const { of, min } = firstRun(anchor)
  return distance < min ? every.filter((byte) => of[byte] === 1 || byte === 0) : every
}

/** One, or one for each third byte that an anchor of two bytes may have behind it. */
function windowsOf([anchor, offset]: readonly [Anchor, number]): Window[] {
  const bytes = anchor.literal.subarray(offset, offset + windowBytes)
  if (bytes.length >= windowBytes) return [{ anchor, kind: kinds.long, key: keyOf(bytes), offset }]
  const thirds = bytes.length === 2 ? new Set(allowed(anchor, 2).map(inLower)) : [bytes[2]!]
  return Array.from(thirds, (third) => {
    return { anchor, kind: kinds.short, key: keyOf([bytes[0]!, bytes[1]!, third]), offset }
  })
}

/** In lower case, as the prefilter does it. */
function inLower(byte: number): number {
  return byte | 0x20
}

function keyOf(bytes: ArrayLike<number>): number {
  return (
    Array.from(bytes, (byte, index) => inLower(byte) << (8 * index)).reduce((key, part) => key | part, 0) >>>
    0
  )
}

const upTo = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, half) => half)
/**
 * Classes of bytes by their lower and upper halves, a bit for each: backslash; percent and ampersand; what base64 has besides letters
 * and digits, and M; digits; the other letters. M ends a terminal's colour, and a word may begin behind it.
 */
const halves: readonly (readonly [low: readonly number[], high: readonly number[]])[] = [
  [[0xc], [5]],
  [[5, 6], [2]],
  [[0xf], [5]],
  [
    [0xb, 0xd, 0xf],
    [2, 4, 6],
  ],
  [upTo(9), [3]],
  [upTo(15).filter((half) => half !== 0 && half !== 0xd), [4, 6]],
  [upTo(10), [5, 7]],
]

function writeRecords(memory: Uint8Array, windows: readonly Window[]): boolean {
  const classes = new Map<ByteClass, number>()
  const view = new DataView(memory.buffer)
  for (const [index, window] of windows.entries()) {
    const at = recordsAt + index * recordBytes
    const { of, min } = firstRun(window.anchor)
    if (!classes.has(of) && classes.size < mostClasses) {
      memory.set(of, classesAt + classes.size * 256)
      classes.set(of, classes.size)
    }
    const number = classes.get(of)
    if (number === undefined) return false
    const { literal, detector, beginsWord, follow } = window.anchor
    const flags = Number(detector.isFolded === true) | (Number(beginsWord) << 1)
    const least = follow === 'setting' ? leastValue(window.anchor) : min
    memory.set([literal.length, flags, followNumbers[follow], least, number, window.offset], at)
    memory.set(literal, at + 8)
    enter(view, window, index + 1)
    setBits(memory, window)
  }
  return true
}

/** Puts a record at the head of the chain of its window. */
function enter(view: DataView, { kind, key }: Window, number: number): void {
  let slot = hashOf(key, kind) >>> 19
  for (;;) {
    const at = tableAt + slot * 8
    const value = view.getUint32(at + 4, true)
    if (value === 0 || (view.getUint32(at, true) === key && value >>> 16 === kind)) {
      view.setUint16(recordsAt + (number - 1) * recordBytes + 6, value & 0xffff, true)
      view.setUint32(at, key, true)
      view.setUint32(at + 4, (kind << 16) | number, true)
      return
    }
    slot = (slot + 1) % slots
  }
}

function hashOf(key: number, kind: Kind): number {
  return Math.imul(key ^ Math.imul(kind, 0x85ebca6b), 0x9e3779b1) >>> 0
}

/** Of a window's first three bytes, and of the whole. */
function setBits(memory: Uint8Array, { kind, key }: Window): void {
  setBit(memory, prefixBitsAt, hashOf(key & 0xffffff, kinds.short))
  setBit(memory, windowBitsAt, hashOf(key, kind))
}

function setSuffix(memory: Uint8Array, suffix: string): void {
  let hash = 0
  for (const byte of utf8(suffix)) hash = Math.imul(hash ^ inLower(byte), 0x01000193)
  memory[suffixBitsAt + (hash >>> 22)]! |= 1 << ((hash >>> 19) & 7)
}

function setBit(memory: Uint8Array, at: number, hash: number): void {
  memory[at + (hash >>> 20)]! |= 1 << ((hash >>> 17) & 7)
}
