// What administrators send and get.
import type { ApprovalRecord, Device } from '#registry'
import * as z from 'zod'

/** Ids may be any text. */
export const id = z.string().min(1).max(256)
export const reason = z.optional(z.string().min(1).max(200))
export const scopes = z.array(z.string().min(1).max(64)).min(1).max(64)
/** Milliseconds since 1970. */
export const moment = z.int()

/** Number in the feed: durable, and told to gateways. */
export const told = z.object({ seq: z.int() })

export const deviceStatus = z.enum(['pending', 'active', 'quarantined', 'revoked'])

export const deviceShape = z.object({
  id,
  tenant: id,
  user: id,
  status: deviceStatus,
  epoch: z.int(),
  scopes: z.array(z.string()),
  label: z.string(),
  enrolledAt: moment,
  seenAt: moment,
  jkt: z.string(),
})

/** What waits for a second person. */
export const pending = z.object({
  id,
  action: z.string(),
  target: z.record(z.string(), z.unknown()),
  askedBy: z.string(),
  askedAt: moment,
  until: moment,
})

/** What a proposal is answered with. */
export const proposed = z.object({ pending })

export const invitation = z.object({ invitation: z.string(), expiresAt: moment })

/** A device as administrators see it. */
export function shownDevice(device: Device): z.output<typeof deviceShape> {
  const { id, tenant, user, status, epoch, scopes, label, enrolledAt, seenAt, jkt } = device
  return { id, tenant, user, status, epoch, scopes: [...scopes], label, enrolledAt, seenAt, jkt }
}

/** A proposal as administrators see it. */
export function shownPending(record: ApprovalRecord): z.output<typeof pending> {
  const { id, action, target, askedBy, askedAt, until } = record
  const parsed: Record<string, unknown> = JSON.parse(target)
  return { id, action, target: parsed, askedBy, askedAt, until }
}
