// What the authorization server keeps between requests: codes, grants, sessions. What may be used once is consumed once.
import type { Milliseconds } from '#base'
import type { Store } from './store.ts'
import type { ModelRow } from './tables.ts'

/** A record as the authorization server made it: JSON. */
export type ModelPayload = Record<string, unknown>

/** A model as it is kept. */
export interface Model {
  readonly payload: ModelPayload
  readonly expiresAt: Milliseconds
  /** Names by which it is found or revoked. */
  readonly grantId?: string | undefined
  readonly uid?: string | undefined
  readonly userCode?: string | undefined
}

/** A model as it is found. */
export interface FoundModel {
  readonly payload: ModelPayload
  readonly consumedAt: Milliseconds | null
}

/** By which name a model is looked for. */
export type ModelName = 'id' | 'uid' | 'user_code'

/** Codes, grants, sessions and the like, by kind and id. */
export interface Models {
  /** Keeps a model, in place of one of the same kind and id. What was consumed stays so. */
  put(kind: string, id: string, model: Model): Promise<void>
  /** Gives the model of that name, or null if there is none or it has expired. */
  find(kind: string, name: ModelName, value: string): Promise<FoundModel | null>
  /** True for exactly one caller over all processes; false if it is consumed, expired or unknown. Durable on return. */
  consume(kind: string, id: string): Promise<boolean>
  destroy(kind: string, id: string): Promise<void>
  /** Removes all that came of a grant. */
  revokeByGrant(grantId: string): Promise<void>
}

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeModels(store: Store): Models {
  const { db, now } = store
  return {
    async put(kind, id, model) {
      const row = rowOf(kind, id, model)
      const { kind: _kind, id: _id, consumed_at: _consumed, ...changed } = row
      await db
        .insertInto('models')
        .values(row)
        .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(changed))
        .execute()
    },
    async find(kind, name, value) {
      const row = await db
        .selectFrom('models')
        .select(['payload', 'consumed_at'])
        .where('kind', '=', kind)
        .where(name, '=', value)
        .where('expires_at', '>', now())
        .executeTakeFirst()
      return row === undefined ? null : { payload: JSON.parse(row.payload), consumedAt: row.consumed_at }
    },
    async consume(kind, id) {
      const taken = await db
        .updateTable('models')
        .set({ consumed_at: now() })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('consumed_at', 'is', null)
        .where('expires_at', '>', now())
        .returning('id')
        .executeTakeFirst()
      return taken !== undefined
    },
    async destroy(kind, id) {
      await db.deleteFrom('models').where('kind', '=', kind).where('id', '=', id).execute()
    },
    async revokeByGrant(grantId) {
      await db.deleteFrom('models').where('grant_id', '=', grantId).execute()
    },
  }
}

/** Removes what has expired. */
export async function forgetExpired({ db, now }: Store): Promise<void> {
  await db.deleteFrom('models').where('expires_at', '<=', now()).execute()
}

function rowOf(kind: string, id: string, model: Model): ModelRow {
  return {
    kind,
    id,
    grant_id: model.grantId ?? null,
    uid: model.uid ?? null,
    user_code: model.userCode ?? null,
    payload: JSON.stringify(model.payload),
    expires_at: model.expiresAt,
    consumed_at: null,
  }
}
