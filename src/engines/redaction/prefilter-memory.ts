// Lays out what the prefilter in WebAssembly (tools/wasm/prefilter.ts) holds in its memory: tables made of the anchors.
import type { Anchor } from './anchors.ts'
import { alnum, byteClass, digit, keyName, type ByteClass } from './classes.ts'
import { runClass, sixes } from './encoded.ts'
import {
  afterPort,
  bareEnds,
  closeSeparators,
  firstRun,
  host,
  keyGap,
  quotedSeparators,
  leastValue,
  quoteMarks,
  secondSeparator,
  separators,
  startsRest,
} from './opening.ts'
import { deal, filled, type Bucket, type Shape } from './prefilter-buckets.ts'
import { imageAt as masksAt } from './prefilter-machine.ts'

const bankBytes = 128
const wordAt = 1280
/** Of base64, by halves, and its values. */
const runHalvesAt = 1312
const sixesAt = 1536
const classesAt = 4096
const wordBitsAt = 20_480
const otherBitsAt = 24_576
const tableAt = 28_672
const slots = 8192
const recordsAt = 94_208
const recordBytes = 48
const mostRecords = 2000
const mostClasses = 64
const windowBytes = 4

const fixed: readonly (readonly [at: number, table: ByteClass])[] = [
  [2048, keyName],
  [2304, keyGap],
  [2560, keyBits()],
  [2816, byteClass(' \t\r\n')],
  [3072, alnum],
  [3328, host],
  [3584, afterPort],
  [3840, digit],
]

/** Classes of bytes around a key, a bit for each. */
function keyBits(): Uint8Array {
  const classes = [
    separators,
    closeSeparators,
    quotedSeparators,
    quoteMarks,
    startsRest,
    secondSeparator,
    bareEnds,
  ]
  return separators.map((_, byte) => classes.reduce((bits, of, index) => bits | (of[byte]! << index), 0))
}

/** Of words by their first three bytes, of others by four folded ones, or three. */
const kinds = { words: 0, others: 1, shortOthers: 2 } as const
type Kind = (typeof kinds)[keyof typeof kinds]

const followNumbers = { run: 0, key: 1, url: 2, any: 3 } as const

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
export function writeTables(memory: Uint8Array, anchors: readonly Anchor[]): number {
  const words = anchors.filter(({ beginsWord }) => beginsWord)
  const others = anchors.filter(({ beginsWord }) => !beginsWord)
  const windows = [
    ...writeBank(memory, masksAt, words).flatMap(wordWindows),
    ...writeBank(memory, masksAt + bankBytes, others).map(otherWindow),
  ]
  if (windows.length > mostRecords) return -1
  for (const [at, table] of fixed) memory.set(table, at)
  writeHalves(memory, wordAt, wordBytes)
  writeHalves(memory, runHalvesAt, runClass)
  memory.set(sixes, sixesAt)
  return writeRecords(memory, windows) ? Math.max(...windows.map(({ offset }) => offset)) : -1
}

/** Gives each anchor with the offset of its window. */
function writeBank(
  memory: Uint8Array,
  at: number,
  anchors: readonly Anchor[],
): (readonly [Anchor, number])[] {
  const dealt = deal(anchors.map(shapesOf))
  const buckets = filled(dealt, (anchor, offset) => shapeAt(anchors[anchor]!, offset))
  for (const [index, bucket] of buckets.entries()) writeBucket(memory, at, [index, bucket])
  return anchors.map((anchor, index) => [anchor, dealt[index]![1]])
}

function writeBucket(
  memory: Uint8Array,
  at: number,
  [index, { low, high }]: readonly [number, Bucket],
): void {
  for (let place = 0; place < windowBytes; place++) {
    for (let half = 0; half < 16; half++) {
      memory[at + place * 32 + half]! |= ((low[place]! >> half) & 1) << index
      memory[at + place * 32 + 16 + half]! |= ((high[place]! >> half) & 1) << index
    }
  }
}

/** The windows by which an anchor may be noticed; one that begins a word, by its beginning only. */
function shapesOf(anchor: Anchor): Shape[] {
  const { literal, beginsWord } = anchor
  const count = beginsWord ? 1 : Math.max(1, literal.length - windowBytes + 1)
  return Array.from({ length: count }, (_, offset) => shapeAt(anchor, offset))
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
function wordWindows([anchor]: readonly [Anchor, number]): Window[] {
  const [first, second, third] = [0, 1, 2].map((place) => allowed(anchor, place))
  return first!.flatMap((a) =>
    second!.flatMap((b) =>
      third!.map((c) => ({ anchor, kind: kinds.words, key: a | (b << 8) | (c << 16), offset: 0 })),
    ),
  )
}

function otherWindow([anchor, offset]: readonly [Anchor, number]): Window {
  const bytes = anchor.literal.subarray(offset, offset + windowBytes)
  let key = 0
  for (const [index, byte] of bytes.entries()) key |= (byte | 0x20) << (8 * index)
  const kind = bytes.length < windowBytes ? kinds.shortOthers : kinds.others
  return { anchor, kind, key: key >>> 0, offset }
}

/** Letters and digits but for m, which ends a terminal's colour. */
const wordBytes = alnum.map((flag, byte) => (byte === 0x6d ? 0 : flag))

/** A bit for each upper half, so that the lower half says with which of them it is in the class. */
function writeHalves(memory: Uint8Array, at: number, of: ByteClass): void {
  for (let byte = 0; byte < 128; byte++) {
    if (of[byte] !== 1) continue
    const bit = 1 << (byte >> 4)
    memory[at + (byte & 15)]! |= bit
    memory[at + 16 + (byte >> 4)]! |= bit
  }
}

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
    const least = follow === 'key' ? leastValue(window.anchor) : min
    memory.set([literal.length, flags, followNumbers[follow], least, number, window.offset], at)
    memory.set(literal, at + 8)
    enter(view, window, index + 1)
    setBit(memory, window)
  }
  return true
}

/** Puts a record at the head of the chain of its window. */
function enter(view: DataView, { kind, key }: Window, number: number): void {
  let slot = Math.imul(key ^ Math.imul(kind, 0x85ebca6b), 0x9e3779b1) >>> 19
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

function setBit(memory: Uint8Array, { kind, key }: Window): void {
  const hash = Math.imul(key, 0x9e3779b1) >>> 17
  memory[(kind === kinds.words ? wordBitsAt : otherBitsAt) + (hash >>> 3)]! |= 1 << (hash & 7)
}
