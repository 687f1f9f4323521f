// The shapes that several messages share. Everything from outside is parsed by these once, with limits.
import { isFaultCode, type FaultCode, type Json } from '#base'
import * as z from 'zod'

const sizes = { path: 4096, name: 128, reason: 1000, text: 1_500_000 }

export const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
export const time = z.int().min(0).max(8.64e15)
export const id = z.string().regex(/^[\w-]{1,64}$/)
export const path = z.string().min(1).max(sizes.path)
export const name = z.string().min(1).max(sizes.name)
export const reason = z.string().max(sizes.reason)
export const text = z.string().max(sizes.text)
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export const sealed = z.string().min(1).max(1_500_000)
export const key32 = z.string().regex(/^[\w-]{43}$/)
/** Message of a fault: for people, never with secrets or content. */
export const prose = z.string().max(4000)
const faultCode = z.custom<FaultCode>((code) => typeof code === 'string' && isFaultCode(code))

/** Number of a line, counted from 1. */
export const line = z
  .int()
  .min(1)
  .max(2 ** 31)

/** Line ranges, both ends inclusive, counted from 1. */
export const lines = z
  .array(z.tuple([line, line]))
  .min(1)
  .max(64)

/** Lines on both sides of one that matches. */
export const context = z.int().min(0).max(20)

/** What of a file is wanted: its text, only its hash, or only the lines that give it structure. */
export const mode = z.enum(['text', 'hash', 'outline'])

/** How strong the evidence of a person's consent is: the number is Cedar's `context.consent`. */
export const tier = z.union([z.literal(1), z.literal(2), z.literal(3)])

const lastingScopes = ['file-session', 'folder-hour', 'folder-until-revoked'] as const
/**
 * How far an answer reaches. `folder-until-revoked` ends by itself after 30 days; `route-session` is for all requests by one
 * route, for as long as the assistant stays connected.
 */
export const scope = z.enum(['once', 'route-session', ...lastingScopes])
const lastingScope = z.enum(lastingScopes)

/** Where what an assistant reads goes to, by the person's settings: a model on this machine, one elsewhere, or not told. */
export const destination = z.string().regex(/^(local|unknown|cloud(:[a-z0-9.-]{1,253})?)$/)

/** How a person said yes. */
const method = z.enum(['console', 'terminal', 'window', 'passkey'])

/** What protects the vault: weaker to the right. */
export const assurance = z.enum(['hardware', 'system', 'passphrase', 'file'])

const redaction = z.strictObject({ detector: name, count })

/** A refusal: a stable code, what was wrong, what to do next. */
export const denied = z.strictObject({
  status: z.literal('denied'),
  code: faultCode,
  message: prose,
  next: prose,
  /** When it ends, where the refusal is for a time. */
  until: z.optional(time),
})
export const pending = z.strictObject({ status: z.literal('pending'), ticket: id, expiresAt: time })

/** A file's identity on this machine; numbers as text, since inodes can exceed 2^53. */
export const identity = z.strictObject({ device: z.string().max(24), inode: z.string().max(24) })

/** How what left was read: as it was asked for, or by a pattern. */
const readBy = z.enum([...mode.options, 'grep'])

/** A pattern of `grep_file`, or of names to search for. */
export const pattern = z.string().min(1).max(1000)

/** What left, exactly: `sha256` is over the UTF-8 bytes of `text`. */
export const released = z.strictObject({
  status: z.literal('ok'),
  path,
  mode: readBy,
  text,
  sha256,
  /** Ranges that `text` holds, in order; null for a whole file. */
  lines: z.nullable(lines),
  /** Null where the file was not read to its end. */
  totalLines: z.nullable(count),
  /** Size of the file in bytes. */
  size: count,
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'binary']),
  redactions: z.array(redaction).max(500),
  /** Lines that match, of a search by pattern. */
  matches: z.optional(count),
  /** What to ask next, where there is more than one answer holds. */
  next: z.optional(prose),
})

const entry = z.strictObject({
  name: z.string().max(1024),
  kind: z.enum(['file', 'folder', 'link', 'other']),
  size: count,
})
export const listing = z.strictObject({
  status: z.literal('ok'),
  path,
  entries: z.array(entry).max(5000),
  truncated: z.boolean(),
  /** Names that were left out because git is told to ignore them. */
  ignored: z.optional(count),
})

/** What a search by name found. Names are paths beneath `path`. */
export const found = z.strictObject({
  status: z.literal('ok'),
  path,
  entries: z.array(entry.extend({ name: path })).max(500),
  /** Path after which to go on; null where there is no more. */
  next: z.nullable(z.string().max(sizes.path)),
  ignored: count,
  /** Names that were left out because a policy keeps their folder from this assistant. */
  withheld: count,
})

/** A running program. Its hash and package are null where they are not known. */
const program = z.strictObject({
  pid: count,
  executable: path,
  /** Of the file that runs, also if another one took its place. */
  sha256: z.nullable(sha256),
  /** Package of the system that the file belongs to, and its version; only for files that root alone can change. */
  package: z.nullable(name),
})

/** A unified diff. */
export const patch = z.string().min(1).max(131_072)

/** An edit that was written. `sha256` is over the file's bytes as they are now. */
export const edited = z.strictObject({ status: z.literal('ok'), path, edit: id, sha256 })

/** An edit that can be undone. */
export const editInfo = z.strictObject({ edit: id, path, time })

/** Who asks: what the system proves, what the person's settings say, and, apart from both, what is only claimed. */
export const caller = z.strictObject({
  assistant: name,
  destination,
  /** The connected process, the nearest ancestor that is no shell, interpreter or Keyreeve, and all ancestors. */
  proved: program.extend({
    uid: count,
    launcher: z.nullable(program),
    ancestry: z.array(z.strictObject({ pid: count, executable: path })).max(8),
  }),
  claimed: z.nullable(z.strictObject({ name, version: name })),
})

const accessItem = z.strictObject({
  path,
  scope: lastingScope,
  /** When it is not needed any more; the scope ends it at the latest. */
  until: z.optional(time),
})
export const accessItems = z.array(accessItem).min(1).max(32)

/** One thing of a request for access, as a person sees it. */
const cardItem = accessItem.extend({
  classes: z.array(name).max(32),
  /** Whether the box before it is ticked at first: not for what is sensitive. */
  isTicked: z.boolean(),
})

/** What a person is asked, whole. `digest` is over the canonical JSON of all other members and comes back with the answer. */
export const card = z.strictObject({
  id,
  kind: z.enum(['read', 'list', 'access', 'edit', 'call']),
  tier,
  createdAt: time,
  expiresAt: time,
  /** Milliseconds after which Allow is accepted. */
  armedAfter: count,
  caller,
  reason: z.nullable(reason),
  /** Null for an access request, whose objects are `items`. */
  path: z.nullable(path),
  lines: z.nullable(lines),
  /** What lines or names are looked for by. */
  pattern: z.optional(pattern),
  classes: z.array(name).max(32),
  items: z.array(cardItem).max(32),
  /** The exact text that will leave; null where only rights are asked for. */
  content: z.nullable(
    z.strictObject({ text, sha256, bytes: count, redactions: z.array(redaction).max(500), size: count }),
  ),
  scopes: z.array(scope).min(1).max(4),
  /** When this assistant was last allowed the same thing, and how; null: not within what is remembered. */
  last: z.nullable(z.strictObject({ at: time, method })),
  digest: sha256,
})

export const grant = z.strictObject({
  id,
  assistant: name,
  destination,
  /** What the person knows of the program that it is for, and the hash that it is held to. */
  executable: path,
  program: sha256,
  /** Version of the policies under which it was given. */
  policy: sha256,
  scope: lastingScope,
  path,
  identity,
  createdAt: time,
  expiresAt: time,
  lastUsedAt: z.nullable(time),
  uses: count,
  method,
})

/** A request to an API that was allowed: what sends it, once, and where to. */
export const callAllowed = z.strictObject({
  status: z.literal('ok'),
  token: z.string().max(512),
  url: z.string().max(16_384),
})

/** What came of a request for access: what was given, and of the rest why not. */
export const accessGiven = {
  grants: z.array(grant).max(32),
  refused: z.array(z.strictObject({ path, code: faultCode, message: prose })).max(32),
}

/** One event of the journal as people see it. */
export const logEntry = z.strictObject({
  index: count,
  time,
  /** Null where retention deleted the payload: the proof stands, the text is gone. */
  event: z.nullable(z.custom<Readonly<Record<string, Json>>>(isRecord)),
})

export const keySlot = z.strictObject({
  id,
  kind: name,
  assurance,
  createdAt: time,
  /** Where the key is, for people. */
  place: prose,
})

const bytesText = (longest: number) =>
  z
    .string()
    .regex(/^[\w-]+$/)
    .max(longest)
const credentialId = bytesText(1364)
const algorithm = z.union([z.literal(-7), z.literal(-8), z.literal(-257)])

/** A passkey's answer to a challenge; all base64url. */
export const assertion = z.strictObject({
  id: credentialId,
  authenticatorData: bytesText(6000),
  clientData: bytesText(6000),
  signature: bytesText(1500),
})

/** A passkey that a browser has just made. `publicKey`: SPKI. */
export const registration = z.strictObject({
  id: credentialId,
  algorithm,
  publicKey: bytesText(3000),
  authenticatorData: bytesText(6000),
  clientData: bytesText(6000),
})

/** A passkey that is enrolled. Nothing in it is secret; that nobody swaps it is what matters. */
export const passkey = z.strictObject({
  id: credentialId,
  label: name,
  /** SHA-256 of the public key, as the log has it. */
  fingerprint: sha256,
  algorithm,
  publicKey: bytesText(3000),
  createdAt: time,
  lastUsedAt: z.nullable(time),
  /** Signatures at the last use; 0 where the authenticator does not count. */
  counter: count,
  /** Synced to the person's other devices. */
  isBackedUp: z.boolean(),
})
export const passkeys = z.array(passkey).max(16)

/** All that is kept of passkeys; `recovery`: salt and scrypt of the code that was shown once. */
export const enrolled = z.strictObject({
  passkeys,
  recovery: z.nullable(z.strictObject({ salt: bytesText(64), hash: bytesText(64) })),
})

/** What a browser needs to ask a passkey. */
export const challenge = z.strictObject({ challenge: key32, credentials: z.array(credentialId).max(16) })

export const secretInfo = z.strictObject({
  name,
  version: count,
  createdAt: time,
  updatedAt: time,
  bytes: count,
})

/** One finding of `doctor`. */
export const check = z.strictObject({
  name,
  state: z.enum(['ok', 'warning', 'failed']),
  detail: prose,
  next: z.nullable(prose),
})

/** Frames are JSON already; that it is an object is all that is left to check. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
