// Seals the payloads of a frame under the key of a day and a session.
import { utf8, type Secret } from '#base'
import { saltBytes } from '#tlog'
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { tagBytes } from './frame.ts'

const keyInfo = utf8('keyreeve/journal/v1/seal')
const nonceBytes = 12

/** One event in clear: its salt and its payload. */
export interface SaltedPayload {
  readonly salt: Uint8Array
  readonly payload: Uint8Array
}

/**
 * Key that seals the frames of one session on one day. The session is random for each start, so that a frame number
 * that comes again after a torn frame was dropped never meets the same key.
 * @returns 32 bytes; wipe them.
 */
export function sealingKey(dayKey: Secret, session: Uint8Array): Buffer {
  return dayKey.lend((key) => Buffer.from(hkdfSync('sha256', key, session, keyInfo, 32)))
}

/** Records one after the other: `length of payload u16 | salt 16 | payload`. */
export function encodeRecords(records: readonly SaltedPayload[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ salt, payload }) => {
      const length = Buffer.allocUnsafe(2)
      length.writeUInt16BE(payload.length)
      return [length, salt, payload]
    }),
  )
}

/** @returns Undefined unless there are exactly `count` records and nothing after them. */
export function decodeRecords(plain: Buffer, count: number): SaltedPayload[] | undefined {
  const records: SaltedPayload[] = []
  let at = 0
  while (records.length < count) {
    const body = at + 2 + saltBytes
    if (body > plain.length) return undefined
    const end = body + plain.readUInt16BE(at)
    if (end > plain.length) return undefined
    records.push({ salt: plain.subarray(at + 2, body), payload: plain.subarray(body, end) })
    at = end
  }
  return at === plain.length ? records : undefined
}

interface Sealing {
  readonly key: Uint8Array
  /** Number of the frame in its session: the nonce. */
  readonly frame: number
  /** Header and leaves of the frame: bound, not sealed. */
  readonly bound: Uint8Array
}

/** Ciphertext and tag. @see NIST SP 800-38D */
export function seal(plain: Uint8Array, { key, frame, bound }: Sealing): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(frame))
  cipher.setAAD(bound)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @param sealed Attacker-controlled. @returns Undefined if it was sealed under another key, or changed. */
export function unseal(sealed: Buffer, { key, frame, bound }: Sealing): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(frame), { authTagLength: tagBytes })
    decipher.setAAD(bound)
    decipher.setAuthTag(sealed.subarray(-tagBytes))
    const plain = decipher.update(sealed.subarray(0, -tagBytes))
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}

function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeBigUInt64BE(BigInt(frame), 4)
  return nonce
}
