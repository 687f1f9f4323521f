// Nonces of the server: made of its secret and the time, so that nothing is stored and every process takes every one.
import type { Milliseconds } from '#base'
import { hkdfSync, timingSafeEqual } from 'node:crypto'

/** Milliseconds between one nonce and the next. */
const step: Milliseconds = 60_000
/** How many steps before and after the present one are taken. */
const reach = 2

/** Gives nonces and knows them again. */
export interface Nonces {
  /** The one to hand out now. */
  next(now: Milliseconds): string
  /** Until when a nonce is taken, or undefined for one that is not. @param nonce Attacker-controlled. */
  until(nonce: string, now: Milliseconds): Milliseconds | undefined
}

/**
 * Makes nonces as oidc-provider makes them, so that one that the full server gave is good here, and the other way round.
 * @param secret 32 bytes, the same in all processes.
 * @see RFC 9449, section 8
 */
export function serverNonces(secret: Uint8Array): Nonces {
  let present = -1
  let known: readonly string[] = []
  const at = (now: Milliseconds) => {
    const number = Math.floor(now / step)
    if (number !== present) known = offsets.map((offset) => nonceOf(secret, number + offset))
    present = number
    return known
  }
  return {
    next: (now) => at(now)[reach + 1] ?? '',
    until(nonce, now) {
      const index = at(now).findIndex((one) => isSame(one, nonce))
      return index === -1 ? undefined : (present + index + 1) * step
    },
  }
}

const offsets = [-2, -1, 0, 1, 2] as const

function nonceOf(secret: Uint8Array, number: number): string {
  const salt = Buffer.alloc(8)
  salt.writeBigUInt64BE(BigInt(number))
  return Buffer.from(hkdfSync('sha256', secret, salt, 'DPoP', 32)).toString('base64url')
}

function isSame(ours: string, theirs: string): boolean {
  const [a, b] = [Buffer.from(ours), Buffer.from(theirs)]
  return a.length === b.length && timingSafeEqual(a, b)
}
