// Messages between the broker and the programs that it spawned, each on a pipe of its own.
import * as z from 'zod'
import { done, kib, mib, tell, type MessageKind } from './define.ts'
import * as s from './shapes.ts'

const anyTime = ['locked', 'ready'] as const

/** One day's key for the journal; `day` counts from 1970-01-01 UTC. */
const dayKey = z.strictObject({ day: s.count, key: s.key32 })

/** Known secrets as window hashes and HMACs, opaque to all but redaction; and the key of the device's pseudonyms. */
const table = z.strictObject({ table: z.string().max(16 * mib), pseudonymKey: s.key32 })

/** The folder beneath which something is opened; null: the mount that holds the path. */
const root = z.nullable(z.strictObject({ path: s.path, identity: s.identity }))

const readReply = z.strictObject({
  released: s.released,
  identity: s.identity,
  /** Of the folder that holds the file. */
  folder: s.identity,
  classes: z.array(s.name).max(32),
})

export const programMessages = {
  'keeper.status': {
    from: ['broker'],
    to: ['keeper'],
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
      /** X25519 public key of this start. */
      publicKey: s.key32,
    }),
  },
  /** Opens the vault, or makes one where there is none. */
  'keeper.unlock': {
    from: ['broker'],
    to: ['keeper'],
    phases: anyTime,
    max: 8 * kib,
    replyMax: 256 * kib,
    request: z.strictObject({ sealed: z.optional(s.sealed) }),
    reply: z.strictObject({
      assurance: s.assurance,
      created: z.boolean(),
      slot: s.keySlot,
      journal: z.strictObject({
        origin: s.name,
        /** Ed25519 private key, PKCS #8, base64url. */
        signingKey: z.string().max(256),
        /** Identifies this start; nonces are counted within it. */
        session: z.string().regex(/^[\w-]{22}$/),
        ratchet: s.key32,
        days: z.array(dayKey).max(4),
      }),
      /** Authenticates the file of lasting grants. */
      grantsKey: s.key32,
      enrolled: s.enrolled,
    }),
  },
  'keeper.lock': {
    from: ['broker'],
    to: ['keeper'],
    phases: anyTime,
    max: kib,
    replyMax: kib,
    request: z.strictObject({}),
    reply: done,
  },
  /** Keys of past days to read the journal, or of today and tomorrow to write it. Shredded days are left out. */
  'keeper.days': {
    from: ['broker'],
    to: ['keeper'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: mib,
    request: z.strictObject({ days: z.array(s.count).min(1).max(1000) }),
    reply: z.strictObject({ days: z.array(dayKey).max(1000) }),
  },
  'keeper.table': {
    from: ['broker'],
    to: ['keeper'],
    phases: ['ready'],
    max: kib,
    replyMax: 20 * mib,
    request: z.strictObject({}),
    reply: table,
  },

  'reader.table': {
    from: ['broker'],
    to: ['reader', 'editor', 'gateway'],
    phases: ['ready'],
    max: 20 * mib,
    replyMax: kib,
    request: table,
    reply: done,
  },
  /** Opens beneath `root` (null: beneath the mount that holds the path), reads, redacts, hashes. */
  'reader.read': {
    from: ['broker'],
    to: ['reader'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({ path: s.path, root, lines: z.nullable(s.lines), mode: s.mode }),
    reply: readReply,
  },
  'reader.grep': {
    from: ['broker'],
    to: ['reader'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({ path: s.path, root, pattern: s.pattern, context: s.context, from: s.line }),
    reply: readReply,
  },
  'reader.list': {
    from: ['broker'],
    to: ['reader'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({
      path: s.path,
      root,
      glob: z.nullable(z.string().min(1).max(256)),
      withIgnored: z.boolean(),
    }),
    reply: z.strictObject({ listing: s.listing, identity: s.identity, classes: z.array(s.name).max(32) }),
  },
  'reader.search': {
    from: ['broker'],
    to: ['reader'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({
      path: s.path,
      root,
      pattern: s.pattern,
      after: z.nullable(s.path),
      withIgnored: z.boolean(),
    }),
    reply: z.strictObject({
      found: s.found,
      /** Names as they are, in the order of the entries, whose secrets are masked: for the policy. */
      names: z.array(s.path).max(500),
      identity: s.identity,
      classes: z.array(s.name).max(32),
    }),
  },
  /** Says what a path is, without reading it: for grants. */
  'reader.identify': {
    from: ['broker'],
    to: ['reader'],
    phases: ['ready'],
    max: 64 * kib,
    replyMax: 64 * kib,
    request: z.strictObject({ path: s.path }),
    reply: z.strictObject({
      path: s.path,
      kind: z.enum(['file', 'folder']),
      identity: s.identity,
      classes: z.array(s.name).max(32),
    }),
  },

  /** Makes of a patch what would be written, and holds it. `diff`: of the masked text, with a digest; hashes are of the file. */
  'editor.prepare': {
    from: ['broker'],
    to: ['editor'],
    phases: ['ready'],
    max: 256 * kib,
    replyMax: 4 * mib,
    request: z.strictObject({ path: s.path, patch: s.patch }),
    reply: z.strictObject({
      edit: s.id,
      path: s.path,
      identity: s.identity,
      classes: z.array(s.name).max(32),
      diff: z.strictObject({ text: s.text, sha256: s.sha256 }),
      /** Bytes of the file. */
      size: s.count,
      before: s.sha256,
      after: s.sha256,
    }),
  },
  'editor.drop': {
    from: ['broker'],
    to: ['editor'],
    phases: ['ready'],
    max: kib,
    replyMax: kib,
    request: z.strictObject({ edit: s.id }),
    reply: done,
  },
  /** Writes what was held, once. `key` seals what undoes it. */
  'editor.commit': {
    from: ['broker'],
    to: ['editor'],
    phases: ['ready'],
    max: kib,
    replyMax: kib,
    request: z.strictObject({ edit: s.id, key: s.key32, time: s.time }),
    reply: done,
  },
  'editor.list': {
    from: ['broker'],
    to: ['editor'],
    phases: ['ready'],
    max: kib,
    replyMax: 4 * mib,
    request: z.strictObject({ key: s.key32 }),
    reply: z.strictObject({ edits: z.array(s.editInfo).max(1000) }),
  },
  'editor.undo': {
    from: ['broker'],
    to: ['editor'],
    phases: ['ready'],
    max: kib,
    replyMax: kib,
    request: z.strictObject({ edit: s.id, key: s.key32 }),
    reply: done,
  },

  /** Listens on both loopback addresses, or refuses. Port 0: any. */
  'console.serve': {
    from: ['broker'],
    to: ['console'],
    phases: ['ready'],
    max: 4 * kib,
    replyMax: 4 * kib,
    request: z.strictObject({ port: z.int().min(0).max(65535) }),
    reply: z.strictObject({ port: s.count }),
  },
  'consent.card': {
    from: ['broker'],
    to: ['console', 'watch'],
    phases: anyTime,
    max: 4 * mib,
    replyMax: 0,
    request: s.card,
    reply: tell,
  },
  'consent.ended': {
    from: ['broker'],
    to: ['console', 'watch'],
    phases: anyTime,
    max: 4 * kib,
    replyMax: 0,
    request: z.strictObject({ id: s.id, outcome: z.enum(['allowed', 'denied', 'timed-out', 'withdrawn']) }),
    reply: tell,
  },
} as const satisfies Record<string, MessageKind>
