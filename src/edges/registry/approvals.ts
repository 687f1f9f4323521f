// What one administrator asks for and another must approve, once.
import type { Milliseconds } from '#base'
import type { Store } from './store.ts'
import type { ApprovalRow } from './tables.ts'

/** What an administrator asks for. */
export interface ApprovalRequest {
  readonly id: string
  /** What is to be done, such as `device.release`, and to what. */
  readonly action: string
  readonly target: string
  readonly askedBy: string
  readonly until: Milliseconds
}

/** A request as it stands. */
export interface ApprovalRecord extends ApprovalRequest {
  readonly askedAt: Milliseconds
  readonly approvedBy: string | null
}

/** Requests that need two persons. */
export interface Approvals {
  ask(request: ApprovalRequest): Promise<ApprovalRecord>
  /** Those that are neither spent nor past. */
  open(): Promise<ApprovalRecord[]>
  /** Null if it is unknown, past, approved already, or asked for by the same person. */
  approve(id: string, by: string): Promise<ApprovalRecord | null>
  /** Uses up what was approved: gives it to exactly one caller over all processes, null to others. */
  spend(id: string): Promise<ApprovalRecord | null>
}

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeApprovals({ db, now }: Store): Approvals {
  const change = (id: string, row: Partial<ApprovalRow>) =>
    db
      .updateTable('approvals')
      .set(row)
      .where('id', '=', id)
      .where('until', '>', now())
      .where('spent_at', 'is', null)
  return {
    async ask(request) {
      const row = rowOf(request, now())
      await db.insertInto('approvals').values(row).execute()
      return recordOf(row)
    },
    async open() {
      const rows = db
        .selectFrom('approvals')
        .selectAll()
        .where('spent_at', 'is', null)
        .where('until', '>', now())
      return (await rows.orderBy('asked_at').orderBy('id').execute()).map(recordOf)
    },
    async approve(id, by) {
      const approved = change(id, { approved_by: by, approved_at: now() })
        .where('approved_by', 'is', null)
        .where('asked_by', '<>', by)
      return read(await approved.returningAll().executeTakeFirst())
    },
    async spend(id) {
      const spent = change(id, { spent_at: now() }).where('approved_by', 'is not', null)
      return read(await spent.returningAll().executeTakeFirst())
    },
  }
}

function rowOf({ id, action, target, askedBy, until }: ApprovalRequest, now: Milliseconds): ApprovalRow {
  const open = { approved_by: null, approved_at: null, spent_at: null }
  return { id, action, target, asked_by: askedBy, asked_at: now, until, ...open }
}

function read(row: ApprovalRow | undefined): ApprovalRecord | null {
  return row === undefined ? null : recordOf(row)
}

function recordOf(row: ApprovalRow): ApprovalRecord {
  const { id, action, target, until } = row
  return {
    id,
    action,
    target,
    until,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    approvedBy: row.approved_by,
  }
}
