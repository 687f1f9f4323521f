// Opens the payloads of frames and compares them with what the tree committed to.
import type { Secret } from '#base'
import { commitmentOf, decodeLeaf, leafBytes } from '#tlog'
import { frameHeaderBytes, type Frame } from './frame.ts'
import type { SegmentHeader } from './header.ts'
import { decodePayload } from './payload.ts'
import type { Problems } from './problems.ts'
import { decodeRecords, sealingKey, unseal, type SaltedPayload } from './sealing.ts'

export class PayloadCheck {
  readonly #dayKey: (day: number) => Promise<Secret | null>
  readonly #problems: Problems
  #key: Buffer | undefined
  #lastTime = 0
  #nextIndex = 0

  constructor(dayKey: (day: number) => Promise<Secret | null>, problems: Problems) {
    this.#dayKey = dayKey
    this.#problems = problems
  }

  /** Turns to a segment. One whose day has no key any more is passed over. */
  async enter({ day, session }: SegmentHeader): Promise<void> {
    const dayKey = await this.#dayKey(day)
    this.leave()
    this.#key = dayKey === null ? undefined : sealingKey(dayKey, session)
  }

  leave(): void {
    this.#key?.fill(0)
    this.#key = undefined
  }

  check(frame: Frame): void {
    const records = this.#key === undefined ? undefined : this.#open(frame, this.#key)
    // In what is missing the clock may have gone back, and said so.
    if (frame.firstIndex !== this.#nextIndex) this.#lastTime = 0
    this.#nextIndex = frame.firstIndex + frame.count
    for (let at = 0; at < frame.count; at++) {
      const leaf = decodeLeaf(frame.leaves.subarray(at * leafBytes, (at + 1) * leafBytes))
      if (leaf === undefined) continue
      const record = records?.[at]
      if (record !== undefined) this.#checkRecord(record, { ...leaf, index: frame.firstIndex + at })
      this.#lastTime = leaf.time
    }
  }

  #open(frame: Frame, key: Buffer): SaltedPayload[] | undefined {
    const bound = frame.bytes.subarray(0, frameHeaderBytes + frame.leaves.length)
    const plain = unseal(frame.sealed, { key, frame: frame.number, bound })
    const records = plain === undefined ? undefined : decodeRecords(plain, frame.count)
    if (records === undefined) this.#problems.add('payload-unreadable', frame.firstIndex)
    return records
  }

  #checkRecord(
    { salt, payload }: SaltedPayload,
    { commitment, time, index }: { commitment: Uint8Array; time: number; index: number },
  ): void {
    if (!commitmentOf(salt, payload).equals(commitment)) this.#problems.add('payload-mismatch', index)
    if (time >= this.#lastTime) return
    if (decodePayload(payload)?.['kind'] !== 'clock-rollback') this.#problems.add('clock-unexplained', index)
  }
}
