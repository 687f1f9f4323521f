// Messages about passkeys: who may make a passkey count, and what a browser needs to ask one.
import * as z from 'zod'
import { done, kib, type MessageKind } from './define.ts'
import * as s from './shapes.ts'

const page = { from: ['console'], to: ['broker'], max: 24 * kib, replyMax: 32 * kib } as const
const terminal = { from: ['watch'], to: ['broker'], phases: ['ready'], max: 4 * kib } as const

/** Names the one change that was offered at a terminal; whoever has it may finish that change. */
const ticket = z.strictObject({ ticket: s.key32 })
const changed = z.strictObject({
  passkey: s.passkey,
  /** To be shown once; null where an older one still holds, or none is needed. */
  recoveryCode: z.nullable(z.string().max(64)),
})

export const passkeyMessages = {
  'passkey.list': {
    from: ['cli', 'console'],
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: 128 * kib,
    request: z.strictObject({}),
    reply: z.strictObject({ passkeys: s.passkeys }),
  },
  /** A person at a proved terminal wants to add or remove a passkey. The first needs nobody's word but that one's. */
  'passkey.offer': {
    ...terminal,
    replyMax: 4 * kib,
    request: z.strictObject({
      what: z.enum(['add', 'remove']),
      /** Label of the new one; fingerprint, or its first characters, of the one that goes. */
      which: s.name,
      /** Stands in for the word of an enrolled passkey. */
      recoveryCode: z.optional(z.string().max(64)),
    }),
    /** `url` leads to the page where it is done; null where nothing is left to do there. */
    reply: z.strictObject({ ticket: s.key32, url: z.nullable(z.string().max(1000)), expiresAt: s.time }),
  },
  /** Waits until the change was made. */
  'passkey.wait': { ...terminal, replyMax: 16 * kib, request: ticket, reply: changed },

  /** What the page has to do for a ticket. `enrolled`: ids of the passkeys that count already. */
  'passkey.task': {
    ...page,
    phases: ['ready'],
    request: ticket,
    reply: z.strictObject({
      what: z.enum(['add', 'remove']),
      label: s.name,
      challenge: s.key32,
      enrolled: z.array(s.passkey.shape.id).max(16),
    }),
  },
  /** A new passkey. The answer holds what an enrolled one must sign first, or null where it counts from now on. */
  'passkey.register': {
    ...page,
    phases: ['ready'],
    request: ticket.extend({ registration: s.registration }),
    reply: z.strictObject({ confirm: z.nullable(s.challenge) }),
  },
  /** The word of an enrolled passkey for the change. */
  'passkey.confirm': {
    ...page,
    phases: ['ready'],
    request: ticket.extend({ assertion: s.assertion }),
    reply: done,
  },

  /** What a passkey must sign: to sign in, or to allow a card so far. */
  'passkey.challenge': {
    ...page,
    phases: ['locked', 'ready'],
    request: z.union([
      z.strictObject({ to: z.literal('sign-in') }),
      z.strictObject({
        to: z.literal('allow'),
        id: s.id,
        digest: s.sha256,
        scope: s.scope,
        items: z.optional(z.array(s.count).max(32)),
      }),
    ]),
    reply: s.challenge,
  },
  'passkey.enter': {
    ...page,
    phases: ['locked', 'ready'],
    request: z.strictObject({ assertion: s.assertion }),
    reply: done,
  },

  /** Keeps what is enrolled in the vault. */
  'keeper.enrol': {
    from: ['broker'],
    to: ['keeper'],
    phases: ['ready'],
    max: 128 * kib,
    replyMax: kib,
    request: s.enrolled,
    reply: done,
  },
} as const satisfies Record<string, MessageKind>
