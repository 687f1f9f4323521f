// Reads events back: opens their frames where the key is still there.
import { Fault, type Secret } from '#base'
import {
  commitmentOf,
  decodeBundle,
  decodeLeaf,
  leafBytes,
  tileWidth,
  widthAt,
  type Leaf,
  type ReadTile,
} from '#tlog'
import { open, readFile } from 'node:fs/promises'
import { errorCode } from '#base'
import type { Entry } from './events.ts'
import { frameHeaderBytes, parseFrame, type Frame } from './frame.ts'
import { decodePayload } from './payload.ts'
import { decodeRecords, sealingKey, unseal, type SaltedPayload } from './sealing.ts'
import type { FramePlace, Segment } from './segments.ts'
import { after, frameAt, startOf } from './walk.ts'

/** Segments whose frames are remembered where they were looked up. */
const mostKnown = 8

interface ReaderParts {
  readonly segments: readonly Segment[]
  readonly dayKey: (day: number) => Promise<Secret | null>
  readonly readTile: ReadTile
  /** Size of the published checkpoint. */
  readonly published: () => number
}

export class EntryReader {
  readonly #parts: ReaderParts
  readonly #known = new Map<Segment, readonly FramePlace[]>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /**
   * Gives the event and the others of its frame that stand before it, newest first: they were sealed together.
   * @param index Less than the size of the log.
   * @throws Fault `journal-corrupt` if what is there cannot be opened or is not what the log committed to.
   */
  async backFrom(index: number): Promise<Entry[]> {
    const segment = this.#parts.segments.findLast(({ header }) => header.firstIndex <= index)
    const place = segment === undefined ? undefined : await this.#placeOf(segment, index)
    if (segment === undefined || place === undefined) return [await this.#shredded(index)]
    const frame = await readFrame(segment, place)
    const entries = await this.#entriesOf(segment, frame)
    return entries.slice(0, index - place.firstIndex + 1).toReversed()
  }

  async #entriesOf(segment: Segment, frame: Frame): Promise<Entry[]> {
    const leaves = leavesOf(frame)
    const records = await this.#open(segment, frame)
    return leaves.map((leaf, at) => {
      const index = frame.firstIndex + at
      return { index, time: leaf.time, event: records === null ? null : eventOf(records[at], leaf, index) }
    })
  }

  async #open({ header }: Segment, frame: Frame): Promise<SaltedPayload[] | null> {
    const dayKey = await this.#parts.dayKey(header.day)
    if (dayKey === null) return null
    const key = sealingKey(dayKey, header.session)
    const bound = frame.bytes.subarray(0, frameHeaderBytes + frame.leaves.length)
    const plain = unseal(frame.sealed, { key, frame: frame.number, bound })
    key.fill(0)
    const records = plain === undefined ? undefined : decodeRecords(plain, frame.count)
    if (records === undefined)
      throw new Fault('journal-corrupt', `event ${frame.firstIndex} cannot be opened`)
    return records
  }

  async #placeOf(segment: Segment, index: number): Promise<FramePlace | undefined> {
    const places = segment.frames ?? this.#known.get(segment) ?? (await this.#lookThrough(segment))
    const place = places[lastAtMost(places, index)]
    return place !== undefined && index < place.firstIndex + place.count ? place : undefined
  }

  async #lookThrough(segment: Segment): Promise<readonly FramePlace[]> {
    const places = await placesIn(segment)
    const oldest = this.#known.keys().next().value
    if (this.#known.size >= mostKnown && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(segment, places)
    return places
  }

  /** Where the segment is gone the tree still says when the event was. */
  async #shredded(index: number): Promise<Entry> {
    const tile = { level: 'entries' as const, index: Math.floor(index / tileWidth) }
    const width = widthAt(tile, this.#parts.published())
    const bundle = await this.#parts.readTile({ ...tile, width })
    const leaf = decodeLeaf(decodeBundle(bundle, width)?.[index % tileWidth] ?? Buffer.alloc(0))
    if (leaf === undefined) throw new Fault('journal-corrupt', `event ${index} is not in its bundle`)
    return { index, time: leaf.time, event: null }
  }
}

function eventOf(record: SaltedPayload | undefined, leaf: Leaf, index: number): Entry['event'] {
  const isCommitted =
    record !== undefined && commitmentOf(record.salt, record.payload).equals(leaf.commitment)
  const event = isCommitted ? decodePayload(record.payload) : undefined
  if (event === undefined)
    throw new Fault('journal-corrupt', `event ${index} is not what the log committed to`)
  return event
}

function leavesOf({ leaves, firstIndex, count }: Frame): Leaf[] {
  return Array.from({ length: count }, (_, at) => {
    const leaf = decodeLeaf(leaves.subarray(at * leafBytes, (at + 1) * leafBytes))
    if (leaf === undefined) throw new Fault('journal-corrupt', `event ${firstIndex + at} has an unknown form`)
    return leaf
  })
}

async function readFrame({ path }: Segment, { at, length }: FramePlace): Promise<Frame> {
  const bytes = Buffer.alloc(length)
  const file = await open(path, 'r')
  try {
    await file.read(bytes, 0, length, at)
  } finally {
    await file.close()
  }
  const frame = parseFrame(bytes, 0)
  if (frame === undefined) throw new Fault('journal-corrupt', 'a frame is not where it was')
  return frame
}

/** Frames of a segment that is no longer written; none if its day was deleted meanwhile. */
async function placesIn({ header, path }: Segment): Promise<FramePlace[]> {
  const bytes = await readIfThere(path)
  const places: FramePlace[] = []
  let expected = startOf(header)
  for (let frame = frameAt(bytes, expected); frame !== undefined; frame = frameAt(bytes, expected)) {
    places.push({
      at: frame.at,
      firstIndex: frame.firstIndex,
      count: frame.count,
      length: frame.bytes.length,
    })
    expected = after(frame)
  }
  return places
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

/** Position of the last place that begins at or before the index; -1 if there is none. */
function lastAtMost(places: readonly FramePlace[], index: number): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (places[middle]!.firstIndex <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}
