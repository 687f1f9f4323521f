// Messages about routes to models and APIs, phantom tokens, and the gateway that puts the key in.
import * as z from 'zod'
import { done, kib, mib, tell, type MessageKind } from './define.ts'
import * as s from './shapes.ts'

const baseUrl = z.string().min(1).max(2048)
const routeName = z.string().regex(/^[a-z][a-z\d-]{0,31}$/)
const method = z.string().regex(/^(?:\*|[A-Z]{1,16})$/)
const fieldName = z.string().regex(/^[\w!#$%&'*+.^|~-]{1,64}$/)
const urlPath = z.string().min(1).max(8192)
const field = z.tuple([
  fieldName,
  z
    .string()
    .max(4096)
    .regex(/^[\x20-\x7e]*$/),
])

/** How a key travels. */
const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('bearer') }),
  z.strictObject({ kind: z.literal('header'), name: fieldName }),
  z.strictObject({ kind: z.literal('query'), name: fieldName }),
])

const amount = z.number().min(0).max(1e12)

/** What one assistant may use of a route. Days are those of UTC. */
const limits = z.strictObject({
  perMinute: z.optional(s.count),
  concurrent: z.optional(s.count),
  tokensPerDay: z.optional(s.count),
  costPerDay: z.optional(amount),
  /** For a million tokens, in whatever unit the person counts. */
  price: z.optional(z.strictObject({ input: amount, output: amount })),
})

/** What one assistant used of a route today. */
const usage = z.strictObject({
  assistant: s.name,
  route: routeName,
  requests: s.count,
  input: s.count,
  output: s.count,
  cost: amount,
})

/** Where requests go, with which secret, and which may. */
const route = z.strictObject({
  name: routeName,
  baseUrl,
  auth,
  /** Name of the secret; null where none is needed. */
  secret: z.nullable(s.name),
  /** Name of a provider that Keyreeve knows. */
  provider: z.nullable(s.name),
  /** The person says that it is on this machine or a network of their own. */
  isPrivate: z.boolean(),
  /** None: everything beneath the base address. */
  allow: z.array(z.strictObject({ method, path: z.string().min(1).max(512) })).max(64),
  /** Names of models, with `*` for any characters. Left out or empty: all. */
  models: z.optional(z.array(z.string().min(1).max(128)).max(64)),
  limits: z.optional(limits),
})

/** A phantom token as people see it. */
const phantom = z.strictObject({
  id: s.id,
  assistant: s.name,
  route: routeName,
  /** Null: for as long as whoever asked for it stays connected. */
  expiresAt: z.nullable(s.time),
})

/** The one request that a phantom is good for, once. `target`: path and query; `sha256`: of the body. */
const only = z.strictObject({
  method,
  target: urlPath,
  headers: z.array(field).max(32),
  sha256: s.sha256,
})

/** A phantom token as the gateway knows it. */
const admitted = z.strictObject({
  id: s.id,
  sha256: s.sha256,
  assistant: s.name,
  route: routeName,
  /** Milliseconds; null: until it is taken back. */
  left: z.nullable(s.count),
  only: z.nullable(only),
})

const body = z.strictObject({ bytes: s.count, sha256: z.nullable(s.sha256) })

/** One request that was served, or could not be. */
const call = z.strictObject({
  intent: s.count,
  assistant: s.name,
  route: routeName,
  /** HTTP status that the client got. */
  status: s.count,
  /** Milliseconds from the request to the end of the answer. */
  took: s.count,
  sent: body,
  received: body,
  /** As the provider told; estimated where it did not. */
  tokens: z.optional(z.strictObject({ input: s.count, output: s.count, isEstimated: z.boolean() })),
  cost: z.optional(amount),
  code: z.optional(s.prose),
  /** The phantom stood where it is not put to use. */
  isProbing: z.optional(z.literal(true)),
  /** Names of secrets that came back, and were masked. */
  exposed: z.optional(z.array(s.name).max(16)),
})

const person = { from: ['cli'], to: ['broker'], phases: ['ready'], max: 64 * kib, replyMax: 4 * kib } as const
const keeper = { from: ['broker'], to: ['keeper'], phases: ['ready'], max: 64 * kib, replyMax: kib } as const
const gateway = {
  from: ['broker'],
  to: ['gateway'],
  phases: ['ready'],
  max: 4 * kib,
  replyMax: 4 * kib,
} as const

export const gatewayMessages = {
  'route.add': { ...person, request: route, reply: done },
  'route.list': {
    ...person,
    from: ['cli', 'console', 'shim', 'sdk'],
    replyMax: 4 * mib,
    request: z.strictObject({}),
    /** `gateway`: address that clients dial, where it listens. */
    reply: z.strictObject({ routes: z.array(route).max(256), gateway: z.nullable(baseUrl) }),
  },
  'route.remove': { ...person, request: z.strictObject({ name: routeName }), reply: done },
  /** `seconds` null: for as long as the connection stays open. */
  'phantom.issue': {
    ...person,
    request: z.strictObject({
      assistant: s.name,
      route: routeName,
      seconds: z.nullable(z.int().min(1).max(86_400)),
    }),
    reply: z.strictObject({ ...phantom.shape, token: z.string().max(512), url: baseUrl }),
  },
  /** Stops every call by every route, until it is resumed; what runs is cut. */
  'route.stop': { ...person, from: ['cli', 'console'], request: z.strictObject({}), reply: done },
  'route.resume': { ...person, from: ['cli', 'console'], request: z.strictObject({}), reply: done },
  'usage.list': {
    ...person,
    from: ['cli', 'console'],
    replyMax: mib,
    request: z.strictObject({}),
    reply: z.strictObject({ usage: z.array(usage).max(4096), isStopped: z.boolean() }),
  },
  'phantom.list': {
    ...person,
    from: ['cli', 'console'],
    replyMax: mib,
    request: z.strictObject({}),
    reply: z.strictObject({ phantoms: z.array(phantom).max(4096) }),
  },
  'phantom.revoke': {
    ...person,
    from: ['cli', 'console'],
    request: z.union([z.strictObject({ id: s.id }), z.strictObject({ all: z.literal(true) })]),
    reply: z.strictObject({ revoked: s.count }),
  },

  /** Asks for one request by a route; what is allowed can be sent as it stands here, once. */
  'call.prepare': {
    from: ['shim', 'sdk'],
    to: ['broker'],
    phases: ['ready'],
    max: 256 * kib,
    replyMax: 32 * kib,
    request: z.strictObject({
      route: routeName,
      method: z.string().regex(/^[A-Z]{1,16}$/),
      path: urlPath,
      headers: z.array(field).max(32),
      body: z.string().max(128 * kib),
      reason: z.optional(s.reason),
    }),
    reply: z.discriminatedUnion('status', [s.callAllowed, s.pending, s.denied]),
  },

  'keeper.routes': {
    ...keeper,
    replyMax: 4 * mib,
    request: z.strictObject({}),
    reply: z.strictObject({ routes: z.array(route).max(256) }),
  },
  'keeper.route': {
    ...keeper,
    request: z.union([z.strictObject({ put: route }), z.strictObject({ remove: routeName })]),
    reply: done,
  },
  /** Lends the secret of a route, sealed to the gateway's key of this start. */
  'keeper.lease': {
    ...keeper,
    replyMax: 2 * mib,
    request: z.strictObject({ route: routeName, to: s.key32, intent: s.count }),
    reply: z.strictObject({ sealed: s.sealed }),
  },

  /** Listens on loopback. Port 0: any. `ca`: more certificates to trust, PEM. */
  'gateway.serve': {
    ...gateway,
    max: 2 * mib,
    request: z.strictObject({
      port: z.int().min(0).max(65535),
      ca: z.nullable(z.string().max(mib / 2)),
      /** Of today. */
      usage: z.array(usage).max(4096),
    }),
    reply: z.strictObject({ port: s.count, publicKey: s.key32 }),
  },
  /** All that are good now; streams under any other are cut. */
  'gateway.phantoms': {
    ...gateway,
    max: 20 * mib,
    request: z.strictObject({ phantoms: z.array(admitted).max(4096) }),
    reply: done,
  },
  /** Forgets every leased secret and what was admitted; `cut`: ends what runs, too. */
  'gateway.drop': { ...gateway, request: z.strictObject({ cut: z.boolean() }), reply: done },

  /** May this be asked for? Good for a minute, with the route's secret where the gateway does not hold it. */
  'gateway.admit': {
    from: ['gateway'],
    to: ['broker'],
    phases: ['ready'],
    max: 16 * kib,
    replyMax: 2 * mib,
    request: z.strictObject({ phantom: s.id, method, path: urlPath, holds: z.boolean() }),
    reply: z.strictObject({ intent: s.count, life: s.count, route, sealed: z.nullable(s.sealed) }),
  },
  'gateway.served': {
    from: ['gateway'],
    to: ['broker'],
    phases: ['ready'],
    max: 256 * kib,
    replyMax: 0,
    request: z.strictObject({ calls: z.array(call).min(1).max(64) }),
    reply: tell,
  },
} as const satisfies Record<string, MessageKind>
