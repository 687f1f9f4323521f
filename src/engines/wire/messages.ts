// The one table of messages: who may send what to whom, in which phase, how large, and of which shape.
import type * as z from 'zod'
import { clientMessages } from './client-messages.ts'
import type { MessageKind } from './define.ts'
import { deviceMessages } from './device-messages.ts'
import { gatewayMessages } from './gateway-messages.ts'
import { passkeyMessages } from './passkey-messages.ts'
import { policyMessages } from './policy-messages.ts'
import { programMessages } from './program-messages.ts'
import type * as s from './shapes.ts'

const table = {
  ...clientMessages,
  ...deviceMessages,
  ...gatewayMessages,
  ...passkeyMessages,
  ...policyMessages,
  ...programMessages,
}

/** Name of a message in the table. */
export type MessageName = keyof typeof table

/** What a sender of the message gives. */
export type RequestOf<Name extends MessageName> = z.output<(typeof table)[Name]['request']>

/** What the answer to the message holds; undefined for a message that is only told. */
export type ReplyOf<Name extends MessageName> = z.output<(typeof table)[Name]['reply']>

/** The table, by name. */
export const messages: { readonly [Name in MessageName]: MessageKind } = table

/** Tells whether a name that came from outside stands in the table. */
export function isMessageName(text: string): text is MessageName {
  return Object.hasOwn(messages, text)
}

/** Where requests go, with which secret, and which may. */
export type Route = RequestOf<'route.add'>
/** What one assistant used of a route today. */
export type UsageRow = ReplyOf<'usage.list'>['usage'][number]
/** One request that the gateway served, or could not. */
export type GatewayCall = RequestOf<'gateway.served'>['calls'][number]
/** What a person is asked, whole. */
export type Card = z.output<typeof s.card>
/** A lasting right that a person gave. */
export type Grant = z.output<typeof s.grant>
/** Who asks: what the system proves, and what is only claimed. */
export type Caller = z.output<typeof s.caller>
/** What left, exactly. */
export type Released = z.output<typeof s.released>
/** What of a folder left. */
export type Listing = z.output<typeof s.listing>
/** An edit that was written. */
export type Edited = z.output<typeof s.edited>
/** What a search by name found. */
export type FoundNames = z.output<typeof s.found>
/** A refusal: a stable code, what was wrong, what to do next. */
export type Denied = z.output<typeof s.denied>
/** No answer yet: the ticket to wait with. */
export type Pending = z.output<typeof s.pending>
/** A file's identity on this machine. */
export type Identity = z.output<typeof s.identity>
/** Lines from and to, both inclusive, counted from 1. */
export type LineRange = readonly [from: number, to: number]
/** What of a file is wanted: its text, only its hash, or its outline. */
export type ReadMode = z.output<typeof s.mode>
/** How far an answer reaches. */
export type Scope = z.output<typeof s.scope>
/** Where what an assistant reads goes to: `local`, `cloud`, `cloud:HOST` or `unknown`. */
export type Destination = z.output<typeof s.destination>
/** One thing of a request for access, as a person sees it. */
export type CardItem = Card['items'][number]
/** How strong the evidence of consent must be: 1 click, 2 passkey, 3 two persons. */
export type Tier = z.output<typeof s.tier>
/** What protects the vault. */
export type Assurance = z.output<typeof s.assurance>
/** One way to open the vault, as people see it. */
export type KeySlotInfo = z.output<typeof s.keySlot>
/** A secret as people see it: never its value. */
export type SecretInfo = z.output<typeof s.secretInfo>
/** An enrolled passkey. */
export type Passkey = z.output<typeof s.passkey>
/** All that is kept of passkeys. */
export type Enrolled = z.output<typeof s.enrolled>
/** One event of the journal as people see it. */
export type LogEntry = z.output<typeof s.logEntry>
/** One finding of `doctor`. */
export type Check = z.output<typeof s.check>
