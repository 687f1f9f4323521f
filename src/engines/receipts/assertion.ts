// Checks what a passkey signed: for this challenge, on our own page, by a person it has verified.
import { createHash } from 'node:crypto'
import { parseAuthenticatorData, type AuthenticatorData } from './authenticator-data.ts'
import { parseClientData } from './client-data.ts'
import { isSigned, readPublicKey, type Algorithm } from './public-key.ts'

/** The relying party of every passkey of ours: the console's host name. Ports do not count for passkeys, so the origin is checked too. */
export const relyingParty = 'console.localhost'

/** A passkey's answer, as the browser gives it; all base64url without padding. */
export interface Assertion {
  /** Credential id. */
  readonly id: string
  readonly authenticatorData: string
  readonly clientData: string
  readonly signature: string
}

/** A new passkey, as the browser gives it. */
export interface Registration {
  readonly id: string
  readonly algorithm: Algorithm
  /** SPKI, base64url. */
  readonly publicKey: string
  readonly authenticatorData: string
  readonly clientData: string
}

/** The key that an answer must come from. */
export interface PinnedKey {
  readonly algorithm: Algorithm
  readonly publicKey: string
}

/** What an answer must have been given for. */
export interface Expected {
  /** 32 bytes, base64url. */
  readonly challenge: string
  /** The console's, with its port. */
  readonly origin: string
}

/** What does not fit, in the order in which it is looked at. */
export type Flaw =
  | 'malformed'
  | 'type'
  | 'challenge'
  | 'origin'
  | 'framed'
  | 'relying-party'
  | 'nobody-present'
  | 'nobody-verified'
  | 'key'
  | 'signature'

/** A flaw, or what the authenticator tells. */
export type Checked =
  | { readonly flaw: Flaw }
  | ({ readonly flaw: null } & Pick<AuthenticatorData, 'counter' | 'isBackupEligible' | 'isBackedUp'>)

/**
 * Checks an answer. Whether the counter rose is for whoever keeps it.
 * @param assertion Attacker-controlled.
 * @see Web Authentication Level 3, section 7.2
 */
export function checkAssertion(assertion: Assertion, key: PinnedKey, expected: Expected): Checked {
  const said = statementOf(assertion, { ...expected, type: 'webauthn.get' })
  if ('flaw' in said) return said
  if (said.credentialId !== null) return { flaw: 'malformed' }
  const publicKey = readPublicKey(bytesOf(key.publicKey), key.algorithm)
  if (publicKey === null) return { flaw: 'key' }
  const signed = Buffer.concat([bytesOf(assertion.authenticatorData), sha256(bytesOf(assertion.clientData))])
  if (!isSigned(publicKey, signed, bytesOf(assertion.signature))) return { flaw: 'signature' }
  return passed(said)
}

/**
 * Checks a new passkey. Nothing attests what made it: that a person sat there is for whoever lets keys be made.
 * @param registration Attacker-controlled.
 * @see Web Authentication Level 3, section 7.1
 */
export function checkRegistration(registration: Registration, expected: Expected): Checked {
  const said = statementOf(registration, { ...expected, type: 'webauthn.create' })
  if ('flaw' in said) return said
  if (said.credentialId?.equals(bytesOf(registration.id)) !== true) return { flaw: 'malformed' }
  if (readPublicKey(bytesOf(registration.publicKey), registration.algorithm) === null) return { flaw: 'key' }
  return passed(said)
}

type Statement = Pick<Assertion, 'authenticatorData' | 'clientData'>

function statementOf(
  { authenticatorData, clientData }: Statement,
  { type, challenge, origin }: Expected & { readonly type: string },
): AuthenticatorData | { readonly flaw: Flaw } {
  const client = parseClientData(bytesOf(clientData))
  const said = parseAuthenticatorData(bytesOf(authenticatorData))
  if (client === null || said === null) return { flaw: 'malformed' }
  const checks: readonly (readonly [Flaw, boolean])[] = [
    ['type', client.type === type],
    ['challenge', client.challenge === challenge],
    ['origin', client.origin === origin],
    ['framed', !client.isFramed],
    ['relying-party', said.rpIdHash.equals(sha256(Buffer.from(relyingParty)))],
    ['nobody-present', said.isPresent],
    ['nobody-verified', said.isVerified],
  ]
  const [flaw] = checks.find(([, holds]) => !holds) ?? [null]
  return flaw === null ? said : { flaw }
}

function passed({ counter, isBackupEligible, isBackedUp }: AuthenticatorData): Checked {
  return { flaw: null, counter, isBackupEligible, isBackedUp }
}

/** Empty, and so malformed to all who parse it, for what is not base64url in its one form. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : Buffer.alloc(0)
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
