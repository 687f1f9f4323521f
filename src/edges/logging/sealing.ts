// Keys and frames of sealed logs: what a part of a log is made of on disk.
import { asFault, Fault, utf8, type Secret } from '#base'
import { Decrypter, Encrypter } from 'age-encryption'
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

/** To whom a log is sealed: an age recipient, who alone can read it, or whoever has a key of 32 bytes. */
export type Seal = { readonly recipient: string } | { readonly key: Secret }

/** What opens it: the identity of the recipient, or the key. */
export type Unseal = { readonly identity: string } | { readonly key: Secret }

/** A key that is used for one part of a log, and what gives it to whoever may read. */
export interface PartKey {
  readonly key: KeyObject
  readonly lead: Uint8Array
}

/** Bytes in clear. */
export const longestFrame = 2 ** 20
/** Around the ciphertext of a frame. */
export const lengthBytes = 4
export const tagBytes = 16

const keyBytes = 32
const info = utf8('keyreeve/log/v1/part')
/** First byte of a lead: how the key is given. */
const [byRecipient, byKey] = [1, 2]

/**
 * A fresh key for a part.
 * @throws Fault `usage` for a recipient or a key that is none.
 */
export async function newPartKey(seal: Seal): Promise<PartKey> {
  const random = randomBytes(keyBytes)
  if ('recipient' in seal) {
    const wrapped = await wrap(random, seal.recipient)
    return { key: createSecretKey(random), lead: Buffer.concat([Buffer.of(byRecipient), wrapped]) }
  }
  return { key: derived(seal.key, random), lead: Buffer.concat([Buffer.of(byKey), random]) }
}

/** The key of a part that was read, or undefined where what opens it does not fit. */
export async function openPartKey(lead: Uint8Array, unseal: Unseal): Promise<KeyObject | undefined> {
  const given = lead.subarray(1)
  if ('key' in unseal)
    return lead[0] === byKey && given.length === keyBytes ? derived(unseal.key, given) : undefined
  if (lead[0] !== byRecipient) return undefined
  try {
    const decrypter = new Decrypter()
    decrypter.addIdentity(unseal.identity)
    return createSecretKey(await decrypter.decrypt(given))
  } catch {
    return undefined
  }
}

/** Binds frames to the head of their part. */
export function bindingOf(head: Uint8Array): Buffer {
  return createHash('sha256').update(head).digest()
}

interface Place {
  readonly key: KeyObject
  readonly binding: Uint8Array
  /** Number of the frame in its part. */
  readonly index: number
  /** Nothing follows it. */
  readonly isLast: boolean
}

/** `length u32 | ciphertext | tag`. @see NIST SP 800-38D; the nonce is that of STREAM: a counter, and whether it is the last */
export function sealFrame(plain: Uint8Array, place: Place): Buffer {
  const cipher = createCipheriv('aes-256-gcm', place.key, nonceOf(place))
  cipher.setAAD(place.binding)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  const length = Buffer.allocUnsafe(lengthBytes)
  length.writeUInt32BE(sealed.length)
  return Buffer.concat([length, sealed])
}

/** @param sealed Ciphertext and tag. @returns Undefined if it is not the frame of that place. */
export function openFrame(sealed: Uint8Array, place: Place): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', place.key, nonceOf(place))
    decipher.setAAD(place.binding)
    decipher.setAuthTag(sealed.subarray(-tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}

function nonceOf({ index, isLast }: Place): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(index), 3)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

function derived(secret: Secret, salt: Uint8Array): KeyObject {
  return secret.lend((key) => {
    if (key.length !== keyBytes) throw new Fault('usage', `the key of a sealed log has ${keyBytes} bytes`)
    return createSecretKey(new Uint8Array(hkdfSync('sha256', key, salt, info, keyBytes)))
  })
}

async function wrap(key: Uint8Array, recipient: string): Promise<Uint8Array> {
  try {
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    return await encrypter.encrypt(key)
  } catch (thrown) {
    throw new Fault('usage', 'the recipient of a sealed log is no age recipient', { cause: asFault(thrown) })
  }
}
