// Join states: a counter that each mint moves on. Two who use copies of one key soon hold different ones, and show it.
import type { Random } from '#base'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** For whom a state is made. */
export interface JoinKey {
  /** 32 bytes that only the server has. */
  readonly secret: Uint8Array
  readonly device: string
}

const bytes = { counter: 6, salt: 10, mac: 16 } as const
const bodyBytes = bytes.counter + bytes.salt
/** Characters of a state. */
const length = Math.ceil(((bodyBytes + bytes.mac) * 4) / 3)

/**
 * The state that follows, opaque to the device: it cannot be guessed, so that a copy falls behind for good.
 * @param previous Undefined for the first; one that is not ours counts as the first too.
 */
export function nextJoinState(previous: string | undefined, key: JoinKey, random: Random): string {
  const body = Buffer.alloc(bodyBytes)
  body.writeUIntBE((joinCount(previous, key) ?? 0) + 1, 0, bytes.counter)
  body.set(random(bytes.salt), bytes.counter)
  return Buffer.concat([body, macOf(body, key)]).toString('base64url')
}

/**
 * How many mints a state stands for.
 * @param state Attacker-controlled.
 * @returns Null for what this server did not make for this device.
 */
export function joinCount(state: string | undefined, key: JoinKey): number | null {
  if (state?.length !== length) return null
  const whole = Buffer.from(state, 'base64url')
  if (whole.length !== bodyBytes + bytes.mac || whole.toString('base64url') !== state) return null
  const body = whole.subarray(0, bodyBytes)
  return timingSafeEqual(whole.subarray(bodyBytes), macOf(body, key))
    ? body.readUIntBE(0, bytes.counter)
    : null
}

function macOf(body: Uint8Array, { secret, device }: JoinKey): Buffer {
  const mac = createHmac('sha256', secret).update('keyreeve join state\n').update(body).update(device)
  return mac.digest().subarray(0, bytes.mac)
}
