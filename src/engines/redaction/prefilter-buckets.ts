// Shares windows of anchors among the buckets of a bank so that few other texts look like one of them.

import { byteClass, digit, lower, upper, type ByteClass } from './classes.ts'
import { once } from './once.ts'

/** Four sets of bytes: what may stand at each place. */
export type Shape = readonly (readonly number[])[]

/** Of each place which halves of a byte occur: a bit for each of the sixteen. */
export interface Bucket {
  readonly low: number[]
  readonly high: number[]
  /** Estimated share of the places of a text that look like it. */
  share: number
}

/** A window by which an anchor may be noticed. */
export interface Choice {
  /** Where in the anchor it begins. */
  readonly offset: number
  readonly shape: Shape
  /** It counts only where a word begins; the first buckets are for those. */
  readonly beginsWord: boolean
}

const bankBuckets = 8
const bucketCount = 2 * bankBuckets
/** Share of the places where a word begins. */
const wordStarts = 0.3
const byteShares: readonly (readonly [ByteClass, number])[] = [
  [byteClass('etaoinsrhldcu'), 0.045],
  [lower, 0.012],
  [digit, 0.018],
  [upper, 0.006],
  [byteClass(' '), 0.08],
  [byteClass('\n"/.:,_-'), 0.014],
  [byteClass('!-~'), 0.004],
]
/** How often the halves of bytes occur in logs and code, roughly. */
const shares = once(halfShares)

/** For each anchor its bucket and where in it the window begins that was taken. */
export type Deal = readonly (readonly [bucket: number, offset: number])[]

/**
 * Deals the windows out. Takes a tenth of a second; what it gives for our own anchors is in prefilter-image.ts.
 * @param choices For each anchor the windows by which it may be noticed.
 * @param given Where an anchor has its place already.
 */
export function deal(
  choices: readonly (readonly Choice[])[],
  given: readonly (Deal[number] | undefined)[] = [],
): Deal {
  const buckets = Array.from({ length: bucketCount }, emptyBucket)
  const dealt = choices.map((list, index) => given[index] ?? ([0, list[0]!.offset] as const))
  const isGiven = (index: number): boolean => given[index] !== undefined
  for (const [index, list] of choices.entries()) {
    const [bucket, offset] = dealt[index]!
    if (isGiven(index)) put(list.find((choice) => choice.offset === offset)!.shape, buckets[bucket]!)
  }
  const order = choices
    .map((list, index) => ({ index, share: Math.min(...list.map(({ shape }) => shareOf(shape))) }))
    .filter(({ index }) => !isGiven(index))
  // The common ones first: they decide what a bucket is like.
  order.sort((a, b) => b.share - a.share || a.index - b.index)
  for (const { index } of order) dealt[index] = putInBest(choices[index]!, buckets)
  return dealt
}

/** The buckets that a deal fills. */
export function filled(dealt: Deal, shapeOf: (anchor: number, offset: number) => Shape): readonly Bucket[] {
  const buckets = Array.from({ length: bucketCount }, emptyBucket)
  for (const [anchor, [bucket, offset]] of dealt.entries()) put(shapeOf(anchor, offset), buckets[bucket]!)
  return buckets
}

function putInBest(choices: readonly Choice[], buckets: readonly Bucket[]): [number, number] {
  let best = { cost: Infinity, bucket: 0, choice: choices[0]! }
  for (const choice of choices) {
    const halves = halvesOf(choice.shape)
    const [from, weight] = choice.beginsWord ? [0, wordStarts] : [bankBuckets, 1]
    for (let bucket = from; bucket < from + bankBuckets; bucket++) {
      const cost = weight * shareWith(buckets[bucket]!, halves) - buckets[bucket]!.share
      if (cost < best.cost) best = { cost, bucket, choice }
    }
  }
  buckets[best.bucket]!.share += best.cost
  put(best.choice.shape, buckets[best.bucket]!)
  return [best.bucket, best.choice.offset]
}

function put(shape: Shape, bucket: Bucket): void {
  const { low, high } = halvesOf(shape)
  for (const [place, bits] of low.entries()) bucket.low[place]! |= bits
  for (const [place, bits] of high.entries()) bucket.high[place]! |= bits
}

function emptyBucket(): Bucket {
  return { low: [0, 0, 0, 0], high: [0, 0, 0, 0], share: 0 }
}

function halvesOf(shape: Shape): Pick<Bucket, 'low' | 'high'> {
  return {
    low: shape.map((bytes) => bytes.reduce((bits, byte) => bits | (1 << (byte & 15)), 0)),
    high: shape.map((bytes) => bytes.reduce((bits, byte) => bits | (1 << (byte >> 4)), 0)),
  }
}

function shareWith(bucket: Bucket, { low, high }: Pick<Bucket, 'low' | 'high'>): number {
  const [lowShares, highShares] = shares()
  let share = 1
  for (let place = 0; place < low.length; place++) {
    share *= sumOf(bucket.low[place]! | low[place]!, lowShares)
    share *= sumOf(bucket.high[place]! | high[place]!, highShares)
  }
  return share
}

function sumOf(bits: number, shares: Float64Array): number {
  let sum = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) sum += shares[31 - Math.clz32(rest & -rest)]!
  return sum
}

function shareOf(shape: Shape): number {
  return shape.reduce((share, bytes) => share * bytes.reduce((sum, byte) => sum + byteShare(byte), 0), 1)
}

function halfShares(): [Float64Array, Float64Array] {
  const [low, high] = [new Float64Array(16), new Float64Array(16)]
  for (let byte = 0; byte < 256; byte++) {
    low[byte & 15]! += byteShare(byte)
    high[byte >> 4]! += byteShare(byte)
  }
  return [low, high]
}

function byteShare(byte: number): number {
  return byteShares.find(([of]) => of[byte] === 1)?.[1] ?? 0.0005
}
