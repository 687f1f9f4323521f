// Makes the frames of one session and puts them on disk.
import { Fault, type Random, type Secret } from '#base'
import {
  commitmentOf,
  dayOf,
  encodeLeaf,
  saltBytes,
  checkpointText,
  sha256,
  type GrowingTree,
  type NoteSigner,
} from '#tlog'
import {
  encodeFrameHeader,
  frameBytes,
  frameLink,
  frameNoteBytes,
  frameText,
  tagBytes,
  type FrameHead,
} from './frame.ts'
import { encodeSegmentHeader } from './header.ts'
import type { Ratchet } from './ratchet.ts'
import { encodeRecords, seal, sealingKey, type SaltedPayload } from './sealing.ts'
import { SegmentWriter } from './segment.ts'
import type { FramePlace, Segment } from './segments.ts'

interface WriterParts {
  readonly folder: string
  readonly signer: NoteSigner
  readonly session: Uint8Array
  readonly ratchet: Ratchet
  readonly dayKey: (day: number) => Promise<Secret | null>
  readonly random: Random
  readonly tree: GrowingTree
  /** Those that are there; new ones are added. */
  readonly segments: Segment[]
}

/** What a commit left behind, durable. */
export interface Head {
  readonly size: number
  readonly root: Buffer
}

interface Current {
  readonly segment: SegmentWriter
  readonly key: Buffer
  readonly frames: FramePlace[]
}

export class FrameWriter {
  readonly #parts: WriterParts
  #frame = 0
  #previous: Buffer = Buffer.alloc(0)
  #current: Current | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /** True if a frame with these payloads can be written without waiting. */
  isReady(payloads: readonly Uint8Array[], day: number): boolean {
    const length = this.#lengthOf(payloads)
    const segment = this.#current?.segment
    return (
      segment !== undefined && segment.header.day === day && segment.takes(length) && segment.isReady(length)
    )
  }

  /**
   * Waits for growth, or begins a new segment.
   * @throws Fault `journal-unwritable` if the day has no key; nothing was changed then.
   */
  async prepare(payloads: readonly Uint8Array[], day: number): Promise<void> {
    const segment = this.#current?.segment
    if (segment?.header.day === day && segment.takes(this.#lengthOf(payloads))) return segment.settle()
    const dayKey = await this.#keyOf(day)
    const key = sealingKey(dayKey, this.#parts.session)
    await this.finish()
    this.#current = await this.#begin(day, key)
  }

  /**
   * Writes one frame. The tree is ahead of the disk if this throws: do not use it again.
   * @param time Of all events in it. Its day must be the one that was prepared.
   */
  write(payloads: readonly Uint8Array[], time: number): Head {
    const { segment, frames } = this.#writing()
    const firstIndex = this.#parts.tree.size
    const { frame, head } = this.#make(payloads, time)
    const at = segment.commit(frame)
    frames.push({ at, firstIndex, count: payloads.length, length: frame.length })
    this.#frame++
    return head
  }

  /** Ends the segment; the next frame needs a new one. */
  async finish(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    current?.key.fill(0)
    await current?.segment.finish()
  }

  /** Gives up after an error: leaves the segment to recovery. */
  async abandon(): Promise<void> {
    this.#current?.key.fill(0)
    await this.#current?.segment.abandon()
    this.#current = undefined
  }

  #make(payloads: readonly Uint8Array[], time: number): { frame: Buffer; head: Head } {
    const { tree, signer, ratchet } = this.#parts
    const records = this.#salted(payloads)
    const firstIndex = tree.size
    const leaves = records.map(({ salt, payload }) =>
      encodeLeaf({ day: dayOf(time), time, commitment: commitmentOf(salt, payload) }),
    )
    for (const leaf of leaves) tree.push(leaf)
    const head = { origin: signer.name, size: tree.size, root: tree.root() }
    const plain = encodeRecords(records)
    const bound = Buffer.concat([this.#headerOf(firstIndex, leaves.length, plain.length), ...leaves])
    const sealed = seal(plain, { key: this.#writing().key, frame: this.#frame, bound })
    const mac = ratchet.mac(bound, sealed, Buffer.from(checkpointText({ ...head, extensions: [] })))
    return { frame: this.#sign(Buffer.concat([bound, sealed, mac]), head), head }
  }

  #headerOf(firstIndex: number, count: number, plainBytes: number): Buffer {
    return encodeFrameHeader({
      count,
      firstIndex,
      number: this.#frame,
      previous: this.#previous,
      sealedBytes: plainBytes + tagBytes,
      noteBytes: frameNoteBytes(this.#parts.signer.name, firstIndex + count),
    })
  }

  #sign(body: Buffer, head: FrameHead): Buffer {
    const digest = sha256(body)
    const note = Buffer.from(this.#parts.signer.sign(frameText(head, digest)))
    this.#previous = frameLink(digest, note)
    return Buffer.concat([body, note])
  }

  #salted(payloads: readonly Uint8Array[]): SaltedPayload[] {
    const salts = this.#parts.random(payloads.length * saltBytes)
    return payloads.map((payload, at) => ({
      salt: salts.subarray(at * saltBytes, (at + 1) * saltBytes),
      payload,
    }))
  }

  async #begin(day: number, key: Buffer): Promise<Current> {
    const { folder, segments, session, tree } = this.#parts
    const number = (segments.at(-1)?.header.number ?? -1) + 1
    const header = { number, day, firstIndex: tree.size, firstFrame: this.#frame, session }
    const segment = await SegmentWriter.create(folder, header)
    this.#previous = sha256(encodeSegmentHeader(header))
    const frames: FramePlace[] = []
    segments.push({ header, path: segment.path, frames })
    return { segment, key, frames }
  }

  async #keyOf(day: number): Promise<Secret> {
    try {
      const key = await this.#parts.dayKey(day)
      if (key !== null) return key
    } catch (cause) {
      throw new Fault('journal-unwritable', `the key of day ${day} cannot be had`, { cause })
    }
    throw new Fault('journal-unwritable', `day ${day} has no key`)
  }

  #lengthOf(payloads: readonly Uint8Array[]): number {
    const { signer, tree } = this.#parts
    const count = payloads.length
    const plainBytes = payloads.reduce((sum, { length }) => sum + 2 + saltBytes + length, 0)
    return frameBytes({ count, plainBytes, noteBytes: frameNoteBytes(signer.name, tree.size + count) })
  }

  #writing(): Current {
    if (this.#current === undefined) throw new Fault('internal', 'a frame was written before its segment')
    return this.#current
  }
}
