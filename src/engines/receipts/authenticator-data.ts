// What an authenticator says of itself beside its signature.

/** One authenticator's statement. @see Web Authentication Level 3, section 6.1 */
export interface AuthenticatorData {
  /** SHA-256 of the relying party's id. */
  readonly rpIdHash: Buffer
  /** Somebody touched it. */
  readonly isPresent: boolean
  /** It knows who: a PIN, a finger, a face. */
  readonly isVerified: boolean
  /** Its key may be synced to other devices, and is. */
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
  /** Signatures so far; 0 from those that do not count. */
  readonly counter: number
  /** Of the key that was just made, in a registration; null in an assertion. */
  readonly credentialId: Buffer | null
}

const flags = {
  present: 0x01,
  verified: 0x04,
  eligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extended: 0x80,
}
const headBytes = 37
const aaguidBytes = 16
const longestCredentialId = 1023
const longest = 4096

/**
 * Parses the statement. The public key and extensions at its end are passed over: the key comes as SPKI beside it.
 * @param bytes Attacker-controlled.
 * @returns Null for what no authenticator gives: a wrong length, or a key that is backed up and may not be.
 */
export function parseAuthenticatorData(bytes: Buffer): AuthenticatorData | null {
  if (bytes.length < headBytes || bytes.length > longest) return null
  const set = bytes[32] ?? 0
  const has = (flag: number): boolean => (set & flag) !== 0
  const credentialId = has(flags.attested) ? credentialIdOf(bytes.subarray(headBytes)) : null
  const mayGoOn = has(flags.attested) || has(flags.extended)
  if (mayGoOn === (bytes.length === headBytes)) return null
  if (has(flags.attested) && credentialId === null) return null
  if (has(flags.backedUp) && !has(flags.eligible)) return null
  return {
    rpIdHash: bytes.subarray(0, 32),
    isPresent: has(flags.present),
    isVerified: has(flags.verified),
    isBackupEligible: has(flags.eligible),
    isBackedUp: has(flags.backedUp),
    counter: bytes.readUInt32BE(33),
    credentialId,
  }
}

/** `aaguid 16 | length u16 | credential id | COSE key`. @see section 6.5.1 */
function credentialIdOf(bytes: Buffer): Buffer | null {
  if (bytes.length < aaguidBytes + 2) return null
  const length = bytes.readUInt16BE(aaguidBytes)
  const end = aaguidBytes + 2 + length
  if (length === 0 || length > longestCredentialId || bytes.length <= end) return null
  return bytes.subarray(aaguidBytes + 2, end)
}
