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
const furthest = 2 ** (8 * bytes.counter) - 1
/** Characters of a state. */
const length = Math.ceil(((bodyBytes + bytes.mac) * 4) / 3)

/**
 * The state that follows, opaque to the device: it cannot be guessed, so that a copy falls behind for good.
 * @param previous Undefined for the first. Attacker-controlled: the register must find it to be the last that was given,
 *   else the answer must not be used.
 */
export function nextJoinState(previous: string | undefined, key: JoinKey, random: Random): string {
  const state = Buffer.alloc(bodyBytes + bytes.mac)
  const count = claimedCount(previous)
  state.writeUIntBE(count < furthest ? count + 1 : 1, 0, bytes.counter)
  state.set(random(bytes.salt), bytes.counter)
  state.set(macOf(state.subarray(0, bodyBytes), key), bodyBytes)
  return state.toString('base64url')
}

/** Not verified: the register compares the whole, and that is told by it more cheaply. */
function claimedCount(state: string | undefined): number {
  if (state?.length !== length) return 0
  const head = Buffer.alloc(bytes.counter)
  head.write(state.slice(0, 8), 'base64url')
  return head.readUIntBE(0, bytes.counter)
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
