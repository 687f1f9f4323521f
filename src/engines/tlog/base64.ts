// Standard base64, one text for one value, as notes and checkpoints use it.

/** Base64 with padding. @see RFC 4648, section 4 */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/**
 * Reads base64 strictly.
 * @param text Attacker-controlled.
 * @returns Undefined for anything that `base64` would not have written.
 */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
