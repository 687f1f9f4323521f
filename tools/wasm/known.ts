// Finds where known secrets may stand: looks windows of the text up, one of each `stride` bytes, in a bitmap, then in a
// table of their hashes, then hashes the whole form. AssemblyScript; src/engines/known/kernel.ts lays the memory out.

/** Ten odd random words: nine for windows, by place, the last for whole forms. */
const WORDS: usize = 0
const SLOTS: usize = 80
const SLOT_MASK: usize = 84
const FORMS: usize = 88
/** Where the next candidate is written, and how far. */
const OUT: usize = 92
const OUT_END: usize = 96
/** First byte of the text at which a form may start, and one past the last byte of the text. */
const LOWEST: usize = 100
const END: usize = 104
const IS_FINAL: usize = 108

const BACKSLASHES: u64 = 0x5c5c5c5c5c5c5c5c
const ONES: u64 = 0x0101010101010101
const HIGHS: u64 = 0x8080808080808080

/**
 * Looks at the windows of one group that start at `from`, `from + stride`, … before `to`.
 * @returns Where to go on; at least `to` when all were looked at.
 */
export function scan(group: usize, from: usize, to: usize): usize {
  const window: usize = load<u32>(group)
  const stride: usize = load<u32>(group, 4)
  for (let at = next(group, from, to); at < to; at = next(group, at, to)) {
    const hasRoom = look(at, <u32>(sumOf(at, window) >> 32))
    at += stride
    if (!hasRoom) return at
  }
  return to
}

/** The first window that may be one of those looked for. No loop holds a call: it would cost them their registers. */
function next(group: usize, from: usize, to: usize): usize {
  const window: usize = load<u32>(group)
  const stride: usize = load<u32>(group, 4)
  const bitmap: usize = load<u32>(group, 8)
  const mask: usize = load<u32>(group, 12)
  if (load<u32>(group, 16)) return nextEscaped(from, to, group)
  if (window <= 16) return nextOfTwo(from, to, stride, window - 8, bitmap, mask)
  if (window <= 24) return nextOfThree(from, to, stride, window - 8, bitmap, mask)
  let at = from
  while (at < to && !mayHold(bitmap, mask, sumOf(at, window))) at += stride
  return at
}

function nextOfTwo(from: usize, to: usize, stride: usize, last: usize, bitmap: usize, mask: usize): usize {
  const first = load<u64>(WORDS)
  const second = load<u64>(WORDS, 8)
  for (let at = from; at < to; at += stride) {
    const sum = load<u64>(at) * first + load<u64>(at + last) * second
    const word = load<u32>(bitmap + (<usize>(sum >> 40) & mask))
    // Two branches: the first alone is nearly always enough, and goes one way.
    if ((word >> <u32>(sum >> 32)) & 1) {
      if ((word >> <u32>(sum >> 37)) & 1) return at
    }
  }
  return to
}

function nextOfThree(from: usize, to: usize, stride: usize, last: usize, bitmap: usize, mask: usize): usize {
  const first = load<u64>(WORDS)
  const second = load<u64>(WORDS, 8)
  const third = load<u64>(WORDS, 16)
  for (let at = from; at < to; at += stride) {
    const sum = load<u64>(at) * first + load<u64>(at, 8) * second + load<u64>(at + last) * third
    const word = load<u32>(bitmap + (<usize>(sum >> 40) & mask))
    if ((word >> <u32>(sum >> 32)) & 1) {
      if ((word >> <u32>(sum >> 37)) & 1) return at
    }
  }
  return to
}

/** Windows of which each has a backslash among its first eight bytes: few places of most texts. */
function nextEscaped(from: usize, to: usize, group: usize): usize {
  const window: usize = load<u32>(group)
  const stride: usize = load<u32>(group, 4)
  for (let at = from; at < to; at += stride) {
    while (at < to && !hasBackslash(load<u64>(at))) at += stride
    if (at < to && mayHold(load<u32>(group, 8), load<u32>(group, 12), sumOf(at, window))) return at
  }
  return to
}

function hasBackslash(bytes: u64): bool {
  const gone = bytes ^ BACKSLASHES
  return ((gone - ONES) & ~gone & HIGHS) != 0
}

/** The sum of the window's words of eight bytes, each times its own; the last ends with the window. */
function sumOf(at: usize, window: usize): u64 {
  const last = window - 8
  let sum: u64 = 0
  let word = WORDS
  for (let offset: usize = 0; offset < last; offset += 8) {
    sum += load<u64>(at + offset) * load<u64>(word)
    word += 8
  }
  return sum + load<u64>(at + last) * load<u64>(word)
}

/** The upper half of the sum is the hash. It has two bits in a word of the bitmap; a multiple of four says in which. */
function mayHold(bitmap: usize, mask: usize, sum: u64): bool {
  const word = load<u32>(bitmap + (<usize>(sum >> 40) & mask))
  return <bool>((word >> <u32>(sum >> 32)) & (word >> <u32>(sum >> 37)) & 1)
}

/** Writes down the forms that this window may be a part of; false if there is no room for more. */
function look(at: usize, hash: u32): bool {
  const slots: usize = load<u32>(SLOTS)
  const mask = load<u32>(SLOT_MASK)
  let slot = hash & mask
  let entry = load<u64>(slots + ((<usize>slot) << 3))
  while (entry != 0) {
    if (<u32>entry == hash) consider(at - <usize>((entry >> 32) & 0xff), <u32>(entry >> 40) - 1)
    slot = (slot + 1) & mask
    entry = load<u64>(slots + ((<usize>slot) << 3))
  }
  return load<u32>(OUT) < load<u32>(OUT_END)
}

/** A form that the text ends within is kept, since nothing is known of its rest. */
function consider(start: usize, form: u32): void {
  if (start < load<u32>(LOWEST)) return
  const at = load<u32>(FORMS) + (form << 3)
  const stop = start + load<u32>(at)
  if (stop > load<u32>(END)) {
    if (load<u32>(IS_FINAL)) return
  } else if (wholeHash(start, stop) != load<u32>(at, 4)) return
  const out: usize = load<u32>(OUT)
  store<u32>(out, <u32>start)
  store<u32>(out, form, 4)
  store<u32>(OUT, <u32>out + 8)
}

function wholeHash(start: usize, stop: usize): u32 {
  const word = load<u64>(WORDS, 72)
  let hash: u64 = stop - start
  for (let at = start; at + 8 <= stop; at += 8) {
    hash = (hash ^ load<u64>(at)) * word
    hash ^= hash >> 32
  }
  return <u32>(((hash ^ load<u64>(stop - 8)) * word) >> 32)
}
