// `node tools/deal.ts`: deals the windows of our own anchors out among the prefilter's buckets so that few places of usual
// text look like one of them, and keeps that in tools/dealt.json for tools/image.ts. Takes half a minute; an anchor that came
// since is put where it costs least, so that this need not run for each new one.
import { writeFileSync } from 'node:fs'
import { mixed } from '../bench/corpus.ts'
import type { Anchor } from '../src/engines/redaction/anchors.ts'
import { defaultAnchors } from '../src/engines/redaction/detectors.ts'
import { alnum } from '../src/engines/redaction/classes.ts'
import { bankBuckets, choicesOf, nameOf } from '../src/engines/redaction/prefilter-memory.ts'
import type { Choice, Shape } from '../src/engines/redaction/prefilter-buckets.ts'

const sampleBytes = 131_072
const pieceBytes = 4096
const passes = 3
/** What a place costs that has a window's bytes, one being what it costs to look whether it has. */
const costOfHit = 8
const windowBytes = 4

/** One bit for each place of the sample. */
type Places = Uint32Array

interface Bucket {
  readonly members: Set<number>
  /** For each of the four bytes the halves that occur. */
  readonly low: number[]
  readonly high: number[]
  /** What looks like it. */
  places: Places
}

interface Option extends Choice {
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Places that look like it, and those that have its bytes. */
  readonly alike: number
  readonly hits: number
}

const sample = sampleOf(mixed(16 * sampleBytes, 20_261_125, { secretsPer20kB: 0 }).bytes)
const size = sampleBytes / 32
const lows = halfPlaces((byte) => byte & 15)
const highs = halfPlaces((byte) => byte >> 4)
const grams = gramsOf()
const everywhere = new Uint32Array(size).fill(0xffff_ffff)
const wordStarts = startsOf()
const scratch = new Uint32Array(size)
const kept = new Map<string, Places>()

const anchors = defaultAnchors.all
const options = anchors.map((anchor) => choicesOf(anchor).map((choice) => optionOf(anchor, choice)))
const buckets = Array.from({ length: 2 * bankBuckets }, (): Bucket => {
  return { members: new Set(), low: zeros(), high: zeros(), places: new Uint32Array(size) }
})
const dealt: (readonly [bucket: number, option: Option])[] = []

const order = Array.from(anchors.keys()).sort((a, b) => leastOf(b) - leastOf(a) || a - b)
for (const anchor of order) insert(anchor)
for (let pass = 0; pass < passes; pass++) {
  console.log(`${Math.round((countOf(unionOf()) / sampleBytes) * 2 ** 20)} places of a MiB are left`)
  for (const anchor of order) {
    remove(anchor)
    insert(anchor)
  }
}
console.log(`${Math.round((countOf(unionOf()) / sampleBytes) * 2 ** 20)} places of a MiB are left`)
writeFileSync('tools/dealt.json', written())

function sampleOf(bytes: Uint8Array): Uint8Array {
  const taken = new Uint8Array(sampleBytes + windowBytes)
  const step = Math.floor(bytes.length / (sampleBytes / pieceBytes))
  for (let piece = 0; piece < sampleBytes / pieceBytes; piece++) {
    taken.set(bytes.subarray(piece * step, piece * step + pieceBytes), piece * pieceBytes)
  }
  return taken
}

/** For each of the four bytes of a window and each half, where it stands. */
function halfPlaces(halfOf: (byte: number) => number): readonly (readonly Places[])[] {
  return Array.from({ length: windowBytes }, (_, place) => {
    const found = Array.from({ length: 16 }, () => new Uint32Array(size))
    for (let at = 0; at < sampleBytes; at++) setBit(found[halfOf(sample[at + place]!)]!, at)
    return found
  })
}

function setBit(places: Places, at: number): void {
  places[at >>> 5]! |= 1 << (at & 31)
}

/** How often each three and four bytes stand there, in lower case. */
function gramsOf(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const text = Buffer.from(sample).toString('latin1').toLowerCase()
  for (let at = 0; at < sampleBytes; at++) {
    for (const gram of [text.slice(at, at + 3), text.slice(at, at + 4)])
      counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  return counts
}

function startsOf(): Places {
  const starts = new Uint32Array(size)
  for (let at = 6; at < sampleBytes; at++) {
    const isBehindWord = alnum[sample[at - 1]!] === 1 && (sample[at - 1]! | 0x20) !== 0x6d
    if (!isBehindWord || [2, 3, 4, 6].some((back) => isEscape(at - back))) setBit(starts, at)
  }
  return starts
}

function isEscape(at: number): boolean {
  return sample[at] === 0x5c || sample[at] === 0x25
}

function optionOf(anchor: Anchor, choice: Choice): Option {
  const low = halvesOf(choice.shape, (byte) => byte & 15)
  const high = halvesOf(choice.shape, (byte) => byte >> 4)
  const text = Buffer.from(anchor.literal).toString('latin1').toLowerCase()
  const hits = grams.get(text.slice(choice.offset, choice.offset + windowBytes)) ?? 0
  const alike = countOf(placesOf({ low, high }, choice.beginsWord ? wordStarts : everywhere))
  return { ...choice, low, high, alike, hits }
}

function halvesOf(shape: Shape, halfOf: (byte: number) => number): number[] {
  return shape.map((bytes) => bytes.reduce((bits, byte) => bits | (1 << halfOf(byte)), 0))
}

/** Gives the scratch. */
function placesOf({ low, high }: Pick<Option, 'low' | 'high'>, within: Places): Places {
  scratch.set(within)
  for (let place = 0; place < windowBytes; place++) {
    narrow(`l${place}`, lows[place]!, low[place]!)
    narrow(`h${place}`, highs[place]!, high[place]!)
  }
  return scratch
}

function narrow(name: string, found: readonly Places[], halves: number): void {
  const key = `${name}.${halves}`
  let places = kept.get(key)
  if (places === undefined) {
    places = new Uint32Array(size)
    for (let half = 0; half < 16; half++) {
      if (((halves >> half) & 1) === 1) for (let at = 0; at < size; at++) places[at]! |= found[half]![at]!
    }
    if (kept.size > 2000) kept.clear()
    kept.set(key, places)
  }
  for (let at = 0; at < size; at++) scratch[at]! &= places[at]!
}

function insert(anchor: number): void {
  const taken = unionOf()
  let best = { cost: Infinity, bucket: 0, option: options[anchor]![0]!, places: scratch }
  for (const option of options[anchor]!) {
    const from = option.beginsWord ? 0 : bankBuckets
    for (let bucket = from; bucket < from + bankBuckets; bucket++) {
      const places = placesOf(joined(buckets[bucket]!, option), option.beginsWord ? wordStarts : everywhere)
      const cost = newOf(places, taken) + costOfHit * option.hits + buckets[bucket]!.members.size / 1000
      if (cost < best.cost) best = { cost, bucket, option, places: places.slice() }
    }
  }
  put(anchor, best.bucket, best.option)
  buckets[best.bucket]!.places = best.places
  dealt[anchor] = [best.bucket, best.option]
}

function put(anchor: number, bucket: number, option: Option): void {
  const { members, low, high } = buckets[bucket]!
  members.add(anchor)
  for (let place = 0; place < windowBytes; place++) {
    low[place]! |= option.low[place]!
    high[place]! |= option.high[place]!
  }
}

function remove(anchor: number): void {
  const [bucket, { beginsWord }] = dealt[anchor]!
  const { members, low, high } = buckets[bucket]!
  members.delete(anchor)
  low.fill(0)
  high.fill(0)
  for (const member of members) put(member, bucket, dealt[member]![1])
  buckets[bucket]!.places = placesOf({ low, high }, beginsWord ? wordStarts : everywhere).slice()
}

function joined(a: Pick<Option, 'low' | 'high'>, b: Option): Pick<Option, 'low' | 'high'> {
  return {
    low: a.low.map((bits, at) => bits | b.low[at]!),
    high: a.high.map((bits, at) => bits | b.high[at]!),
  }
}

function unionOf(): Places {
  const union = new Uint32Array(size)
  for (const { places } of buckets) for (let at = 0; at < size; at++) union[at]! |= places[at]!
  return union
}

function newOf(places: Places, taken: Places): number {
  let count = 0
  for (let at = 0; at < size; at++) count += bitsOf(places[at]! & ~taken[at]!)
  return count
}

function countOf(places: Places): number {
  return newOf(places, new Uint32Array(size))
}

function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

function leastOf(anchor: number): number {
  return Math.min(...options[anchor]!.map(({ alike }) => alike))
}

function zeros(): number[] {
  return Array.from({ length: windowBytes }, () => 0)
}

/** A row for each: its name, its bucket, and where in it the window begins. */
function written(): string {
  const rows = anchors.map(
    (anchor, index) => `${nameOf(anchor)} ${dealt[index]![0]} ${dealt[index]![1].offset}`,
  )
  return `${JSON.stringify(Array.from(new Set(rows)).toSorted(), null, 2)}\n`
}
