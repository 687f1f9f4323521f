// Security events as the Shared Signals framework and CAEP have them: which there are, and whom they are about.
import * as z from 'zod'

/** Events that mean something here. */
export const eventKinds = ['session-revoked', 'credential-change', 'device-compliance-change'] as const

const base = 'https://schemas.openid.net/secevent/caep/event-type/'

/** Their addresses. @see OpenID Continuous Access Evaluation Profile 1.0, section 3 */
export const eventTypes = {
  'session-revoked': `${base}session-revoked`,
  'credential-change': `${base}credential-change`,
  'device-compliance-change': `${base}device-compliance-change`,
} as const satisfies Record<EventKind, string>

/** One of them. */
export type EventKind = (typeof eventKinds)[number]

/** Which one an address means; undefined for one that means nothing here. */
export function kindOf(type: string): EventKind | undefined {
  return eventKinds.find((kind) => eventTypes[kind] === type)
}

/** Type of the token. @see RFC 8417, section 2.3 */
export const setType = 'secevent+jwt'

const text = z.string().min(1).max(512)

const simple = z.discriminatedUnion('format', [
  z.object({ format: z.literal('iss_sub'), iss: text, sub: text }),
  z.object({ format: z.literal('opaque'), id: text }),
  z.object({ format: z.literal('email'), email: text }),
])

/** Whom an event is about. @see RFC 9493; OpenID Shared Signals Framework 1.0, section 3 */
const subjectShape = z.union([
  simple,
  z.object({
    format: z.literal('complex'),
    user: z.optional(simple),
    device: z.optional(simple),
    tenant: z.optional(simple),
  }),
])

/** One. */
export type Subject = z.output<typeof subjectShape>
/** A subject of one part. */
export type SimpleSubject = z.output<typeof simple>

/** The claims of a token. @see RFC 8417, section 2.2 */
export const setClaims = z.object({
  iss: text,
  jti: text,
  iat: z.int().min(0),
  aud: z.union([text, z.array(text).max(32)]),
  sub_id: z.optional(subjectShape),
  events: z.record(z.string().max(256), z.looseObject({ subject: z.optional(subjectShape) })),
})

/** What was read of them. */
export type SetClaims = z.output<typeof setClaims>
