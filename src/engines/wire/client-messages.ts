// Messages that clients of the unix socket (and the console, for the person) send to the broker.
import * as z from 'zod'
import { done, kib, mib, tell, type MessageKind } from './define.ts'
import { clientRoles } from './roles.ts'
import * as s from './shapes.ts'

const anyTime = ['locked', 'ready'] as const
const person = ['cli', 'console'] as const
const assistant = ['shim', 'sdk'] as const

export const clientMessages = {
  /** First of every connection: a role, and what the client says of itself. */
  hello: {
    from: clientRoles,
    to: ['broker'],
    phases: ['greeting'],
    max: 4 * kib,
    replyMax: 4 * kib,
    request: z.strictObject({
      v: z.literal(1),
      role: z.enum(clientRoles),
      assistant: z.optional(s.name),
      client: z.optional(z.strictObject({ name: s.name, version: s.name })),
    }),
    /** `keeperKey`: X25519 public key of the keeper of this start; secrets are sealed to it. */
    reply: z.strictObject({ v: z.literal(1), phase: z.enum(anyTime), home: s.path, keeperKey: s.key32 }),
  },
  /** What the MCP client claims to be, known only after its own greeting. */
  'client.claim': {
    from: ['shim'],
    to: ['broker'],
    phases: anyTime,
    max: 4 * kib,
    replyMax: 0,
    request: z.strictObject({ name: s.name, version: s.name }),
    reply: tell,
  },

  status: {
    from: ['cli', 'console', 'watch', 'shim', 'sdk'],
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: 64 * kib,
    request: z.strictObject({}),
    reply: z.strictObject({
      phase: z.enum(anyTime),
      version: s.name,
      home: s.path,
      pid: s.count,
      startedAt: s.time,
      keystore: z.strictObject({ kind: s.name, assurance: z.nullable(s.assurance), place: s.prose }),
      journal: z.nullable(z.strictObject({ size: s.count, root: z.string().max(64), origin: s.name })),
      console: z.nullable(z.strictObject({ port: s.count })),
      /** Null until a route is used for the first time. */
      gateway: z.nullable(z.strictObject({ port: s.count, isStopped: z.boolean() })),
      programs: z.array(z.strictObject({ name: s.name, pid: s.count })).max(16),
      assistants: z.array(s.caller).max(256),
      pending: s.count,
      /** Cards since midnight (UTC), and how many a day the person is ready to answer. */
      questions: z.strictObject({ today: s.count, budget: s.count }),
      grants: s.count,
    }),
  },
  doctor: {
    from: person,
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: 256 * kib,
    request: z.strictObject({}),
    reply: z.strictObject({ checks: z.array(s.check).max(64) }),
  },
  stop: {
    from: ['cli'],
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: kib,
    request: z.strictObject({}),
    reply: done,
  },

  'vault.status': {
    from: person,
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: 64 * kib,
    request: z.strictObject({}),
    reply: z.strictObject({
      exists: z.boolean(),
      unlocked: z.boolean(),
      assurance: z.nullable(s.assurance),
      slots: z.array(s.keySlot).max(32),
      secrets: z.nullable(s.count),
    }),
  },
  /** `sealed`: the passphrase, sealed to the keeper; without it the slots that need no person are tried. */
  'vault.unlock': {
    from: ['cli'],
    to: ['broker'],
    phases: anyTime,
    max: 8 * kib,
    replyMax: kib,
    request: z.strictObject({ sealed: z.optional(s.sealed) }),
    reply: z.strictObject({ assurance: s.assurance }),
  },
  'vault.lock': {
    from: person,
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: kib,
    request: z.strictObject({}),
    reply: done,
  },
  /** `sealed`: the value, sealed to the keeper, so that the broker never holds it. */
  'secret.set': {
    from: ['cli', 'broker'],
    to: ['broker', 'keeper'],
    phases: ['ready'],
    max: 2 * mib,
    replyMax: 4 * kib,
    request: z.strictObject({ name: s.name, sealed: s.sealed }),
    reply: s.secretInfo,
  },
  'secret.list': {
    from: ['cli', 'console', 'shim', 'sdk', 'broker'],
    to: ['broker', 'keeper'],
    phases: ['ready'],
    max: kib,
    replyMax: 4 * mib,
    request: z.strictObject({}),
    reply: z.strictObject({ secrets: z.array(s.secretInfo).max(20_000) }),
  },
  'secret.remove': {
    from: ['cli', 'broker'],
    to: ['broker', 'keeper'],
    phases: ['ready'],
    max: 4 * kib,
    replyMax: kib,
    request: z.strictObject({ name: s.name }),
    reply: done,
  },

  'file.read': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({
      path: s.path,
      lines: z.optional(s.lines),
      mode: z.optional(s.mode),
      reason: z.optional(s.reason),
    }),
    reply: z.discriminatedUnion('status', [s.released, s.pending, s.denied]),
  },
  'file.list': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({
      path: s.path,
      glob: z.optional(z.string().min(1).max(256)),
      ignored: z.optional(z.boolean()),
      reason: z.optional(s.reason),
    }),
    reply: z.discriminatedUnion('status', [s.listing, s.pending, s.denied]),
  },
  /** Lines of a file that match, and `context` lines on both sides of each; `from`: the first line to look at. */
  'file.grep': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({
      path: s.path,
      pattern: s.pattern,
      context: z.optional(s.context),
      from: z.optional(s.line),
      reason: z.optional(s.reason),
    }),
    reply: z.discriminatedUnion('status', [s.released, s.pending, s.denied]),
  },
  /** Names beneath a folder; `after`: a path beneath it to go on from, `ignored`: also what git is told to ignore. */
  'file.search': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({
      path: s.path,
      pattern: s.pattern,
      after: z.optional(s.path),
      ignored: z.optional(z.boolean()),
      reason: z.optional(s.reason),
    }),
    reply: z.discriminatedUnion('status', [s.found, s.pending, s.denied]),
  },
  /** A patch that is shown to the person, and written if they allow it. */
  'file.edit': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: 256 * kib,
    replyMax: 64 * kib,
    request: z.strictObject({ path: s.path, patch: s.patch, reason: z.optional(s.reason) }),
    reply: z.discriminatedUnion('status', [s.edited, s.pending, s.denied]),
  },
  /** Edits that can be undone, the newest first. */
  'edit.list': {
    from: person,
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: 4 * mib,
    request: z.strictObject({}),
    reply: z.strictObject({ edits: z.array(s.editInfo).max(1000) }),
  },
  /** Puts back what stood in the file before, if it still is as the edit left it. */
  'edit.undo': {
    from: person,
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: kib,
    request: z.strictObject({ edit: s.id }),
    reply: done,
  },
  'access.request': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: 256 * kib,
    replyMax: 64 * kib,
    request: z.strictObject({ items: s.accessItems, reason: s.reason }),
    reply: z.discriminatedUnion('status', [
      z.strictObject({ status: z.literal('ok'), ...s.accessGiven }),
      s.pending,
      s.denied,
    ]),
  },
  /** Waits for the answer to a ticket: the very result that the call would have had. */
  'access.wait': {
    from: assistant,
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: 4 * mib,
    request: z.strictObject({ ticket: s.id }),
    reply: z.discriminatedUnion('status', [
      z.strictObject({
        status: z.literal('ok'),
        result: z.union([
          s.released,
          s.listing,
          s.found,
          s.edited,
          s.callAllowed,
          z.strictObject(s.accessGiven),
        ]),
      }),
      s.pending,
      s.denied,
    ]),
  },
  /** An assistant sees its own grants, a person all. */
  'grant.list': {
    from: ['shim', 'sdk', 'cli', 'console'],
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: mib,
    request: z.strictObject({}),
    reply: z.strictObject({ grants: z.array(s.grant).max(1000) }),
  },
  'grant.revoke': {
    from: person,
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: kib,
    request: z.union([z.strictObject({ id: s.id }), z.strictObject({ all: z.literal(true) })]),
    reply: z.strictObject({ revoked: s.count }),
  },

  'log.list': {
    from: person,
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: 4 * mib,
    /** Newest first, older than `before`. */
    request: z.strictObject({ before: z.optional(s.count), limit: z.int().min(1).max(1000) }),
    reply: z.strictObject({ size: s.count, entries: z.array(s.logEntry).max(1000) }),
  },
  'log.show': {
    from: person,
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: mib,
    request: z.strictObject({ index: s.count }),
    reply: s.logEntry,
  },

  /** Keys of days, so that a person or an auditor can open the events of the log. */
  'log.keys': {
    from: ['cli'],
    to: ['broker'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 256 * kib,
    request: z.strictObject({ days: z.array(s.count).min(1).max(1000) }),
    reply: z.strictObject({ days: z.array(z.strictObject({ day: s.count, key: s.key32 })).max(1000) }),
  },

  'console.open': {
    from: ['cli', 'broker'],
    to: ['broker', 'console'],
    phases: anyTime,
    max: kib,
    replyMax: 4 * kib,
    /** `bare`: a link without a code, for whoever signs in with a passkey; only the broker may say so. */
    request: z.strictObject({ bare: z.optional(z.boolean()) }),
    /** A link with a one-time code in its fragment, for nobody else; one without a code does not expire. */
    reply: z.strictObject({ url: z.string().max(1000), expiresAt: z.nullable(s.time) }),
  },

  /** A terminal offers to answer. The broker gives a code that the person types at that terminal. */
  'watch.offer': {
    from: ['watch'],
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: kib,
    request: z.strictObject({}),
    reply: z.strictObject({ code: z.string().regex(/^\d{6}$/) }),
  },
  /** The typed code. From here on the cards come. */
  'watch.prove': {
    from: ['watch'],
    to: ['broker'],
    phases: anyTime,
    max: kib,
    replyMax: kib,
    request: z.strictObject({
      code: z.string().max(16),
      /** Where the cards will be shown. */
      surface: z.optional(z.enum(['terminal', 'window'])),
    }),
    reply: done,
  },
  'consent.decide': {
    from: ['console', 'watch'],
    to: ['broker'],
    phases: ['ready'],
    max: 24 * kib,
    replyMax: 4 * kib,
    request: z.strictObject({
      id: s.id,
      digest: s.sha256,
      decision: z.enum(['allow', 'deny']),
      scope: s.scope,
      /** Which items of a request for access, by their places; without it those that were ticked at first. */
      items: z.optional(z.array(s.count).max(32)),
      /** Of a passkey, over this card and scope. */
      assertion: z.optional(s.assertion),
    }),
    reply: done,
  },
} as const satisfies Record<string, MessageKind>
