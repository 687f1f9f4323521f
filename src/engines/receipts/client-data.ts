// What the browser says of where and for what a passkey was used.

/** The members that matter. @see Web Authentication Level 3, section 5.8.1 */
export interface ClientData {
  readonly type: string
  /** Base64url, as the browser wrote it. */
  readonly challenge: string
  readonly origin: string
  /** Asked by a page in a frame of another origin. */
  readonly isFramed: boolean
}

const longest = 4096

/**
 * Parses the browser's statement; browsers may add members, which are passed over.
 * @param bytes Attacker-controlled.
 * @returns Null for what is no JSON object of that shape, or longer than 4,096 bytes.
 */
export function parseClientData(bytes: Buffer): ClientData | null {
  const value = bytes.length > longest ? null : parseObject(bytes)
  if (value === null) return null
  const { type, challenge, origin, crossOrigin, topOrigin } = value
  if (typeof type !== 'string' || typeof challenge !== 'string' || typeof origin !== 'string') return null
  if (crossOrigin !== undefined && typeof crossOrigin !== 'boolean') return null
  return { type, challenge, origin, isFramed: crossOrigin === true || topOrigin !== undefined }
}

function parseObject(bytes: Buffer): Partial<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    )
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
