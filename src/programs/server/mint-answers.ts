// What the token endpoint answers when it refuses: always of one shape, and nothing of what was asked.
import type { Milliseconds } from '#base'

const refusals = {
  invalid_request: [400, 'the request is malformed'],
  invalid_client: [401, 'client authentication failed'],
  invalid_dpop_proof: [400, 'the proof does not fit this request'],
  use_dpop_nonce: [400, 'use the nonce that comes with this answer'],
  unsupported_grant_type: [400, 'unsupported grant_type requested'],
  invalid_scope: [400, 'nothing of this scope can be given'],
  invalid_target: [400, 'resource indicator is missing, or unknown'],
  invalid_authorization_details: [400, 'these authorization details cannot be given'],
  temporarily_unavailable: [429, 'too many requests'],
  server_error: [500, 'the server could not answer'],
} as const satisfies Record<string, readonly [status: number, description: string]>

/** Code of a refusal. @see RFC 6749, section 5.2; RFC 9449, section 5; RFC 8707; RFC 9396 */
export type Refusal = keyof typeof refusals

/** An answer that can be sent. */
export interface MintReply {
  readonly status: number
  readonly body: string
  readonly retryAfter?: Milliseconds | undefined
  /** Counts against the source. */
  readonly isFailure?: boolean
}

/** @param more Members besides; nothing that the request said. */
export function refuse(code: Refusal, more: { readonly revocation?: string } = {}): MintReply {
  const [status, description] = refusals[code]
  return { status, body: JSON.stringify({ error: code, error_description: description, ...more }) }
}

/** Too many requests. */
export function refuseFor(retryAfter: Milliseconds): MintReply {
  return { ...refuse('temporarily_unavailable'), retryAfter }
}

/** A proof or an attestation that does not hold. */
export function refuseFailed(code: Refusal): MintReply {
  return { ...refuse(code), isFailure: true }
}
