// One record of a vault: a value and what is known of it, each sealed under a key of this record alone.
import { canonicalJson, Secret, utf8, type Random } from '#base'
import { boundTo, keyBytes, seal, unseal } from './envelope.ts'
import { base64Form, idForm, kekForm, Shape } from './shape.ts'

/** What is known of a value; sealed like the value. */
export interface SecretMeta {
  readonly name: string
  /** `secret` for what people put in; other kinds are the product's own. */
  readonly kind: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt?: number
  /** Length of the value. */
  readonly bytes: number
}

/** Says which record is meant. All of it is bound into the seals. */
export interface RecordPlace {
  readonly vault: string
  readonly kekId: string
  readonly id: string
  readonly version: number
}

export const largestValue = 1024 * 1024
/** Base64url of the largest value, and its metadata. */
export const largestRecord = 1_500_000

export function recordFile({ id, version }: Pick<RecordPlace, 'id' | 'version'>): string {
  return `${id}.${version}.rec`
}

/** The bytes of a record's file. The data key is fresh, so a value set again shares nothing with the one before. */
export function sealRecord(place: RecordPlace, { kek, meta, value, random }: RecordInput): Uint8Array {
  const dataKey = random(keyBytes)
  try {
    const { id, version, kekId } = place
    const record = {
      v: 1,
      id,
      version,
      alg: 'A256GCM',
      kek: kekId,
      wrappedKey: kek.lend((bytes) => seal(bytes, dataKey, { aad: keyBinding(place), random })),
      meta: seal(dataKey, utf8(canonicalJson({ ...meta })), { aad: binding(place, 'meta'), random }),
      body: value.lend((bytes) => seal(dataKey, bytes, { aad: binding(place, 'body'), random })),
    }
    return utf8(`${canonicalJson(record)}\n`)
  } finally {
    dataKey.fill(0)
  }
}

export interface RecordInput {
  readonly kek: Secret
  readonly meta: SecretMeta
  readonly value: Secret
  readonly random: Random
}

/** Opens what is known of the value. @throws Fault `vault-corrupt` */
export function openMeta(place: RecordPlace, kek: Secret, bytes: Uint8Array): SecretMeta {
  const shape = new Shape(recordFile(place))
  const {
    name,
    kind,
    createdAt,
    updatedAt,
    expiresAt,
    bytes: length,
  } = openField(place, kek, { bytes, field: 'meta' }).lend((plain) => shape.json(plain))
  return {
    name: shape.text(name, /^[^]{1,1024}$/),
    kind: shape.text(kind, kindForm),
    createdAt: shape.count(createdAt),
    updatedAt: shape.count(updatedAt),
    bytes: shape.count(length),
    ...(expiresAt !== undefined && { expiresAt: shape.count(expiresAt) }),
  }
}

export const kindForm = /^[a-z][a-z0-9-]{0,31}$/

/** Opens the value. @throws Fault `vault-corrupt` */
export function openBody(place: RecordPlace, kek: Secret, bytes: Uint8Array): Secret {
  return openField(place, kek, { bytes, field: 'body' })
}

interface Sealed {
  readonly bytes: Uint8Array
  readonly field: 'meta' | 'body'
}

function openField(place: RecordPlace, kek: Secret, { bytes, field }: Sealed): Secret {
  const shape = new Shape(recordFile(place))
  const record = parseRecord(shape, bytes)
  const dataKey = kek.lend((key) => unseal(key, record.wrappedKey, keyBinding(place)))
  const plain = dataKey === null ? null : unseal(dataKey, record[field], binding(place, field))
  dataKey?.fill(0)
  if (plain === null) throw shape.corrupt('not authentic')
  return Secret.own(plain)
}

function parseRecord(shape: Shape, bytes: Uint8Array): Record<'wrappedKey' | 'meta' | 'body', string> {
  const { v, id, version, alg, kek, wrappedKey, meta, body } = shape.json(bytes)
  shape.readable(v)
  shape.text(id, idForm)
  shape.count(version)
  shape.text(kek, kekForm)
  if (alg !== 'A256GCM') throw shape.corrupt('an unknown algorithm')
  return {
    wrappedKey: shape.text(wrappedKey, base64Form),
    meta: shape.text(meta, base64Form),
    body: shape.text(body, base64Form),
  }
}

function binding({ vault, id, version }: RecordPlace, field: 'meta' | 'body'): string {
  return boundTo(vault, id, version, field)
}

/** The wrapped key alone names the key-encryption key, so that a change of it leaves meta and body as they are. */
function keyBinding({ vault, id, version, kekId }: RecordPlace): string {
  return boundTo(vault, id, version, 'wrappedKey', kekId)
}
