// Enrolling and ending a device by files, where there is no network: a request that the device's key proves, an answer
// that the issuer signs. Numbers that only grow keep an old answer from coming again.
import { Fault, type Milliseconds } from '#base'
import { hash, type KeyObject } from 'node:crypto'
import { checkDpopProof, dpopProof } from './dpop.ts'
import { publicKeyOf, readPublicJwk, thumbprint, type PublicJwk } from './jwk.ts'
import { assertSigned, decodeCompact, keyNamed, longestCompact, signCompact, type Sign } from './jws.ts'
import { countOf, isObject, textOf, type Members } from './members.ts'

const typ = 'keyreeve-answer+jwt'

/** What a device asks for. */
export interface OfflineRequest {
  readonly issuer: string
  /** How its owner calls it. */
  readonly label: string
  /** To whom the answer is to be encrypted: an age recipient. */
  readonly recipient: string
}

/** The same as it was proved. */
export interface ProvedRequest extends OfflineRequest {
  readonly jwk: PublicJwk
  readonly jkt: string
}

/** Makes the text of a request. */
export async function signOfflineRequest(
  { issuer, label, recipient }: OfflineRequest,
  by: { readonly jwk: PublicJwk; readonly jti: string; readonly now: Milliseconds },
  sign: Sign,
): Promise<string> {
  const body = Buffer.from(JSON.stringify({ issuer, label, recipient })).toString('base64url')
  const proof = await dpopProof({ ...by, method: 'POST', url: placeOf(issuer), accessToken: body }, sign)
  return JSON.stringify({ v: 1, body, proof })
}

/**
 * Reads a request. It may be days old: it proves a key, and whoever has the key decrypts the answer.
 * @param text Attacker-controlled.
 * @throws Fault `proof-invalid` for what no device made for this issuer.
 */
export async function readOfflineRequest(text: string, issuer: string): Promise<ProvedRequest> {
  const { body, proof } = jsonOf(text.slice(0, 16_384))
  if (typeof body !== 'string' || typeof proof !== 'string') throw notOurs()
  const made = timeOf(proof)
  const checked = { method: 'POST', url: placeOf(issuer), accessToken: body, now: made }
  const { jwk, jkt } = await checkDpopProof(proof, checked)
  const { issuer: named, label, recipient } = jsonOf(Buffer.from(body, 'base64url').toString())
  if (named !== issuer || typeof label !== 'string' || typeof recipient !== 'string') throw notOurs()
  return { issuer, label: label.slice(0, 128), recipient, jwk, jkt }
}

function placeOf(issuer: string): string {
  return `${issuer}/offline`
}

function timeOf(proof: string): Milliseconds {
  const { iat } = jsonOf(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString())
  if (typeof iat !== 'number' || !Number.isSafeInteger(iat)) throw notOurs()
  return iat * 1000
}

function notOurs(): Fault {
  return new Fault('proof-invalid', 'that is no request of a device for this issuer')
}

/** What an issuer answers. */
export interface OfflineAnswer {
  readonly iss: string
  readonly device: string
  /** Of the key that is meant. */
  readonly jkt: string
  /** Grows with every answer. */
  readonly seq: number
  /** Keys that later answers may be signed with. */
  readonly keys: readonly PublicJwk[]
  readonly attestation?: string
  readonly scope?: string
  /** The device is revoked. */
  readonly revocation?: string
  /** SHA-256 over what lies beside the answer, base64url. */
  readonly content: string
}

/** Signs an answer. */
export function signOfflineAnswer(answer: OfflineAnswer, kid: string, sign: Sign): Promise<string> {
  return signCompact({ alg: 'ES256', typ, kid }, answer, sign)
}

/** What an answer must fit. */
export interface AnswerExpected {
  readonly issuer: string
  readonly jkt: string
  /** The number of the last one that was taken; 0 for none. */
  readonly after: number
  readonly content: string
  /** By a key that is known already; or, at first, by one whose fingerprint a person heard. */
  readonly trusted: readonly PublicJwk[] | { readonly fingerprint: string }
}

/**
 * Reads an answer.
 * @param text Attacker-controlled.
 * @throws Fault `answer-old` for one that came before or was made before it; `fingerprint-wrong`; `token-invalid`
 */
export async function readOfflineAnswer(text: string, expected: AnswerExpected): Promise<OfflineAnswer> {
  const decoded = decodeCompact(text, { longest: longestCompact, typ })
  const answer = answerIn(decoded.claims)
  const { trusted } = expected
  const known = 'fingerprint' in trusted ? heard(answer.keys, trusted.fingerprint) : trusted
  await assertSigned(decoded, keyNamed(decoded, keyFinder(known)))
  if (answer.iss !== expected.issuer || answer.jkt !== expected.jkt || answer.content !== expected.content) {
    throw new Fault(
      'token-invalid',
      'the answer is of another issuer, for another device, or its parts do not fit',
    )
  }
  if (answer.seq <= expected.after) throw new Fault('answer-old', 'an answer as new as this was taken before')
  return answer
}

function heard(keys: readonly PublicJwk[], fingerprint: string): readonly PublicJwk[] {
  const digits = fingerprint.replaceAll(/\D/g, '')
  const found = keys.filter((key) => voiceDigits(thumbprint(key)).replaceAll(' ', '') === digits)
  if (found.length > 0) return found
  throw new Fault('fingerprint-wrong', 'no key of the answer has that fingerprint')
}

function keyFinder(keys: readonly PublicJwk[]): (kid: string) => KeyObject | undefined {
  return (kid) => {
    const found = keys.find((key) => key.kid === kid && thumbprint(key) === kid)
    return found && publicKeyOf(found)
  }
}

function answerIn(claims: Members): OfflineAnswer {
  const text = (name: string) => (claims[name] === undefined ? {} : { [name]: textOf(claims, name, 4096) })
  const { keys } = claims
  if (!Array.isArray(keys) || keys.length > 16) throw new Fault('token-invalid', 'the answer names no keys')
  return {
    iss: textOf(claims, 'iss'),
    device: textOf(claims, 'device'),
    jkt: textOf(claims, 'jkt'),
    seq: countOf(claims, 'seq'),
    content: textOf(claims, 'content'),
    keys: keys.map(namedKey),
    ...text('attestation'),
    ...text('scope'),
    ...text('revocation'),
  }
}

function namedKey(value: unknown): PublicJwk {
  const jwk = readPublicJwk(value)
  return { ...jwk, kid: thumbprint(jwk) }
}

/** A fingerprint to be read out: six groups of five digits, 99 bits of the key's thumbprint. */
export function voiceDigits(jkt: string): string {
  const digest = BigInt(`0x${hash('sha256', `keyreeve/voice/v1 ${jkt}`, 'hex')}`)
  const digits = (digest % 10n ** 30n).toString().padStart(30, '0')
  return digits.replaceAll(/(.{5})(?=.)/g, '$1 ')
}

/** The fingerprint of the key that signed an answer, by the answer's own word: to be compared by voice. Nothing is verified. */
export function signerDigits(text: string): string {
  const { header } = decodeCompact(text, { longest: longestCompact, typ })
  return voiceDigits(textOf(header, 'kid'))
}

function jsonOf(text: string): Members {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
