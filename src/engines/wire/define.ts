// What the table of messages says of each one.
import * as z from 'zod'
import type { Phase, Role } from './roles.ts'

export interface MessageKind<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  /** Who may send it. */
  readonly from: readonly Role[]
  readonly to: readonly Role[]
  /** Phases of the receiver in which it is taken. */
  readonly phases: readonly Phase[]
  /** Bytes of the largest frame. */
  readonly max: number
  readonly replyMax: number
  readonly request: Request
  /** Shape of the answer; `tell` for a message without one. */
  readonly reply: Reply
}

/** Bytes that the envelope around a body may take. */
export const envelopeBytes = 256

/** Shape of no answer at all: the message is told, not asked. */
export const tell = z.undefined()

/** Shape of an answer that says only "done". */
export const done = z.strictObject({})

export const kib = 1024
export const mib = 1024 * 1024

/** Bytes of the largest frame that carries a fault. */
export const faultBytes = 24 * kib
