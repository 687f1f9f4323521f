// Packs bytes for `unpack` of tools/wasm/prefilter.ts: literal bytes, then bytes that stood before, and so on.

/** Shorter stretches are not worth the numbers that say where they stood. */
const shortest = 4
/** Places that are looked at for a stretch. */
const mostTries = 512

interface Stretch {
  readonly length: number
  /** How far back it stands. */
  readonly back: number
}

/** Packs bytes that a zero stands before. Numbers are 7 bits a byte, the lowest first; no copies end it. */
export function pack(bytes: Uint8Array): Uint8Array {
  const packed: number[] = []
  const places = new Map<number, number[]>()
  let literal = 0
  for (let at = 0; at < bytes.length;) {
    const { length, back } = longestStretch(bytes, at, places)
    if (length < shortest) {
      enter(bytes, at++, places)
      continue
    }
    packed.push(...number(at - literal), ...bytes.subarray(literal, at), ...number(length), ...number(back))
    for (const end = at + length; at < end; at++) enter(bytes, at, places)
    literal = at
  }
  packed.push(...number(bytes.length - literal), ...bytes.subarray(literal), 0)
  return Uint8Array.from(packed)
}

function longestStretch(
  bytes: Uint8Array,
  at: number,
  places: ReadonlyMap<number, readonly number[]>,
): Stretch {
  let best: Stretch = { length: lengthAt(bytes, at, at - 1), back: 1 }
  for (const place of places.get(keyAt(bytes, at))?.slice(-mostTries).toReversed() ?? []) {
    const length = lengthAt(bytes, at, place)
    // What stands further back costs a byte more.
    const isFar = at - place >= 128 && best.back < 128
    if (length > best.length + Number(isFar)) best = { length, back: at - place }
  }
  return best
}

/** How many bytes at both places are the same. */
function lengthAt(bytes: Uint8Array, at: number, place: number): number {
  let length = 0
  while (at + length < bytes.length && bytes[at + length] === (bytes[place + length] ?? 0)) length++
  return length
}

function enter(bytes: Uint8Array, at: number, places: Map<number, number[]>): void {
  const key = keyAt(bytes, at)
  const list = places.get(key)
  if (list === undefined) places.set(key, [at])
  else list.push(at)
}

function keyAt(bytes: Uint8Array, at: number): number {
  return bytes.subarray(at, at + shortest).reduce((key, byte) => (key << 8) | byte, 0)
}

function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)]
}
