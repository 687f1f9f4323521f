// Users and tenants who get no new tokens until they are released.
import type { Milliseconds } from '#base'
import type { Store } from './store.ts'

/** Who gets nothing. Ids may be any text. */
export interface Suspension {
  readonly kind: 'user' | 'tenant'
  readonly id: string
  readonly since: Milliseconds
}

/** The suspended. */
export interface Suspensions {
  /** Suspends from now on; again without effect. Durable on return. */
  suspend(suspended: Pick<Suspension, 'kind' | 'id'>): Promise<void>
  /** Ends it. False if it was not suspended. */
  lift(suspended: Pick<Suspension, 'kind' | 'id'>): Promise<boolean>
  /** All, by kind and id. */
  list(): Promise<Suspension[]>
}

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeSuspensions({ db, now }: Store): Suspensions {
  return {
    async suspend({ kind, id }) {
      await db
        .insertInto('suspensions')
        .values({ kind, id, since: now() })
        .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
        .execute()
    },
    async lift({ kind, id }) {
      const lifted = db.deleteFrom('suspensions').where('kind', '=', kind).where('id', '=', id)
      return (await lifted.returning('id').executeTakeFirst()) !== undefined
    },
    list: () => db.selectFrom('suspensions').selectAll().orderBy('kind').orderBy('id').execute(),
  }
}
