// The keys that tokens are signed with, wrapped. The set is changed as a whole, by whoever saw its present state.
import type { Milliseconds } from '#base'
import type { Store } from './store.ts'
import type { SigningKeyRow } from './tables.ts'

/** A signing key as it is kept. */
export interface SigningKeyRecord {
  readonly kid: string
  /** The private key, encrypted by the server's own key-encryption key. */
  readonly wrapped: string
  readonly publicJwk: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  readonly state: 'next' | 'current' | 'retiring' | 'denied'
  readonly from: Milliseconds
  readonly until: Milliseconds
}

/** The set of signing keys and its version. */
export interface SigningKeyRecords {
  /** All keys, and the version of the set: 0 before the first. */
  read(): Promise<{ readonly version: number; readonly keys: readonly SigningKeyRecord[] }>
  /** The version alone, for those who look whether it changed. */
  version(): Promise<number>
  /** Puts `keys` in place of the set that has `version`; false if another process changed it since. Durable on return. */
  write(version: number, keys: readonly SigningKeyRecord[]): Promise<boolean>
}

const counter = 'signing-keys'

/** Makes the register. Each function throws Fault `database-…` or `disk-full`. */
export function makeSigningKeys(store: Store): SigningKeyRecords {
  const { db } = store
  async function version(): Promise<number> {
    const row = await db.selectFrom('counters').select('value').where('name', '=', counter).executeTakeFirst()
    return row?.value ?? 0
  }
  return {
    version,
    async read() {
      // Version first: keys that are newer than it make a later write fail, never the reverse.
      const seen = await version()
      const rows = await db.selectFrom('signing_keys').selectAll().orderBy('since').orderBy('kid').execute()
      return { version: seen, keys: rows.map(keyOf) }
    },
    write: (version, keys) => write(store, version, keys),
  }
}

function write({ transact }: Store, version: number, keys: readonly SigningKeyRecord[]): Promise<boolean> {
  return transact(async (db) => {
    await db
      .insertInto('counters')
      .values({ name: counter, value: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const moved = await db
      .updateTable('counters')
      .set({ value: version + 1 })
      .where('name', '=', counter)
      .where('value', '=', version)
      .returning('value')
      .executeTakeFirst()
    if (moved === undefined) return false
    await db.deleteFrom('signing_keys').execute()
    if (keys.length > 0) await db.insertInto('signing_keys').values(keys.map(rowOf)).execute()
    return true
  })
}

function rowOf({ kid, wrapped, publicJwk: { x, y }, state, from, until }: SigningKeyRecord): SigningKeyRow {
  return { kid, wrapped, x, y, state, since: from, until }
}

function keyOf({ kid, wrapped, x, y, state, since, until }: SigningKeyRow): SigningKeyRecord {
  return { kid, wrapped, publicJwk: { kty: 'EC', crv: 'P-256', x, y }, state, from: since, until }
}
