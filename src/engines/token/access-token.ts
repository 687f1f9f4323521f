// Access tokens: what they say, and the check that a resource makes of them.
import { Fault, type Json, type Milliseconds } from '#base'
import type { KeyObject } from 'node:crypto'
import {
  assertSigned,
  decodeCompact,
  keyNamed,
  longestCompact,
  signCompact,
  type Decoded,
  type Sign,
} from './jws.ts'
import { countOf, isObject, objectOf, textOf } from './members.ts'

/** The client that every enrolled device is. */
export const deviceClient = 'keyreeve-device'
/** Seconds that a token lives at most. */
export const longestLife = 900
/** How far the clocks of those who sign and those who check may lie apart. */
export const clockSkew: Milliseconds = 30_000

/** A permission with parameters, such as a model and a budget. @see RFC 9396, section 2 */
export type AuthorizationDetail = { readonly type: string } & { readonly [name: string]: Json }

/** Times are seconds since the epoch. @see RFC 9068, section 2.2; RFC 7800; RFC 9396, section 9.1 */
export interface AccessTokenClaims {
  readonly iss: string
  /** The one place that takes it. */
  readonly aud: string
  /** The user. */
  readonly sub: string
  readonly client_id: string
  readonly device: string
  readonly tenant: string
  readonly scope?: string
  /** Of the device, at the time. Revoking it raises the number. */
  readonly epoch: number
  readonly iat: number
  readonly exp: number
  readonly jti: string
  /** The key that must prove each use. */
  readonly cnf: { readonly jkt: string }
  readonly authorization_details?: readonly AuthorizationDetail[]
}

/** A token that was checked. Whether it was revoked since is for `Denials`. */
export interface AccessToken extends AccessTokenClaims {
  /** The key that signed it. */
  readonly kid: string
}

/** What a token must fit. */
export interface TokenExpected {
  readonly issuer: string
  readonly audience: string
  readonly now: Milliseconds
  /** Keys that the issuer publishes. @param kid Attacker-controlled. */
  readonly keyOf: (kid: string) => KeyObject | undefined
}

/** Signs a token. */
export function signAccessToken(claims: AccessTokenClaims, kid: string, sign: Sign): Promise<string> {
  return signCompact({ alg: 'ES256', typ: 'at+jwt', kid }, claims, sign)
}

/**
 * Checks a token. The proof that goes with it is for `checkDpopProof`, whose `jkt` must be the token's.
 * @param text Attacker-controlled.
 * @throws Fault `token-invalid`; `token-expired` for one that was good.
 * @see RFC 9068, section 4
 */
export async function checkAccessToken(text: string, expected: TokenExpected): Promise<AccessToken> {
  const decoded = decodeCompact(text, { longest: longestCompact, typ: 'at+jwt' })
  const token = read(decoded)
  if (token.iss !== expected.issuer || token.aud !== expected.audience) {
    throw new Fault('token-invalid', 'it is of another issuer, or for another place')
  }
  await assertSigned(decoded, keyNamed(decoded, expected.keyOf))
  if (token.exp * 1000 + clockSkew <= expected.now) throw new Fault('token-expired', 'its time is over')
  if (token.iat * 1000 - clockSkew > expected.now) throw new Fault('token-invalid', 'it is from the future')
  return token
}

function read({ header, claims }: Decoded): AccessToken {
  const scope = claims['scope'] === undefined ? undefined : textOf(claims, 'scope')
  const details = detailsOf(claims['authorization_details'])
  return {
    kid: textOf(header, 'kid'),
    iss: textOf(claims, 'iss'),
    aud: textOf(claims, 'aud'),
    sub: textOf(claims, 'sub'),
    client_id: textOf(claims, 'client_id'),
    device: textOf(claims, 'device'),
    tenant: textOf(claims, 'tenant'),
    ...(scope !== undefined && { scope }),
    epoch: countOf(claims, 'epoch'),
    iat: countOf(claims, 'iat'),
    exp: countOf(claims, 'exp'),
    jti: textOf(claims, 'jti'),
    cnf: { jkt: textOf(objectOf(claims, 'cnf'), 'jkt') },
    ...(details !== undefined && { authorization_details: details }),
  }
}

function detailsOf(value: unknown): readonly AuthorizationDetail[] | undefined {
  if (value === undefined || (Array.isArray(value) && value.every(isDetail))) return value
  throw new Fault('token-invalid', 'claim authorization_details is not a list of typed objects')
}

/** It came out of JSON, so that its members are JSON. */
function isDetail(value: unknown): value is AuthorizationDetail {
  return isObject(value) && typeof value['type'] === 'string' && value['type'] !== ''
}
