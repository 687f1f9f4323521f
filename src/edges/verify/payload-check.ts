// Opens the payloads of frames and compares them with what the tree committed to.
import { utf8, type Secret } from '#base'
import { commitmentOf, decodeLeaf, leafBytes, saltBytes } from '#tlog'
import { createDecipheriv, hkdfSync } from 'node:crypto'
import type { Problems } from './problems.ts'
import { ReceiptCheck } from './receipt-check.ts'
import type { Frame, SegmentHeader } from './segment.ts'

const keyInfo = utf8('keyreeve/journal/v1/seal')
const tagBytes = 16

/** One event in clear. */
interface SaltedPayload {
  readonly salt: Buffer
  readonly payload: Buffer
}

export class PayloadCheck {
  readonly receipts: ReceiptCheck
  readonly #dayKey: (day: number) => Promise<Secret | null>
  readonly #problems: Problems
  #key: Buffer | undefined
  #lastTime = 0
  #nextIndex = 0

  constructor(dayKey: (day: number) => Promise<Secret | null>, problems: Problems) {
    this.#dayKey = dayKey
    this.#problems = problems
    this.receipts = new ReceiptCheck(problems)
  }

  /** Turns to a segment. One whose day has no key any more is passed over. */
  async enter({ day, session }: SegmentHeader): Promise<void> {
    const dayKey = await this.#dayKey(day)
    this.leave()
    this.#key = dayKey?.lend((key) => Buffer.from(hkdfSync('sha256', key, session, keyInfo, 32)))
  }

  leave(): void {
    this.#key?.fill(0)
    this.#key = undefined
  }

  check(frame: Frame): void {
    const records = this.#key === undefined ? undefined : this.#open(frame, this.#key)
    // In what is missing the clock may have gone back, and said so.
    if (frame.firstIndex !== this.#nextIndex) this.#lastTime = 0
    if (frame.firstIndex !== this.#nextIndex || records === undefined) this.receipts.miss()
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
    const plain = unseal(frame, key)
    const records = plain === undefined ? undefined : recordsOf(plain, frame.count)
    if (records === undefined) this.#problems.add('payload-unreadable', frame.firstIndex)
    return records
  }

  #checkRecord(
    { salt, payload }: SaltedPayload,
    { commitment, time, index }: { commitment: Uint8Array; time: number; index: number },
  ): void {
    if (!commitmentOf(salt, payload).equals(commitment)) this.#problems.add('payload-mismatch', index)
    this.receipts.take(payload, index)
    if (time < this.#lastTime && !isRollback(payload)) this.#problems.add('clock-unexplained', index)
  }
}

function unseal({ sealed, bound, number }: Frame, key: Buffer): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(number), 4)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  try {
    decipher.setAAD(bound).setAuthTag(sealed.subarray(-tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}

/** @returns Undefined unless there are exactly `count` records and nothing after them. */
function recordsOf(plain: Buffer, count: number): SaltedPayload[] | undefined {
  const records: SaltedPayload[] = []
  let at = 0
  while (records.length < count) {
    const body = at + 2 + saltBytes
    if (body > plain.length) return undefined
    const end = body + plain.readUInt16BE(at)
    records.push({ salt: plain.subarray(at + 2, body), payload: plain.subarray(body, end) })
    at = end
  }
  return at === plain.length ? records : undefined
}

function isRollback(payload: Buffer): boolean {
  try {
    const event: unknown = JSON.parse(payload.toString())
    return typeof event === 'object' && event !== null && 'kind' in event && event.kind === 'clock-rollback'
  } catch {
    return false
  }
}
