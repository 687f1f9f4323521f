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
})

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
