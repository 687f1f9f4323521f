// The public keys of passkeys: which kinds are taken, and what they are called.
import { hex } from '#base'
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'

/** COSE numbers of Ed25519, ECDSA on P-256 with SHA-256, and RSA with PKCS #1 v1.5 and SHA-256. @see RFC 9053, RFC 8812 */
export const algorithms = [-7, -8, -257] as const
/** A kind of key that is taken. */
export type Algorithm = (typeof algorithms)[number]

const longestKey = 2048
const rsaBits = { least: 2048, most: 8192 }

/** SHA-256 of the SPKI, lower-case hex: the name of a key in the log and for people. */
export function fingerprintOf(spki: Uint8Array): string {
  return hex(createHash('sha256').update(spki).digest())
}

/**
 * @param spki DER; attacker-controlled.
 * @returns Null for a key that is not of this algorithm, weak, or not written in the one way DER has for it.
 */
export function readPublicKey(spki: Buffer, algorithm: Algorithm): KeyObject | null {
  if (spki.length > longestKey) return null
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const isPlain = key.export({ format: 'der', type: 'spki' }).equals(spki)
    return isPlain && isOf(key, algorithm) ? key : null
  } catch {
    return null
  }
}

function isOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject, algorithm: Algorithm): boolean {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails
  if (algorithm === -8) return asymmetricKeyType === 'ed25519'
  if (algorithm === -7) return asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
  return asymmetricKeyType === 'rsa' && modulusLength >= rsaBits.least && modulusLength <= rsaBits.most
}

/** True for a good signature; a malformed one is none. */
export function isSigned(key: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key, signature)
  } catch {
    return false
  }
}
