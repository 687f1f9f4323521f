// Seals bytes under a key with associated data, and derives keys: the only cryptography of the vault.
import { utf8, type Random } from '#base'
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
export const keyBytes = 32

/**
 * Seals with AES-256-GCM: nonce, ciphertext and tag in base64url.
 * @param aad What the result is bound to; whoever opens it must say the same.
 * @see NIST SP 800-38D; random nonces, so at most 2^32 seals under one key
 */
export function seal(
  key: Uint8Array,
  plain: Uint8Array,
  { aad, random }: { aad: string; random: Random },
): string {
  const nonce = random(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(utf8(aad))
  const body = cipher.update(plain)
  return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/**
 * Opens what `seal` made.
 * @param sealed Attacker-controlled.
 * @returns Bytes that belong to the caller, or null if key, associated data or a bit of `sealed` differ.
 */
export function unseal(key: Uint8Array, sealed: string, aad: string): Uint8Array | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < nonceBytes + tagBytes) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(utf8(aad))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const plain = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
  try {
    decipher.final()
    return plain
  } catch {
    plain.fill(0)
    return null
  }
}

/** Joins what a sealed text is bound to. Parts are ids, numbers and fixed words, so the bar cannot occur in one. */
export function boundTo(...parts: readonly (string | number)[]): string {
  return ['keyreeve-vault', 1, ...parts].join('|')
}

/** SHA-256 in base64url, 43 characters. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

/** HMAC-SHA-256 under a key derived from the vault's key for this one purpose. @see RFC 5869 */
export function macOf(kek: Uint8Array, vault: string, text: string): string {
  const key = new Uint8Array(hkdfSync('sha256', kek, utf8(vault), utf8(boundTo('manifest')), keyBytes))
  try {
    return createHmac('sha256', key).update(text).digest('base64url')
  } finally {
    key.fill(0)
  }
}
