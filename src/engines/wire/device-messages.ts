// Messages about this machine as a device of an organisation: enrolling it, and tokens of its token server.
import * as z from 'zod'
import { done, kib, tell, type MessageKind } from './define.ts'
import * as s from './shapes.ts'

const url = z.string().min(1).max(2048)
const scope = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/))
  .min(1)
  .max(32)
/** Three parts of base64url. */
const compact = z
  .string()
  .max(8192)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
const joinState = z.string().max(256)

/** By the system's browser, by a code that is typed elsewhere, or by an administrator's invitation. */
const flow = z.enum(['browser', 'code', 'invitation'])
const invitation = z.optional(z.string().min(1).max(64))

const jwk = z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: s.key32, y: s.key32 })

/** What the issuer gave; nothing of it is secret. */
const enrolment = z.strictObject({
  issuer: url,
  tokenEndpoint: url,
  jwksUri: url,
  device: s.id,
  attestation: compact,
  scope: z.string().max(2048),
  /** When this machine was enrolled. */
  since: z.optional(s.count),
  /** Where it is enrolled by files: the last answer's number, and the keys that the next may be signed with. */
  offline: z.optional(
    z.strictObject({ seq: s.count, keys: z.array(z.strictObject({ ...jwk.shape, kid: s.key32 })).max(16) }),
  ),
})

/** What asks for an answer by file, and what is answered. */
const offline = { issuer: url, label: s.name, recipient: z.string().min(1).max(4096) }
const answer = {
  answer: compact,
  /** SHA-256 over what lies beside it. */
  content: s.key32,
  /** As the person heard it, at first. */
  fingerprint: z.optional(z.string().max(64)),
}
const request = z.string().max(12_288)

const waiting = z.strictObject({
  /** Where the person signs in; null where an invitation stands for that. */
  url: z.nullable(url),
  /** To be typed there; null where the page is opened here. */
  userCode: z.nullable(z.string().max(64)),
})

const token = z.strictObject({ token: compact, expiresIn: s.count })
const wanted = z.strictObject({ audience: url, scope })

const tokenStates = z
  .array(
    z.strictObject({
      audience: url,
      scope: z.string().max(2048),
      state: z.enum(['empty', 'fresh', 'riding-out', 'expired', 'revoked']),
      /** Seconds that the token still lives; 0 where there is none. */
      expiresIn: s.count,
    }),
  )
  .max(256)

const known = {
  /** Whether the issuer answered when it was asked last. */
  server: z.enum(['untried', 'reachable', 'unreachable']),
  /** Thumbprint of the key, as the issuer knows it (RFC 7638). */
  fingerprint: z.nullable(s.key32),
  /** Milliseconds since 1970; null where it is not known. */
  attestedUntil: z.nullable(s.count),
}

const person = { from: ['cli'], to: ['broker'], phases: ['ready'], max: 8 * kib, replyMax: 16 * kib } as const
const keeper = {
  from: ['broker'],
  to: ['keeper'],
  phases: ['ready'],
  max: 24 * kib,
  replyMax: 24 * kib,
} as const
const tokens = {
  from: ['broker'],
  to: ['tokens'],
  phases: ['ready'],
  max: 24 * kib,
  replyMax: 128 * kib,
} as const
const ofTokens = {
  from: ['tokens'],
  to: ['broker'],
  phases: ['ready'],
  max: 16 * kib,
  replyMax: kib,
} as const

export const deviceMessages = {
  /** Begins to enrol this machine; `device.wait` ends it. */
  'device.enrol': {
    ...person,
    request: z.strictObject({ issuer: url, flow, invitation, label: s.name }),
    reply: waiting,
  },
  /** Waits some 20 seconds for the person to sign in. */
  'device.wait': {
    ...person,
    request: z.strictObject({}),
    reply: z.strictObject({
      enrolled: z.nullable(z.strictObject({ device: s.id, scope: z.string().max(2048) })),
    }),
  },
  'device.status': {
    ...person,
    from: ['cli', 'console'],
    replyMax: 192 * kib,
    request: z.strictObject({}),
    reply: z.strictObject({
      device: z.nullable(
        z.strictObject({
          id: s.id,
          issuer: url,
          scope: z.string().max(2048),
          key: s.key32,
          /** Milliseconds since 1970; null where it is not known. */
          since: z.nullable(s.count),
          ...known,
        }),
      ),
      tokens: tokenStates,
    }),
  },
  /** Deletes the key. The issuer is not told: revoking is an administrator's. */
  'device.forget': { ...person, from: ['cli', 'console'], request: z.strictObject({}), reply: done },
  /** Makes a request for an answer by file. */
  'device.offline': {
    ...person,
    request: z.strictObject(offline),
    reply: z.strictObject({ request, fingerprint: s.key32 }),
  },
  /** Takes the answer: this machine is enrolled then, attested anew, or revoked. */
  'device.accept': {
    ...person,
    max: 12 * kib,
    request: z.strictObject({ issuer: url, ...answer }),
    reply: z.strictObject({ device: s.id, scope: z.string().max(2048), isRevoked: z.boolean() }),
  },
  /** A token for a tool that cannot ask for one itself, where the settings allow its audience. */
  'token.get': { ...person, request: wanted, reply: token },

  'keeper.device': {
    ...keeper,
    request: z.strictObject({}),
    reply: z.strictObject({
      jwk: z.nullable(jwk),
      enrolment: z.nullable(enrolment),
      joinState: z.nullable(joinState),
    }),
  },
  /** Gives the public key of the device; makes the key if there is none. */
  'keeper.generate': { ...keeper, request: z.strictObject({}), reply: jwk },
  'keeper.attest': {
    ...keeper,
    request: z.strictObject({ enrolment: z.optional(enrolment), joinState: z.optional(joinState) }),
    reply: done,
  },
  'keeper.forget': { ...keeper, request: z.strictObject({}), reply: done },
  /** Signs what is a proof by the device's key, and nothing else. */
  'keeper.prove': {
    ...keeper,
    request: z.strictObject({ input: z.string().max(8192) }),
    reply: z.strictObject({ signature: z.string().regex(/^[\w-]{86}$/) }),
  },

  'tokens.enrol': {
    ...tokens,
    request: z.strictObject({ issuer: url, flow, invitation, label: s.name, jwk }),
    reply: waiting,
  },
  'tokens.wait': {
    ...tokens,
    request: z.strictObject({}),
    reply: z.strictObject({ enrolled: z.nullable(z.strictObject({ jwk, enrolment })) }),
  },
  'tokens.use': {
    ...tokens,
    request: z.strictObject({ jwk, enrolment, joinState: z.nullable(joinState) }),
    reply: done,
  },
  'tokens.offline': {
    ...tokens,
    request: z.strictObject({ ...offline, jwk }),
    reply: z.strictObject({ request, fingerprint: s.key32 }),
  },
  'tokens.accept': {
    ...tokens,
    max: 48 * kib,
    request: z.strictObject({ issuer: url, ...answer, jwk, enrolment: z.nullable(enrolment) }),
    reply: z.strictObject({ enrolment, statement: z.nullable(compact) }),
  },
  'tokens.get': { ...tokens, request: wanted, reply: token },
  'tokens.state': {
    ...tokens,
    request: z.strictObject({}),
    reply: z.strictObject({ tokens: tokenStates, ...known }),
  },

  'device.sign': {
    ...ofTokens,
    request: z.strictObject({ input: z.string().max(8192) }),
    reply: z.strictObject({ signature: z.string().regex(/^[\w-]{86}$/) }),
  },
  'device.join': { ...ofTokens, request: z.strictObject({ joinState }), reply: done },
  /** The issuer attested the key of this device anew. */
  'device.renewed': {
    ...ofTokens,
    request: z.strictObject({ attestation: compact, scope: z.string().max(2048) }),
    reply: done,
  },
  /** The issuer says, signed, that this device is revoked. */
  'device.revoked': {
    ...ofTokens,
    replyMax: 0,
    request: z.strictObject({ statement: compact }),
    reply: tell,
  },
} as const satisfies Record<string, MessageKind>
