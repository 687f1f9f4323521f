// Finds in a block the places where an anchor stands that may open a finding, and those where a run of base64 or
// hexadecimal or an escape sequence begins. Two banks of eight buckets hold for each of four neighbouring bytes which
// anchors may have it there, by the halves of the byte (Teddy, as in Hyperscan): one for windows that count only where a
// word begins, one for those that count anywhere. What is left is looked up in a hash table and then looked at as
// src/engines/redaction/opening.ts does, if in doubt in favour.
// What the memory holds is laid out by src/engines/redaction/prefilter-memory.ts.

const MASKS: usize = 1024
/** Classes of bytes by their halves: 1 and 2 may begin an escape, above 3 a byte is of base64, above 15 a letter or digit. */
const HALVES: usize = 1280
const KEY_NAME: usize = 2048
/** A bit for each class of bytes around the name of a setting: laid out by settingBits in prefilter-memory.ts. */
const SETTING: usize = 2304
const SPACE: usize = 2816
const ALNUM: usize = 3072
const HOST: usize = 3328
const AFTER_PORT: usize = 3584
const DIGIT: usize = 3840
const CLASSES: usize = 4096
/** One bit for each hash of a word with which a name may end. */
const SUFFIX_BITS: usize = 19456
/** One bit for each hash of three bytes with which a window begins, and one for each of a whole window. */
const PREFIX_BITS: usize = 20480
const WINDOW_BITS: usize = 24576
const TABLE: usize = 28672
const TABLE_MASK: u32 = 8191
const RECORDS: usize = 94208
const RECORD_BYTES: usize = 48
/** Places that have room. */
const MOST: i32 = 65536
/** Behind the places: runs, escapes, and windows that are yet to be looked at. */
const RUNS: usize = 262144
const ESCAPES: usize = RUNS + 16640
const WINDOWS: usize = ESCAPES + 262208

/** Windows of four bytes, and of three. */
const LONG: u32 = 0
const SHORT: u32 = 1

let end: usize = 0
let isFinal: bool = false
let first: usize = 0
let last: usize = 0
let out: usize = 0
let count: i32 = 0
let runCount: u32 = 0
let escapeCount: u32 = 0

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

/** What the tables for the lower and the upper half of a byte have in common, for each of 16 bytes. */
@inline function both(tables: usize, l: v128, h: v128): v128 {
  return v128.and(swizzle(v128.load(tables), l), swizzle(v128.load(tables, 16), h))
}

/** What stands so many places before each of the 16 bytes. */
@inline function back1(before: v128, v: v128): v128 {
  return i8x16.shuffle(before, v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
}

@inline function back2(before: v128, v: v128): v128 {
  return i8x16.shuffle(before, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
}

@inline function back3(before: v128, v: v128): v128 {
  return i8x16.shuffle(before, v, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
}

@inline function isZero(v: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.eq(v, i8x16.splat(0))))
}

@inline function isAbove(v: v128, most: i8): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.gt_s(v, i8x16.splat(most))))
}

/**
 * @param from First position, an address; 128 bytes before it are readable.
 * @param to One past the last position.
 * @param textEnd One past the last byte of the text that is there; 320 zeros follow it.
 * @param reach How far behind a position the window of its anchor may begin.
 * @returns How many addresses stand at `places`, in order and each once; -1 if they have no room. Behind them stands how
 *   many runs begin, then where; and the same of escape sequences.
 */
export function sweep(from: usize, to: usize, textEnd: usize, final: bool, reach: usize, places: usize): i32 {
  first = from
  last = to
  end = textEnd
  isFinal = final
  out = places
  count = 0
  runCount = 0
  escapeCount = 0
  let windowsEnd = out + WINDOWS
  // What the 16 bytes before have at the first three places of a window, in either bank.
  let a0 = i8x16.splat(0), a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0
  // Of the 64 bytes before: letters and digits, escapes, and where 1, 2, 4, 8 and 16 bytes of a run end.
  let word: u64 = 0, escape: u64 = 0, one: u64 = 0, two: u64 = 0, four: u64 = 0, eight: u64 = 0, sixteen: u64 = 0
  const stop = max(min(to + reach, textEnd) + 3, to + 15)
  for (let i = from - 64; i < stop; i += 64) {
    let noneOfWord: u64 = 0, none: u64 = 0, isWord: u64 = 0, isOther: u64 = 0, isRun: u64 = 0
    for (let j: usize = 0; j < 64; j += 16) {
      const v = v128.load(i + j), l = low(v), h = high(v)
      const c = both(HALVES, l, h)
      isOther |= isZero(c) << j
      isRun |= isAbove(c, 3) << j
      isWord |= isAbove(c, 15) << j
      const c0 = both(MASKS, l, h), c1 = both(MASKS + 32, l, h), c2 = both(MASKS + 64, l, h), c3 = both(MASKS + 96, l, h)
      noneOfWord |= isZero(v128.and(v128.and(back3(a0, c0), back2(a1, c1)), v128.and(back1(a2, c2), c3))) << j
      a0 = c0
      a1 = c1
      a2 = c2
      const d0 = both(MASKS + 128, l, h), d1 = both(MASKS + 160, l, h), d2 = both(MASKS + 192, l, h), d3 = both(MASKS + 224, l, h)
      none |= isZero(v128.and(v128.and(back3(b0, d0), back2(b1, d1)), v128.and(back1(b2, d2), d3))) << j
      b0 = d0
      b1 = d1
      b2 = d2
    }
    // A word may begin behind no letter or digit, or behind what may be an escape sequence.
    const isEscape = ~isOther & ~isRun
    let starts = (~isWord << 4) | (~word >>> 60)
    if ((isEscape | escape) != 0) {
      starts |= (isEscape << 5) | (isEscape << 6) | (isEscape << 7) | (isEscape << 9)
      starts |= (escape >>> 59) | (escape >>> 58) | (escape >>> 57) | (escape >>> 55)
    }
    word = isWord
    escape = isEscape
    for (let marks = isEscape; marks != 0; marks &= marks - 1) tryEscape(i + <usize>ctz(marks))
    windowsEnd = enter((~noneOfWord & starts) | ~none, i - 3, windowsEnd)
    const isTwo = isRun & ((isRun << 1) | (one >>> 63))
    const isFour = isTwo & ((isTwo << 2) | (two >>> 62))
    const isEight = isFour & ((isFour << 4) | (four >>> 60))
    const isSixteen = isEight & ((isEight << 8) | (eight >>> 56))
    for (let ends = isSixteen & ~((isSixteen << 1) | (sixteen >>> 63)); ends != 0; ends &= ends - 1) tryRun(i + <usize>ctz(ends) - 15)
    one = isRun
    two = isTwo
    four = isFour
    eight = isEight
    sixteen = isSixteen
  }
  tryWindows(out + WINDOWS, narrowed(narrowed(windowsEnd, false), true))
  store<u32>(out, runCount, RUNS)
  store<u32>(out, escapeCount, ESCAPES)
  return count > MOST ? -1 : count
}

/** Notes the windows of a block, at least eight at a time: how many they are cannot be foreseen, and a wrong guess costs more. */
@inline function enter(windows: u64, i: usize, at: usize): usize {
  const after = at + (<usize>popcnt(windows) << 2)
  for (let next = at; next < after; next += 32) {
    for (let one: usize = 0; one < 32; one += 4) {
      store<u32>(next + one, <u32>(i + <usize>ctz(windows)))
      windows &= windows - 1
    }
  }
  return after
}

/** Keeps the windows that a table of bits knows, without a branch for the same reason, and gives their new end. */
function narrowed(after: usize, isWhole: bool): usize {
  let to = out + WINDOWS
  for (let next = to; next < after; next += 4) {
    const window = load<u32>(next)
    const key = load<u32>(<usize>window) | 0x20202020
    store<u32>(to, window)
    to += (isWhole ? bit(WINDOW_BITS, hashOf(key, LONG)) | bit(WINDOW_BITS, hashOf(key & 0xffffff, SHORT)) : bit(PREFIX_BITS, hashOf(key & 0xffffff, SHORT))) << 2
  }
  return to
}

@inline function hashOf(key: u32, kind: u32): u32 {
  return (key ^ (kind * 0x85ebca6b)) * 0x9e3779b1
}

@inline function bit(bits: usize, hash: u32): usize {
  return <usize>((load<u8>(bits + <usize>(hash >>> 20)) >>> <u8>((hash >>> 17) & 7)) & 1)
}

function tryWindows(next: usize, after: usize): void {
  for (; next < after; next += 4) {
    const window = <usize>load<u32>(next)
    const key = load<u32>(window) | 0x20202020
    look(key, LONG, window)
    look(key & 0xffffff, SHORT, window)
  }
}

function look(key: u32, kind: u32, window: usize): void {
  let slot = hashOf(key, kind) >>> 19
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
    if (start >= first && start < last && isOpen(record, start)) put(<u32>start)
    next = <u32>load<u16>(record, 6)
  }
}

/** Puts a place among those that were found, which are almost in order: an anchor is noticed by the rarest of its bytes. */
function put(place: u32): void {
  if (count >= MOST) {
    count = MOST + 1
    return
  }
  let at = out + (<usize>count << 2)
  while (at > out && load<u32>(at - 4) > place) at -= 4
  if (at > out && load<u32>(at - 4) == place) return
  for (let to = out + (<usize>count << 2); to > at; to -= 4) store<u32>(to, load<u32>(to - 4))
  store<u32>(at, place)
  count++
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
      return mayBeSet(start, behind, <usize>load<u8>(record, 3))
    case 2:
      return hasUserinfo(start, behind)
    case 4:
      return hasSeparator(behind)
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

/** A colon or an equals sign behind the name of a header. */
function hasSeparator(behind: usize): bool {
  if (at(KEY_NAME, load<u8>(behind))) return false
  const mark = runOf(behind, BACKSLASH, 15)
  if (mark >= end) return !isFinal
  const separator = classEnd(isIn(MARK, mark) ? mark + 1 : behind, SPACE, 32)
  if (separator >= end) return !isFinal
  const byte = load<u8>(separator)
  return byte == COLON || byte == EQUALS
}

const AROUND: u8 = 1
const BARE: u8 = 2
const SOLID: u8 = 4
const LEAD: u8 = 8
const AFTER_NAME: u8 = 16
const PREFIX: u8 = 32
const MARK: u8 = 64
const BRACKET: u8 = 128

const BACKSLASH: u8 = 0x5c
const COLON: u8 = 0x3a
const EQUALS: u8 = 0x3d
const STAR: u8 = 0x2a
const OPEN: u8 = 0x28
const DASH: u8 = 0x2d
const DOT: u8 = 0x2e

/** How far behind a name is looked at most; where the text ends before, all may yet come. */
const FAR: usize = 320

let wordStart: usize = 0
let nameStart: usize = 0
let nameEnd: usize = 0
let isQuoted: bool = false
let least: usize = 0

@inline function isIn(kind: u8, p: usize): bool {
  return (load<u8>(SETTING + <usize>load<u8>(p)) & kind) != 0
}

@inline function bitsEnd(p: usize, kind: u8, most: usize): usize {
  const limit = p + most
  while (p < limit && isIn(kind, p)) p++
  return p
}

@inline function classEnd(p: usize, table: usize, most: usize): usize {
  const limit = p + most
  while (p < limit && at(table, load<u8>(p))) p++
  return p
}

@inline function runOf(p: usize, byte: u8, most: usize): usize {
  const limit = p + most
  while (p < limit && load<u8>(p) == byte) p++
  return p
}

function afterBlank(p: usize, isOverLines: bool): usize {
  const limit = p + 32
  while (p < limit && (load<u8>(p) == 0x20 || load<u8>(p) == 0x09 || (isOverLines && at(SPACE, load<u8>(p))))) p++
  return p
}

@inline function isLetter(byte: u8): bool {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
}

@inline function isUpper(byte: u8): bool {
  return byte >= 0x41 && byte <= 0x5a
}

@inline function isLower(byte: u8): bool {
  return byte >= 0x61 && byte <= 0x7a
}

/** As src/engines/redaction/opening-setting.ts looks at a name and what follows it; the order of things is its. */
function mayBeSet(start: usize, wordEnd: usize, leastValue: usize): bool {
  if (!isFinal && start + FAR > end) return true
  nameEnd = suffixEnd(wordEnd)
  for (let k = 0; k < 2 && at(DIGIT, load<u8>(nameEnd)); k++) nameEnd++
  if (at(KEY_NAME, load<u8>(nameEnd))) return false
  if (wordEnd - start <= 4 && !beginsWord(start)) return false
  wordStart = start
  nameStart = start
  while (start - nameStart < 64 && at(KEY_NAME, load<u8>(nameStart - 1))) nameStart--
  least = leastValue
  const mark = runOf(nameEnd, BACKSLASH, 15)
  isQuoted = isIn(MARK, mark)
  if (!isQuoted) return mayJoin(runOf(nameEnd, STAR, 2))
  return mayJoin(load<u8>(mark + 1) == 0x5d ? mark + 2 : mark + 1)
}

@inline function beginsWord(start: usize): bool {
  const before = load<u8>(start - 1)
  return !isLetter(before) || (isUpper(load<u8>(start)) && isLower(before))
}

/** One past the word that may end a name behind the one that names a credential. */
function suffixEnd(wordEnd: usize): usize {
  const byte = load<u8>(wordEnd)
  const start = byte == 0x5f || byte == DASH || byte == DOT ? wordEnd + 1 : wordEnd
  let p = start
  let hash: u32 = 0
  while (p - start < 13 && isLetter(load<u8>(p))) hash = (hash ^ <u32>(load<u8>(p++) | 0x20)) * 0x01000193
  if (p == start || p - start == 13) return wordEnd
  if (start == wordEnd && !isUpper(byte) && !(p == wordEnd + 1 && (byte | 0x20) == 0x73)) return wordEnd
  return ((load<u8>(SUFFIX_BITS + <usize>(hash >>> 22)) >>> <u8>((hash >>> 19) & 7)) & 1) != 0 ? p : wordEnd
}

function mayJoin(near: usize): bool {
  const p = afterBlank(near, isQuoted)
  const byte = load<u8>(p)
  if (byte == COLON || byte == EQUALS || byte == 0x21) return mayFollow(p, byte)
  if (byte == OPEN && p == near && !isQuoted) return mayBeQuoted(afterBlank(p + 1, false))
  if (byte == 0x3e && p == near) return load<u8>(nameStart - 1) == 0x3c
  if (isQuoted) return mayBeBeside(p, byte)
  return p > near && (isIn(MARK, p) || isFlag())
}

function mayFollow(p: usize, byte: u8): bool {
  const second = load<u8>(p + 1)
  if (second == EQUALS && byte != COLON) return mayBeQuoted(afterBlank(load<u8>(p + 2) == EQUALS ? p + 3 : p + 2, false))
  if (byte == 0x21 || (byte == COLON && second == COLON)) return false
  const isLong = byte == COLON ? second == EQUALS : second == 0x3e
  return mayHaveValue(afterBlank(isLong ? p + 2 : runOf(p + 1, STAR, 2), isQuoted))
}

function mayBeBeside(p: usize, byte: u8): bool {
  if (byte == 0x3b) return load<u8>(p + 1) == 0x73
  const next = byte == 0x2c ? afterBlank(p + 1, true) : p
  const mark = runOf(next, BACKSLASH, 15)
  const letter = load<u8>(isIn(MARK, mark) ? mark + 1 : next) | 0x20
  if (letter == 0x76 || letter == 0x73) return true
  if (byte != 0x2c) return false
  if (isFlag()) return true
  let q = nameStart - 1
  for (let k = 0; k < 4 && (load<u8>(q - 1) == 0x20 || load<u8>(q - 1) == 0x09); k++) q--
  return load<u8>(q - 1) == OPEN
}

function isFlag(): bool {
  for (let p = nameStart; p + 1 < nameEnd; p++) if (load<u8>(p) == DASH && load<u8>(p + 1) == DASH) return true
  return false
}

function mayBeQuoted(p: usize): bool {
  return isQuoteAt(p) || mayWrap(p)
}

function mayWrap(p: usize): bool {
  const after = bitsEnd(p, AROUND, 48)
  const byte = load<u8>(after)
  return after > p && (byte == OPEN || byte == 0x7b || byte == EQUALS) && isQuoteAt(afterBlank(after + 1, true))
}

function isQuoteAt(p: usize): bool {
  return isIn(MARK, runOf(bitsEnd(p, PREFIX, 2), BACKSLASH, 15))
}

function mayHaveValue(p: usize): bool {
  const mark = runOf(p, BACKSLASH, 15)
  if (isIn(MARK, mark)) return isLongBefore(mark + 1, load<u8>(mark))
  if (isQuoteAt(p) || mayWrap(p)) return true
  if (load<u8>(p) == 0x5b) return isQuoteAt(afterBlank(p + 1, true))
  return mayBeBare(p)
}

function isLongBefore(start: usize, mark: u8): bool {
  for (let p = start; p < start + least; p++) {
    const byte = load<u8>(p)
    if (byte == BACKSLASH) return true
    if (p >= end || byte == mark || byte == 0x0a || byte == 0x0d) return false
  }
  return true
}

function mayBeBare(start: usize): bool {
  const before = isQuoted ? 0x20 : lineLead()
  const isWholeLine = before == 0x0a
  // export, set, ENV, and the beginning of the text: it may have the whole line, or not.
  const isUnsure = before == 0x74 || before == 0x56 || before == 0
  const after = bitsEnd(start, isWholeLine || isUnsure ? SOLID : BARE, 64)
  if (after - start < (isQuoted || least < 6 ? least : least + 2)) return false
  return isUnsure || after - start == 64 || !isCode(start, after, isWholeLine)
}

/** What stands before the name and what may lead a line. */
function lineLead(): u8 {
  let p = nameStart
  while (nameStart - p < 32 && isIn(LEAD, p - 1)) p--
  return load<u8>(p - 1)
}

function isCode(start: usize, after: usize, isWholeLine: bool): bool {
  const isLoose = isQuoted ? !at(DIGIT, load<u8>(start)) : load<u8>(nameEnd) == 0x20 || !isLoudOrFlag()
  if (!isLoose) return false
  if (isWholeLine) return hasBracket(start, after)
  if (after - start >= 16 || after - start == 10) return false
  if (load<u8>(after) == OPEN) return true
  let p = start
  while (p < after && (isLetter(load<u8>(p)) || load<u8>(p) == 0x5f)) p++
  if (p < after) return load<u8>(p) == DOT && isPath(start, after)
  return isIn(AFTER_NAME, afterFew(after)) && (isQuoted || !isLoudOrFlag())
}

@inline function afterFew(p: usize): usize {
  const limit = p + 4
  while (p < limit && (load<u8>(p) == 0x20 || load<u8>(p) == 0x09)) p++
  return p
}

function hasBracket(start: usize, after: usize): bool {
  for (let p = start; p < after && load<u8>(p) != 0x22; p++) if (isIn(BRACKET, p)) return true
  return false
}

function isPath(start: usize, after: usize): bool {
  let before = DOT
  for (let p = start; p < after; p++) {
    const byte = load<u8>(p)
    if (byte == DOT ? before == DOT : !isLetter(byte) && byte != 0x5f) return false
    before = byte
  }
  return before != DOT
}

/** The name of a variable of the environment, or a flag. */
function isLoudOrFlag(): bool {
  // What stands before the word may be masked.
  for (let p = wordStart; p < nameEnd; p++) if (isLower(load<u8>(p))) return isFlag()
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

/** One value for each byte of base64 in both alphabets, 255 for any other. */
const SIXES: usize = 1536

@inline function tryRun(place: usize): void {
  if (place < first || place >= last || place + 16 > end || !mayHoldText(place)) return
  runCount++
  store<u32>(out + (<usize>runCount << 2), <u32>place, RUNS)
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

/**
 * Writes the tables of our own anchors, from MASKS on, as tools/pack.ts packed them: literal bytes, then bytes that were
 * written before, and so on; a number is 7 bits a byte, the lowest first.
 * @param from Address of what is packed, far behind the tables.
 */
export function unpack(from: usize): void {
  packed = from
  let to = MASKS
  for (;;) {
    const literals = unpackNumber()
    memory.copy(to, packed, literals)
    packed += literals
    to += literals
    const copies = unpackNumber()
    if (copies == 0) return
    const back = unpackNumber()
    // Zeros are there: most of the memory is never touched.
    if (back != 1 || load<u8>(to - 1) != 0) repeat(to, back, copies)
    to += copies
  }
}

@inline function repeat(to: usize, back: usize, copies: usize): void {
  if (back >= copies) memory.copy(to, to - back, copies)
  else for (let k: usize = 0; k < copies; k++) store<u8>(to + k, load<u8>(to + k - back))
}

function unpackNumber(): usize {
  let number: usize = 0
  let shift: usize = 0
  let byte = <usize>load<u8>(packed++)
  while (byte >= 0x80) {
    number |= (byte & 0x7f) << shift
    shift += 7
    byte = <usize>load<u8>(packed++)
  }
  return number | (byte << shift)
}

@inline function tryEscape(place: usize): void {
  if (place < first || place >= last || !mayEscape(place)) return
  escapeCount++
  store<u32>(out + (<usize>escapeCount << 2), <u32>place, ESCAPES)
}

/** Looks at what follows: two digits; a letter, perhaps behind more backslashes; a number or a name. */
function mayEscape(place: usize): bool {
  const mark = load<u8>(place)
  const next = load<u8>(place, 1)
  if (mark == 0x25) return isHexDigit(next) && isHexDigit(load<u8>(place, 2))
  if (mark == 0x5c) return load<u8>(place - 1) != 0x5c && mayBeEscaped(place + 1)
  return next == 0x23 || next == 0x71 || next == 0x61 || next == 0x6c || next == 0x67
}

@inline function isHexDigit(byte: u8): bool {
  return (byte < 0x3a || (byte | 0x20) < 0x67) && at(ALNUM, byte)
}

function mayBeEscaped(start: usize): bool {
  let p = start
  while (p - start < 14 && load<u8>(p) == 0x5c) p++
  const byte = load<u8>(p)
  return byte == 0x75 || byte == 0x78 || byte == 0x2f
}
