// Bytes to text and back.
import { Fault } from './fault.ts'

const encoder = new TextEncoder()

/** UTF-8 bytes of a string. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** One character for each byte. For short ones, a few thousand bytes at most. */
export function latin1(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, null, bytes)
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Base64url without padding. @see RFC 4648, section 5 */
export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Reads base64url without padding, strictly: one text for one value.
 * @param text Attacker-controlled.
 * @throws Fault `message-invalid` for any other character, padding, or stray bits.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = /^[\w-]*$/.test(text) && text.length % 4 !== 1 ? decode(text) : undefined
  if (bytes === undefined || base64url(bytes) !== text) throw new Fault('message-invalid', 'not base64url')
  return bytes
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}

/** One array with the bytes of all. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
