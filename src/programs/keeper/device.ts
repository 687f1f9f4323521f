// The key of this machine as a device of an organisation: made here, used here, gone when it is forgotten.
import { base64url, Fault, Secret, utf8 } from '#base'
import type { Vault } from '#vault'
import type { ReplyOf, RequestOf } from '#wire'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

const keyPlace = { kind: 'internal', name: 'device-key' } as const
const recordPlace = { kind: 'internal', name: 'device' } as const

type PublicJwk = ReplyOf<'keeper.generate'>
type Record = Omit<ReplyOf<'keeper.device'>, 'jwk'>

const nothing: Record = { enrolment: null, joinState: null }

/** What is known of the device; its key only by its public part. */
export function deviceOf(vault: Vault): ReplyOf<'keeper.device'> {
  const key = keyIn(vault)
  return { jwk: key === null ? null : bare(key), ...recordIn(vault) }
}

/** Makes the device's key if there is none. */
export function makeDevice(vault: Vault): PublicJwk {
  const key = keyIn(vault)
  if (key !== null) return bare(key)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  using value = Secret.own(privateKey.export({ format: 'der', type: 'pkcs8' }))
  vault.put({ ...keyPlace, value })
  return bare(privateKey)
}

/** Keeps what the issuer gave, or what the last mint handed on. @throws Fault `device-unknown` without a key */
export function keepDevice(vault: Vault, news: RequestOf<'keeper.attest'>): void {
  if (!vault.has(keyPlace.kind, keyPlace.name)) throw new Fault('device-unknown', 'this device has no key')
  const { enrolment, joinState } = recordIn(vault)
  const record: Record = {
    enrolment: news.enrolment ?? enrolment,
    // Another device begins anew; the same one, attested again, goes on.
    joinState: news.joinState ?? (isOther(news, enrolment) ? null : joinState),
  }
  using value = Secret.own(utf8(JSON.stringify(record)))
  vault.put({ ...recordPlace, value })
}

function isOther({ enrolment }: RequestOf<'keeper.attest'>, known: Record['enrolment']): boolean {
  return enrolment !== undefined && (enrolment.issuer !== known?.issuer || enrolment.device !== known.device)
}

/** Deletes the key and all that goes with it. */
export function forgetDevice(vault: Vault): void {
  for (const { kind, name } of [keyPlace, recordPlace]) if (vault.has(kind, name)) vault.remove(kind, name)
}

/**
 * Signs a proof. Whatever else somebody would like to have signed by this key is refused.
 * @param input What the signature is over: header and claims as base64url. Attacker-controlled.
 * @throws Fault `device-unknown`; `proof-invalid` for what is no proof by this very key
 * @see RFC 9449, section 4.2
 */
export function signProof(vault: Vault, input: string): ReplyOf<'keeper.prove'> {
  const key = keyIn(vault)
  if (key === null) throw new Fault('device-unknown', 'this device has no key')
  requireProof(input, bare(key))
  const signature = sign('sha256', utf8(input), { key, dsaEncoding: 'ieee-p1363' })
  return { signature: base64url(Uint8Array.from(signature)) }
}

function requireProof(input: string, own: PublicJwk): void {
  const [head = '', claims = '', ...more] = input.split('.')
  const { alg, typ, jwk } = membersOf(head)
  const { htm, htu } = membersOf(claims)
  const isProof = alg === 'ES256' && typ === 'dpop+jwt' && typeof htm === 'string' && typeof htu === 'string'
  if (!isProof || more.length > 0 || !isOwn(jwk, own)) {
    throw new Fault('proof-invalid', 'what was to be signed is no proof by the key of this device')
  }
}

function isOwn(jwk: unknown, { x, y }: PublicJwk): boolean {
  return typeof jwk === 'object' && jwk !== null && 'x' in jwk && 'y' in jwk && jwk.x === x && jwk.y === y
}

function membersOf(part: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function keyIn(vault: Vault): KeyObject | null {
  if (!vault.has(keyPlace.kind, keyPlace.name)) return null
  using value = vault.get(keyPlace.kind, keyPlace.name)
  return value.lend((bytes) => createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }))
}

function recordIn(vault: Vault): Record {
  if (!vault.has(recordPlace.kind, recordPlace.name)) return nothing
  using value = vault.get(recordPlace.kind, recordPlace.name)
  const record: Record = value.lend((bytes) => JSON.parse(new TextDecoder().decode(bytes)))
  return record
}

function bare(key: KeyObject): PublicJwk {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y }
}
