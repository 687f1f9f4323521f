// What is denied, in an order that all processes see alike.
import { assertNever, type Milliseconds } from '#base'
import type { Store } from './store.ts'
import type { RevocationRow } from './tables.ts'

/** A device below an epoch; anything else by when its tokens were issued (`issuedBefore` included). */
export type Deny =
  | { readonly kind: 'device'; readonly id: string; readonly minEpoch: number }
  | { readonly kind: 'user' | 'tenant' | 'key' | 'all'; readonly id: string; readonly issuedBefore: number }

/** A denial with its place in the order. */
export interface Revocation {
  readonly seq: number
  readonly deny: Deny
  /** From when on no token is left that it could concern. */
  readonly until: Milliseconds
}

/** All denials that still concern a token. */
export interface Revocations {
  /** Appends one and gives its number. Durable on return. */
  append(deny: Deny, until: Milliseconds): Promise<number>
  /** All after a number, in order. One that is missing there has not been promised to anyone and comes with a higher number. */
  after(seq: number): Promise<Revocation[]>
  /** The last number, 0 before the first. */
  last(): Promise<number>
}

const counter = 'revocations'

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeRevocations({ db, transact }: Store): Revocations {
  return {
    append: (deny, until) =>
      transact(async (db) => {
        // The row of the counter is held until the commit, so numbers become visible in their order. A sequence's would not.
        const { value: seq } = await db
          .insertInto('counters')
          .values({ name: counter, value: 1 })
          .onConflict((conflict) =>
            conflict.column('name').doUpdateSet((row) => ({ value: row('counters.value', '+', 1) })),
          )
          .returning('value')
          .executeTakeFirstOrThrow()
        await db
          .insertInto('revocations')
          .values(rowOf(seq, deny, until))
          .execute()
        return seq
      }),
    async after(seq) {
      const rows = await db
        .selectFrom('revocations')
        .selectAll()
        .where('seq', '>', seq)
        .orderBy('seq')
        .execute()
      return rows.map((row) => ({ seq: row.seq, deny: denyOf(row), until: row.until }))
    },
    async last() {
      const row = await db
        .selectFrom('counters')
        .select('value')
        .where('name', '=', counter)
        .executeTakeFirst()
      return row?.value ?? 0
    },
  }
}

/** Removes what concerns no token any more. */
export async function forgetPast({ db, now }: Store): Promise<void> {
  await db.deleteFrom('revocations').where('until', '<', now()).execute()
}

function rowOf(seq: number, deny: Deny, until: Milliseconds): RevocationRow {
  const bound = deny.kind === 'device' ? deny.minEpoch : deny.issuedBefore
  return { seq, kind: deny.kind, id: deny.id, bound, until }
}

function denyOf({ kind, id, bound }: RevocationRow): Deny {
  switch (kind) {
    case 'device':
      return { kind, id, minEpoch: bound }
    case 'user':
    case 'tenant':
    case 'key':
    case 'all':
      return { kind, id, issuedBefore: bound }
    default:
      return assertNever(kind)
  }
}
