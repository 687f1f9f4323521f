// Revocation statements: the one thing on which a device deletes its key.
import { Fault } from '#base'
import type { KeyObject } from 'node:crypto'
import { assertSigned, decodeCompact, keyNamed, signCompact, type Sign } from './jws.ts'
import { countOf, textOf } from './members.ts'

const typ = 'keyreeve-revoked+jwt'
const longestStatement = 2048

/** Says that a device's key is good for nothing any more, ever. */
export interface RevocationStatement {
  readonly iss: string
  readonly device: string
  /** Of the key that is revoked. */
  readonly jkt: string
  /** For people; short, without personal data. */
  readonly reason: string
  /** Seconds. */
  readonly iat: number
}

/** Signs a statement with one of the issuer's keys. */
export function signRevocationStatement(
  statement: RevocationStatement,
  kid: string,
  sign: Sign,
): Promise<string> {
  return signCompact({ alg: 'ES256', typ, kid }, statement, sign)
}

/**
 * Checks that the device's own issuer says of this very key that it is revoked. A statement does not expire.
 * @param text Attacker-controlled.
 * @throws Fault `token-invalid` for anything else: then nothing is deleted.
 */
export async function checkRevocationStatement(
  text: string,
  expected: {
    readonly issuer: string
    readonly jkt: string
    readonly keyOf: (kid: string) => KeyObject | undefined
  },
): Promise<RevocationStatement> {
  const decoded = decodeCompact(text, { longest: longestStatement, typ })
  const { claims } = decoded
  const statement = {
    iss: textOf(claims, 'iss'),
    device: textOf(claims, 'device'),
    jkt: textOf(claims, 'jkt'),
    reason: textOf(claims, 'reason', 200),
    iat: countOf(claims, 'iat'),
  }
  if (statement.iss !== expected.issuer || statement.jkt !== expected.jkt) {
    throw new Fault('token-invalid', 'the statement is of another issuer, or names another key')
  }
  await assertSigned(decoded, keyNamed(decoded, expected.keyOf))
  return statement
}
