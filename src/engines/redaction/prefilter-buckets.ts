// Shares windows of anchors among the buckets of a bank so that few other texts look like one of them.

import { byteClass, digit, lower, upper, type ByteClass } from './classes.ts'

/** Four sets of bytes: what may stand at each place. */
export type Shape = readonly (readonly number[])[]

/** Of each place which halves of a byte occur: a bit for each of the sixteen. */
export interface Bucket {
  readonly low: number[]
  readonly high: number[]
  /** Estimated share of the places of a text that look like it. */
  share: number
}

const bucketCount = 8
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
const [lowShares, highShares] = halfShares()

/**
 * Deals the windows out.
 * @param choices For each anchor the windows by which it may be noticed.
 * @returns The buckets, and for each anchor the index of the window that was taken.
 */
export function deal(choices: readonly (readonly Shape[])[]): {
  buckets: readonly Bucket[]
  taken: number[]
} {
  const buckets = Array.from({ length: bucketCount }, emptyBucket)
  const taken = choices.map(() => 0)
  const order = choices.map((shapes, index) => ({ index, share: Math.min(...shapes.map(shareOf)) }))
  // The common ones first: they decide what a bucket is like.
  order.sort((a, b) => b.share - a.share || a.index - b.index)
  for (const { index } of order) taken[index] = putInBest(choices[index]!, buckets)
  return { buckets, taken }
}

function putInBest(shapes: readonly Shape[], buckets: readonly Bucket[]): number {
  let best = { cost: Infinity, bucket: buckets[0]!, index: 0 }
  for (const [index, shape] of shapes.entries()) {
    const halves = halvesOf(shape)
    for (const bucket of buckets) {
      const cost = shareWith(bucket, halves) - bucket.share
      if (cost < best.cost) best = { cost, bucket, index }
    }
  }
  const { low, high } = halvesOf(shapes[best.index]!)
  best.bucket.share += best.cost
  for (const [place, bits] of low.entries()) best.bucket.low[place]! |= bits
  for (const [place, bits] of high.entries()) best.bucket.high[place]! |= bits
  return best.index
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
