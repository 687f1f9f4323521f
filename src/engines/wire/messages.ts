// The one table of messages: who may send what to whom, in which phase, how large, and of which shape.
import type * as z from 'zod'
import { clientMessages } from './client-messages.ts'
import type { MessageKind } from './define.ts'
import { programMessages } from './program-messages.ts'
import type * as s from './shapes.ts'

const table = { ...clientMessages, ...programMessages }

export type MessageName = keyof typeof table

/** What a sender of the message gives. */
export type RequestOf<Name extends MessageName> = z.output<(typeof table)[Name]['request']>

/** What the answer to the message holds; undefined for a message that is only told. */
export type ReplyOf<Name extends MessageName> = z.output<(typeof table)[Name]['reply']>

export const messages: { readonly [Name in MessageName]: MessageKind } = table

/** Tells whether a name that came from outside stands in the table. */
export function isMessageName(text: string): text is MessageName {
  return Object.hasOwn(messages, text)
}

export type Card = z.output<typeof s.card>
export type Grant = z.output<typeof s.grant>
export type Caller = z.output<typeof s.caller>
export type Released = z.output<typeof s.released>
export type Listing = z.output<typeof s.listing>
export type Denied = z.output<typeof s.denied>
export type Pending = z.output<typeof s.pending>
export type Identity = z.output<typeof s.identity>
export type LineRange = readonly [from: number, to: number]
export type ReadMode = z.output<typeof s.mode>
export type Scope = z.output<typeof s.scope>
export type Tier = z.output<typeof s.tier>
export type Assurance = z.output<typeof s.assurance>
export type KeySlotInfo = z.output<typeof s.keySlot>
export type SecretInfo = z.output<typeof s.secretInfo>
export type LogEntry = z.output<typeof s.logEntry>
export type Check = z.output<typeof s.check>
