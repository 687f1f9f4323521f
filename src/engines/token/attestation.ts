// Attestations: the server's word that a key belongs to an enrolled device. Worth nothing without the key.
import { Fault, type Milliseconds } from '#base'
import type { KeyObject } from 'node:crypto'
import { clockSkew, deviceClient } from './access-token.ts'
import { readPublicJwk, thumbprint, type PublicJwk } from './jwk.ts'
import { assertSigned, decodeCompact, keyNamed, signCompact, type Sign } from './jws.ts'
import { countOf, objectOf, textOf } from './members.ts'

const typ = 'oauth-client-attestation+jwt'
/** Seconds: 90 days. */
const life = 90 * 86_400
const longestAttestation = 4096

/** Which device, and by which key. */
export interface Attested {
  readonly issuer: string
  readonly device: string
  readonly jwk: PublicJwk
}

/** A checked attestation. */
export interface Attestation extends Attested {
  readonly jkt: string
  readonly expiresAt: Milliseconds
}

/** Attests a device's key for 90 days. @see draft-ietf-oauth-attestation-based-client-auth, section 5.1 */
export function signAttestation(
  { issuer, device, jwk: { kty, crv, x, y } }: Attested,
  { now, kid }: { readonly now: Milliseconds; readonly kid: string },
  sign: Sign,
): Promise<string> {
  const iat = Math.floor(now / 1000)
  const cnf = { jwk: { kty, crv, x, y } }
  const claims = { iss: issuer, sub: deviceClient, device, cnf, iat, exp: iat + life }
  return signCompact({ alg: 'ES256', typ, kid }, claims, sign)
}

/**
 * When an attestation begins and ends, for its own holder: nothing is verified.
 * @returns Null for what is no attestation.
 */
export function attestationTerm(
  text: string,
): { readonly from: Milliseconds; readonly until: Milliseconds } | null {
  try {
    const { claims } = decodeCompact(text, { longest: longestAttestation, typ })
    return { from: countOf(claims, 'iat') * 1000, until: countOf(claims, 'exp') * 1000 }
  } catch {
    return null
  }
}

/**
 * Checks an attestation.
 * @param text Attacker-controlled.
 * @param keyOf Keys that the issuer attests with.
 * @throws Fault `token-invalid`; `token-expired` for one that was good.
 */
export async function checkAttestation(
  text: string,
  expected: {
    readonly issuer: string
    readonly now: Milliseconds
    readonly keyOf: (kid: string) => KeyObject | undefined
  },
): Promise<Attestation> {
  const decoded = decodeCompact(text, { longest: longestAttestation, typ })
  const { claims } = decoded
  const issuer = textOf(claims, 'iss')
  if (issuer !== expected.issuer || textOf(claims, 'sub') !== deviceClient) {
    throw new Fault('token-invalid', 'the attestation is of another issuer, or for another client')
  }
  const jwk = readPublicJwk(objectOf(claims, 'cnf')['jwk'])
  const device = textOf(claims, 'device')
  await assertSigned(decoded, keyNamed(decoded, expected.keyOf))
  countOf(claims, 'iat')
  const expiresAt = countOf(claims, 'exp') * 1000
  if (expiresAt + clockSkew <= expected.now) throw new Fault('token-expired', 'the attestation is over')
  return { issuer, device, jwk, jkt: thumbprint(jwk), expiresAt }
}
