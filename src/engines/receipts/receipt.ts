// A receipt: what a person said yes to, signed by that person's passkey, to be checked years later without us.
import { base64url, canonicalJson, fromBase64url } from '#base'
import { createHash } from 'node:crypto'
import type { Assertion } from './assertion.ts'
import { fingerprintOf, type Algorithm } from './public-key.ts'

/** What a passkey signs the hash of. `digest` covers all of the card, the text that leaves among it. */
export type ConsentRequest = {
  readonly v: 1
  readonly purpose: 'consent'
  /** Id of the card: 16 random bytes, so no two requests are the same. */
  readonly card: string
  readonly digest: string
  readonly assistant: string
  readonly kind: string
  /** As it was asked; null for a request for rights, whose objects the digest covers. */
  readonly path: string | null
  readonly lines: readonly (readonly [from: number, to: number])[] | null
  /** SHA-256, lower-case hex, of the bytes that will leave. */
  readonly sha256: string | null
  readonly scope: string
  /** Which items of a request for rights, by their places; null: those that were ticked at first. */
  readonly items: readonly number[] | null
  readonly expiresAt: number
}

/** What an earlier passkey signs the hash of when passkeys change. */
export type ChangeRequest = {
  readonly v: 1
  readonly purpose: 'passkeys'
  readonly what: 'add' | 'remove'
  /** Fingerprint of the key that comes or goes. */
  readonly passkey: string
  readonly label: string
  /** 32 random bytes, base64url. */
  readonly nonce: string
}

/** All that it takes to check a consent again. Part of an event of the log. */
export type Receipt = {
  readonly request: ConsentRequest | ChangeRequest
  /** Of the page where it was signed. */
  readonly origin: string
  /** Fingerprint of the key. */
  readonly passkey: string
  readonly algorithm: Algorithm
  readonly publicKey: string
  readonly authenticatorData: string
  readonly clientData: string
  readonly signature: string
}

/** The challenge that stands for a request: SHA-256 of its canonical JSON, base64url. */
export function challengeOf(request: ConsentRequest | ChangeRequest): string {
  return base64url(createHash('sha256').update(canonicalJson(request)).digest())
}

/** Puts a receipt together of an assertion that was checked. */
export function makeReceipt(
  request: Receipt['request'],
  { authenticatorData, clientData, signature }: Assertion,
  { algorithm, publicKey, origin }: Pick<Receipt, 'algorithm' | 'publicKey' | 'origin'>,
): Receipt {
  const passkey = fingerprintOf(fromBase64url(publicKey))
  return { request, origin, passkey, algorithm, publicKey, authenticatorData, clientData, signature }
}
