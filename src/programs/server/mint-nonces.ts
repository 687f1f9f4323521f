// Nonces of the server: made of its secret and the time, so that nothing is stored and every process takes every one.
import type { Milliseconds } from '#base'
import { hkdfSync } from 'node:crypto'

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
  let next = ''
  // A look-up by hash tells nobody how far a guess was right.
  let numbers: ReadonlyMap<string, number> = new Map()
  const turn = (now: Milliseconds): void => {
    const number = Math.floor(now / step)
    if (number === present) return
    present = number
    next = nonceOf(secret, number + 1)
    numbers = new Map(offsets.map((offset) => [nonceOf(secret, number + offset), number + offset]))
  }
  return {
    next(now) {
      turn(now)
      return next
    },
    until(nonce, now) {
      turn(now)
      const number = numbers.get(nonce)
      return number === undefined ? undefined : (number + reach + 1) * step
    },
  }
}

const offsets = [-2, -1, 0, 1, 2] as const

function nonceOf(secret: Uint8Array, number: number): string {
  const salt = Buffer.alloc(8)
  salt.writeBigUInt64BE(BigInt(number))
  return Buffer.from(hkdfSync('sha256', secret, salt, 'DPoP', 32)).toString('base64url')
}
