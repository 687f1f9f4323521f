// Seals bytes to a program's key of this start, so that the broker can carry what it must not read.
import { base64url, concat, Fault, fromBase64url, Secret, utf8, type Random } from '#base'
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32
/** DER of an X25519 public key up to the key itself. @see RFC 8410, section 4 */
const spkiPrefix = new Uint8Array([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00])

/** A key pair that lives as long as the process. */
export class SealingKey {
  readonly #privateKey: KeyObject
  /** X25519 public key, base64url, 43 characters. */
  readonly publicKey: string

  constructor() {
    const pair = generateKeyPairSync('x25519')
    this.#privateKey = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    this.publicKey = base64url(rawPublicKey(pair.publicKey))
  }

  /**
   * Opens what `sealTo` made for this key and this purpose.
   * @param sealed Attacker-controlled.
   * @throws Fault `seal-invalid` if it was made for another key or purpose, or was changed.
   */
  open(sealed: string, purpose: string): Secret {
    try {
      const bytes = fromBase64url(sealed)
      const sender = bytes.subarray(0, keyBytes)
      const nonce = bytes.subarray(keyBytes, keyBytes + nonceBytes)
      const shared = diffieHellman({ privateKey: this.#privateKey, publicKey: publicKeyOf(sender) })
      const key = sealingKey(shared, sender, fromBase64url(this.publicKey), purpose)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce)
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      const first = decipher.update(bytes.subarray(keyBytes + nonceBytes, -tagBytes))
      decipher.final()
      return Secret.own(first)
    } catch (cause) {
      throw new Fault('seal-invalid', 'what was sealed cannot be opened here', { cause })
    }
  }
}

/**
 * Seals `secret` to a public key: X25519 with a key made for this one message, HKDF-SHA-256, AES-256-GCM.
 * @param purpose Bound into the key, so that what was sealed for one message cannot be used in another.
 * @throws Fault `message-invalid` if `publicKey` is no X25519 key.
 */
export function sealTo(publicKey: string, secret: Secret, purpose: string, random: Random): string {
  const receiver = fromBase64url(publicKey)
  const pair = generateKeyPairSync('x25519')
  const sender = rawPublicKey(pair.publicKey)
  const shared = sharedSecret(pair.privateKey, receiver)
  const nonce = random(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(shared, sender, receiver, purpose), nonce)
  const body = secret.lend((bytes) => concat(cipher.update(bytes), cipher.final()))
  return base64url(concat(sender, nonce, body, cipher.getAuthTag()))
}

/** A point of small order, which would give everybody the same secret, is refused by OpenSSL. @see RFC 7748, section 6.1 */
function sharedSecret(privateKey: KeyObject, receiver: Uint8Array): Uint8Array {
  try {
    return diffieHellman({ privateKey, publicKey: publicKeyOf(receiver) })
  } catch (cause) {
    throw new Fault('message-invalid', 'not an X25519 public key', { cause })
  }
}

function sealingKey(
  shared: Uint8Array,
  sender: Uint8Array,
  receiver: Uint8Array,
  purpose: string,
): Uint8Array {
  const info = concat(utf8(`keyreeve/seal/v1/${purpose}\0`), sender, receiver)
  return new Uint8Array(hkdfSync('sha256', shared, new Uint8Array(0), info, keyBytes))
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ type: 'spki', format: 'der' }).subarray(spkiPrefix.length))
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(concat(spkiPrefix, raw)), format: 'der', type: 'spki' })
}
