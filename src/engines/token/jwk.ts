// Public keys on P-256 as JSON, and their thumbprint.
import { Fault } from '#base'
import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { isObject } from './members.ts'

/** A public key on P-256. @see RFC 7517; RFC 7518, section 6.2 */
export interface PublicJwk {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  /** 32 bytes, base64url. */
  readonly x: string
  /** 32 bytes, base64url. */
  readonly y: string
  readonly kid?: string
  readonly alg?: 'ES256'
  readonly use?: 'sig'
}

const coordinate = /^[\w-]{42}[AEIMQUYcgkosw048]$/

/**
 * Reads a key strictly. Whether the point lies on the curve shows in `publicKeyOf`.
 * @param value Attacker-controlled.
 * @returns The key's own four members and no other.
 * @throws Fault `key-invalid` for any other kind of key, and for one with its private part.
 */
export function readPublicJwk(value: unknown): PublicJwk {
  if (isObject(value) && value['kty'] === 'EC' && value['crv'] === 'P-256' && !Object.hasOwn(value, 'd')) {
    const { x, y } = value
    if (isCoordinate(x) && isCoordinate(y)) return { kty: 'EC', crv: 'P-256', x, y }
  }
  throw new Fault('key-invalid', 'not a public key on P-256')
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && coordinate.test(value)
}

/** SHA-256 of the key in its one form, base64url: the name of a key. @see RFC 7638 */
export function thumbprint({ x, y }: Pick<PublicJwk, 'x' | 'y'>): string {
  return hash('sha256', `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`, 'base64url')
}

/**
 * The key as node:crypto takes it. Costs some 20 µs: keep it where it is used again.
 * @throws Fault `key-invalid` for a point that is not on the curve.
 */
export function publicKeyOf({ kty, crv, x, y }: PublicJwk): KeyObject {
  try {
    return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
  } catch (thrown) {
    throw new Fault('key-invalid', 'not a point on P-256', { cause: thrown })
  }
}

/**
 * The public part of a key.
 * @throws Fault `key-invalid` if it is not on P-256.
 */
export function publicJwkOf(key: KeyObject): PublicJwk {
  return readPublicJwk((key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' }))
}
