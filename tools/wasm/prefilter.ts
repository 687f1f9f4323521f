// Finds in a block the places where an anchor stands that may open a finding. Two banks of eight buckets hold for each of
// four neighbouring bytes which anchors may have it there, by the halves of the byte (Teddy, as in Hyperscan): one for
// anchors that count only where a word begins, one for the others. What is left is looked up in hash tables and then looked
// at as src/engines/redaction/opening.ts does, if in doubt in favour.
// What the memory holds is laid out by src/engines/redaction/prefilter-memory.ts.

const MASKS: usize = 1024
/** Halves of letters and digits, but for m, which ends a terminal's colour. */
const WORD: usize = 1280
const KEY_NAME: usize = 2048
const KEY_GAP: usize = 2304
/** A bit for each class of bytes around a key: laid out by keyBits in prefilter-memory.ts. */
const KEY_BITS: usize = 2560
const BLANK: usize = 2816
const ALNUM: usize = 3072
const HOST: usize = 3328
const AFTER_PORT: usize = 3584
const DIGIT: usize = 3840
const CLASSES: usize = 4096
/** One bit for each hash of a window: of words, then of others. */
const WORD_BITS: usize = 20480
const OTHER_BITS: usize = 24576
const TABLE: usize = 28672
const TABLE_MASK: u32 = 8191
const RECORDS: usize = 94208
const RECORD_BYTES: usize = 48
/** Places that have room. */
const MOST: i32 = 65536

const WORDS: u32 = 0
const OTHERS: u32 = 1
const SHORT_OTHERS: u32 = 2

let end: usize = 0
let isFinal: bool = false
let first: usize = 0
let last: usize = 0
let out: usize = 0
let count: i32 = 0

@inline function swizzle(table: v128, index: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(table, index) : i8x16.swizzle(table, index)
}

@inline function at(table: usize, byte: u8): bool {
  return load<u8>(table + <usize>byte) != 0
}

@inline function low(v: v128): v128 {
  return v128.and(v, i8x16.splat(0x0f))
}

@inline function high(v: v128): v128 {
  return v128.and(i16x8.shr_u(v, 4), i8x16.splat(0x0f))
}

/** Buckets of a bank that each of 16 windows may be in; `masks` is the bank's first table. */
@inline function bucketsOf(masks: usize, i: usize): v128 {
  const v0 = v128.load(i), v1 = v128.load(i, 1), v2 = v128.load(i, 2), v3 = v128.load(i, 3)
  const r0 = v128.and(swizzle(v128.load(masks), low(v0)), swizzle(v128.load(masks, 16), high(v0)))
  const r1 = v128.and(swizzle(v128.load(masks, 32), low(v1)), swizzle(v128.load(masks, 48), high(v1)))
  const r2 = v128.and(swizzle(v128.load(masks, 64), low(v2)), swizzle(v128.load(masks, 80), high(v2)))
  const r3 = v128.and(swizzle(v128.load(masks, 96), low(v3)), swizzle(v128.load(masks, 112), high(v3)))
  return v128.and(v128.and(r0, r1), v128.and(r2, r3))
}

/** All ones where a word may begin: behind no letter or digit, or behind what may be an escape sequence. */
@inline function wordStarts(i: usize): v128 {
  const before = v128.load(i - 1)
  const word = v128.and(swizzle(v128.load(WORD), low(before)), swizzle(v128.load(WORD, 16), high(before)))
  const escape = i8x16.splat(0x5c)
  return v128.or(
    v128.or(i8x16.eq(word, i8x16.splat(0)), i8x16.eq(v128.load(i - 2), escape)),
    v128.or(
      v128.or(i8x16.eq(v128.load(i - 4), escape), i8x16.eq(v128.load(i - 6), escape)),
      i8x16.eq(v128.load(i - 3), i8x16.splat(0x25)),
    ),
  )
}

@inline function wordsAt(i: usize): u64 {
  const found = i8x16.ne(bucketsOf(MASKS, i), i8x16.splat(0))
  return <u64>(<u32>i8x16.bitmask(v128.and(found, wordStarts(i))))
}

@inline function othersAt(i: usize): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.ne(bucketsOf(MASKS + 128, i), i8x16.splat(0))))
}

/**
 * @param from First position, an address; 80 bytes before it are readable.
 * @param to One past the last position.
 * @param textEnd One past the last byte of the text that is there; 80 zeros follow it.
 * @param reach How far behind a position the window of its anchor may begin.
 * @returns How many addresses stand at `places`, in no strict order, some perhaps twice; -1 if they have no room.
 */
export function find(from: usize, to: usize, textEnd: usize, final: bool, reach: usize, places: usize): i32 {
  first = from
  last = to
  end = textEnd
  isFinal = final
  out = places
  count = 0
  const stop = min(to + reach, textEnd)
  for (let i = from; i < stop; i += 64) {
    let words = wordsAt(i) | (wordsAt(i + 16) << 16) | (wordsAt(i + 32) << 32) | (wordsAt(i + 48) << 48)
    let others = othersAt(i) | (othersAt(i + 16) << 16) | (othersAt(i + 32) << 32) | (othersAt(i + 48) << 48)
    while (words != 0) {
      const window = i + <usize>ctz(words)
      words &= words - 1
      const key = load<u32>(window) & 0xffffff
      if (hasBit(WORD_BITS, key)) look(key, WORDS, window)
    }
    while (others != 0) {
      const window = i + <usize>ctz(others)
      others &= others - 1
      const key = load<u32>(window) | 0x20202020
      if (hasBit(OTHER_BITS, key)) look(key, OTHERS, window)
      if (hasBit(OTHER_BITS, key & 0xffffff)) look(key & 0xffffff, SHORT_OTHERS, window)
    }
  }
  return count > MOST ? -1 : count
}

@inline function hasBit(bits: usize, key: u32): bool {
  const hash = (key * 0x9e3779b1) >>> 17
  return ((load<u8>(bits + <usize>(hash >>> 3)) >>> <u8>(hash & 7)) & 1) != 0
}

function look(key: u32, kind: u32, window: usize): void {
  let slot: u32 = ((key ^ (kind * 0x85ebca6b)) * 0x9e3779b1) >>> 19
  for (;;) {
    const entry = TABLE + (<usize>slot << 3)
    const value = load<u32>(entry, 4)
    if (value == 0) return
    if (load<u32>(entry) == key && value >>> 16 == kind) {
      tryAll(value & 0xffff, window)
      return
    }
    slot = (slot + 1) & TABLE_MASK
  }
}

/** Records count from 1. 0: length, 1: flags (1 folded, 2 begins a word), 2: follow, 3: least run, 4: class, 5: offset of the window, 6: next record, 8: the literal. */
function tryAll(index: u32, window: usize): void {
  let next = index
  while (next != 0) {
    const record = RECORDS + <usize>(next - 1) * RECORD_BYTES
    const start = window - <usize>load<u8>(record, 5)
    if (start >= first && start < last && isOpen(record, start)) {
      if (count < MOST) store<u32>(out + (<usize>count << 2), <u32>start)
      count++
    }
    next = <u32>load<u16>(record, 6)
  }
}

function isOpen(record: usize, start: usize): bool {
  const length = <usize>load<u8>(record)
  const flags = load<u8>(record, 1)
  if (start + length > end || !isThere(record, start, length, (flags & 1) != 0)) return false
  if ((flags & 2) != 0 && at(ALNUM, load<u8>(start - 1)) && !mayFollowEscape(start)) return false
  const behind = start + length
  switch (load<u8>(record, 2)) {
    case 0:
      return hasRun(behind, CLASSES + (<usize>load<u8>(record, 4) << 8), <usize>load<u8>(record, 3))
    case 1:
      return hasSeparator(start, behind, <usize>load<u8>(record, 3))
    case 2:
      return hasUserinfo(start, behind)
    default:
      return true
  }
}

@inline function isThere(record: usize, start: usize, length: usize, isFolded: bool): bool {
  for (let k: usize = 0; k < length; k++) {
    let byte = load<u8>(start + k)
    if (isFolded && byte >= 0x41 && byte <= 0x5a) byte |= 0x20
    if (byte != load<u8>(record + k, 8)) return false
  }
  return true
}

@inline function mayFollowEscape(start: usize): bool {
  for (let back: usize = 2; back <= 7; back++) {
    const byte = load<u8>(start - back)
    if (byte == 0x5c || byte == 0x25 || byte == 0x5b || byte == 0x3b) return true
  }
  return false
}

@inline function hasRun(start: usize, table: usize, least: usize): bool {
  for (let k: usize = 0; k < least; k++) {
    if (start + k >= end) return !isFinal
    if (!at(table, load<u8>(start + k))) return false
  }
  return true
}

const JOINS: u8 = 1
const JOINS_CLOSE: u8 = 2
const JOINS_QUOTED: u8 = 4
const QUOTES: u8 = 8
const GOES_ON: u8 = 16

const SECOND: u8 = 32
const ENDS_BARE: u8 = 64

function hasSeparator(keyStart: usize, wordEnd: usize, least: usize): bool {
  let p = wordEnd
  if (p < end && at(KEY_NAME, load<u8>(p)) && (load<u8>(KEY_BITS + <usize>load<u8>(p)) & GOES_ON) == 0) return false
  while (p < end && p - wordEnd < 14 && at(KEY_NAME, load<u8>(p))) p++
  if (p - wordEnd == 14) return false
  const gap = p
  let hasBlank = false
  let hasQuote = false
  while (p < end && p - gap < 16 && at(KEY_GAP, load<u8>(p))) {
    if (at(BLANK, load<u8>(p))) hasBlank = true
    if ((load<u8>(KEY_BITS + <usize>load<u8>(p)) & QUOTES) != 0) hasQuote = true
    p++
  }
  if (p >= end) return !isFinal
  const bits = load<u8>(KEY_BITS + <usize>load<u8>(p))
  if (p - gap == 16) return true
  if ((bits & JOINS) != 0) return hasValue(p + 1, hasQuote, least)
  if (p == gap) return (bits & JOINS_CLOSE) != 0
  if (hasQuote && (hasBlank || (bits & JOINS_QUOTED) != 0)) return true
  return hasBlank && hasDashes(keyStart)
}

@inline function isQuoteOrEscape(byte: u8): bool {
  return byte == 0x22 || byte == 0x27 || byte == 0x60 || byte == 0x5c
}

/** `token: string = …` */
function isTypeName(start: usize): bool {
  let p = start
  while (p < end && p - start < 16 && (load<u8>(p) == 0x20 || load<u8>(p) == 0x5f || at(ALNUM, load<u8>(p)))) p++
  return p >= end ? !isFinal : load<u8>(p) == 0x3d
}

function hasValue(from: usize, isKeyQuoted: bool, least: usize): bool {
  let p = from
  if (p < end && (load<u8>(KEY_BITS + <usize>load<u8>(p)) & SECOND) != 0) p++
  const open = p
  while (p < end && p - open < 4 && (load<u8>(p) == 0x20 || load<u8>(p) == 0x09)) p++
  if (p >= end) return !isFinal
  if (p - from >= 4 || load<u8>(p) == 0x0a || load<u8>(p) == 0x0d) return true
  const quotes = p
  while (p < end && p - quotes < 4 && isQuoteOrEscape(load<u8>(p))) p++
  if (p - quotes >= 4) return true
  const mark = p > quotes ? <i32>load<u8>(p - 1) : -1
  if (mark < 0 && p < end && load<u8>(p) == 0x5b) return true
  for (let k: usize = 0; k < least; k++) {
    if (p + k >= end) return !isFinal || (mark < 0 && isTypeName(p))
    const byte = load<u8>(p + k)
    if (<i32>byte == mark) return false
    if (byte == 0x0a || byte == 0x0d) return mark < 0 && isTypeName(p)
    if (mark < 0) {
      if (byte == 0x20 || byte == 0x09) return isTypeName(p)
      if (isKeyQuoted && (load<u8>(KEY_BITS + <usize>byte) & ENDS_BARE) != 0) {
        return (load<u8>(KEY_BITS + <usize>byte) & QUOTES) != 0 || isTypeName(p)
      }
    }
    if (byte == 0x5c) return true
  }
  return true
}

function hasDashes(keyStart: usize): bool {
  for (let back: usize = 1; back <= 64; back++) {
    const byte = load<u8>(keyStart - back)
    if (!at(KEY_NAME, byte)) return false
    if (byte == 0x2d && load<u8>(keyStart - back - 1) == 0x2d) return true
  }
  return true
}

function hasUserinfo(start: usize, behind: usize): bool {
  if (!at(ALNUM, load<u8>(start - 1))) return false
  let p = behind
  while (p < end && p - behind < 64 && at(HOST, load<u8>(p))) p++
  if (p >= end) return !isFinal
  const byte = load<u8>(p)
  if (p - behind == 64 || byte == 0x5b || byte == 0x40) return true
  if (byte != 0x3a) return false
  p++
  for (let k = 0; k < 6 && p < end && at(DIGIT, load<u8>(p)); k++) p++
  return p >= end ? !isFinal : at(AFTER_PORT, load<u8>(p))
}

/** Halves of the bytes of base64 in both alphabets; one value for each of them, 255 for any other byte. */
const RUN_HALVES: usize = 1312
const SIXES: usize = 1536

@inline function inRun(i: usize): u64 {
  const v = v128.load(i)
  const both = v128.and(swizzle(v128.load(RUN_HALVES), low(v)), swizzle(v128.load(RUN_HALVES, 16), high(v)))
  return <u64>(<u32>i8x16.bitmask(i8x16.ne(both, i8x16.splat(0))))
}

/**
 * Finds where runs of base64 or hexadecimal begin that may hold text. Parameters and result as of `find`; the first 16
 * bytes of a run must be there.
 */
export function findRuns(from: usize, to: usize, textEnd: usize, places: usize): i32 {
  let found: i32 = 0
  let before: u64 = inRun(from - 16) >>> 15
  for (let i = from; i < to; i += 64) {
    const run = inRun(i) | (inRun(i + 16) << 16) | (inRun(i + 32) << 32) | (inRun(i + 48) << 48)
    const next = inRun(i + 64)
    const two = run & ((run >>> 1) | (next << 63))
    const nextTwo = next & (next >>> 1)
    const four = two & ((two >>> 2) | (nextTwo << 62))
    const nextFour = nextTwo & (nextTwo >>> 2)
    const eight = four & ((four >>> 4) | (nextFour << 60))
    const nextEight = nextFour & (nextFour >>> 4)
    let starts = eight & ((eight >>> 8) | (nextEight << 56)) & ~((run << 1) | before)
    before = run >>> 63
    while (starts != 0) {
      const place = i + <usize>ctz(starts)
      starts &= starts - 1
      if (place < to && place + 16 <= textEnd && mayHoldText(place)) {
        if (found < MOST) store<u32>(places + (<usize>found << 2), <u32>place)
        found++
      }
    }
  }
  return found > MOST ? -1 : found
}

@inline function isText(byte: u32): bool {
  return (byte >= 0x20 && byte < 0x7f) || byte == 0x0a || byte == 0x0d || byte == 0x09
}

/** Looks at the first 16 bytes of a run: twelve bytes in base64, eight in hexadecimal. */
function mayHoldText(place: usize): bool {
  return isBase64Text(place) || isHexText(place)
}

function isBase64Text(place: usize): bool {
  for (let k: usize = 0; k < 16; k += 4) {
    const a = <u32>load<u8>(SIXES + <usize>load<u8>(place + k))
    const b = <u32>load<u8>(SIXES + <usize>load<u8>(place + k, 1))
    const c = <u32>load<u8>(SIXES + <usize>load<u8>(place + k, 2))
    const d = <u32>load<u8>(SIXES + <usize>load<u8>(place + k, 3))
    const word = (a << 18) | (b << 12) | (c << 6) | d
    if (!isText(word >>> 16) || !isText((word >>> 8) & 0xff) || !isText(word & 0xff)) return false
  }
  return true
}

function isHexText(place: usize): bool {
  for (let k: usize = 0; k < 16; k += 2) if (!isHighDigit(load<u8>(place + k))) return false
  return true
}

/** First half of a byte of text in hexadecimal, or of white space. */
@inline function isHighDigit(byte: u8): bool {
  return (byte >= 0x32 && byte <= 0x37) || byte == 0x30
}

let packed: usize = 0
let sextets: u32 = 0
let bytesLeft: u32 = 0

/**
 * Writes the tables of our own anchors, from MASKS on, as tools/image.ts packed them: literal bytes, then bytes that were
 * written before, and so on; a number is 7 bits a byte, the lowest first.
 * @param from Address of base64, far behind the tables.
 */
export function unpack(from: usize): void {
  packed = from
  bytesLeft = 0
  let to = MASKS
  for (;;) {
    for (let literals = unpackNumber(); literals > 0; literals--) store<u8>(to++, <u8>unpackByte())
    let copies = unpackNumber()
    if (copies == 0) return
    const back = <usize>unpackNumber()
    for (; copies > 0; copies--) {
      store<u8>(to, load<u8>(to - back))
      to++
    }
  }
}

function unpackNumber(): u32 {
  let number: u32 = 0
  let shift: u32 = 0
  let byte = unpackByte()
  while (byte >= 0x80) {
    number |= (byte & 0x7f) << shift
    shift += 7
    byte = unpackByte()
  }
  return number | (byte << shift)
}

function unpackByte(): u32 {
  if (bytesLeft == 0) {
    sextets = (sextetAt(0) << 18) | (sextetAt(1) << 12) | (sextetAt(2) << 6) | sextetAt(3)
    packed += 4
    bytesLeft = 3
  }
  bytesLeft--
  return (sextets >>> (bytesLeft << 3)) & 0xff
}

function sextetAt(offset: usize): u32 {
  const char = <u32>load<u8>(packed + offset)
  if (char >= 0x61) return char - 71
  if (char >= 0x41) return char - 65
  if (char >= 0x30) return char + 4
  return char == 0x2b ? 62 : 63
}

@inline function marksAt(v: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(v, i8x16.splat(0x25)), i8x16.eq(v, i8x16.splat(0x5c))),
    i8x16.eq(v, i8x16.splat(0x26)),
  )
}

/**
 * Finds where an escape sequence may begin. Parameters and result as of `find`, in order, each once; there is room for
 * each byte of a block.
 */
export function findEscapes(from: usize, to: usize, places: usize): i32 {
  let found: i32 = 0
  for (let i = from; i < to; i += 64) {
    const a = marksAt(v128.load(i)), b = marksAt(v128.load(i, 16)), c = marksAt(v128.load(i, 32)), d = marksAt(v128.load(i, 48))
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue
    let marks =
      <u64>(<u32>i8x16.bitmask(a)) | (<u64>(<u32>i8x16.bitmask(b)) << 16) |
      (<u64>(<u32>i8x16.bitmask(c)) << 32) | (<u64>(<u32>i8x16.bitmask(d)) << 48)
    while (marks != 0) {
      const place = i + <usize>ctz(marks)
      marks &= marks - 1
      if (place >= to || !mayEscape(place)) continue
      store<u32>(places + (<usize>found << 2), <u32>place)
      found++
    }
  }
  return found
}

/** Looks at what follows: two digits; a letter, perhaps behind more backslashes; a number or a name. */
function mayEscape(place: usize): bool {
  const mark = load<u8>(place)
  const next = load<u8>(place, 1)
  if (mark == 0x25) return isHexDigit(next) && isHexDigit(load<u8>(place, 2))
  if (mark == 0x5c) return load<u8>(place - 1) != 0x5c && mayFollow(place + 1)
  return next == 0x23 || next == 0x71 || next == 0x61 || next == 0x6c || next == 0x67
}

@inline function isHexDigit(byte: u8): bool {
  return (byte < 0x3a || (byte | 0x20) < 0x67) && at(ALNUM, byte)
}

function mayFollow(start: usize): bool {
  let p = start
  while (p - start < 14 && load<u8>(p) == 0x5c) p++
  const byte = load<u8>(p)
  return byte == 0x75 || byte == 0x78 || byte == 0x2f
}
