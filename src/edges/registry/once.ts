// Remembers what was used once, for as long as it could be used again. Exactly one caller takes a key, over all processes.
import { hash as hashOf } from 'node:crypto'
import type { Kysely } from 'kysely'
import { Fault, type Milliseconds } from '#base'
import { grouped } from './grouped.ts'
import type { Store } from './store.ts'
import { slots, type Slot, type Tables } from './tables.ts'

/** What is used once: proofs, assertions, nonces. */
export interface Once {
  /**
   * Takes a key of a purpose.
   * @param key Attacker-controlled, of any length; only its hash is kept.
   * @param staleAt From when on the key is refused for its age, the longest acceptable skew included; at most an hour ahead.
   * @returns True for exactly one caller over all processes; false if it was taken or is stale. Durable on return.
   * @throws Fault `usage` if `staleAt` is further ahead, `database-…`, `disk-full`
   */
  take(purpose: string, key: string, staleAt: Milliseconds): Promise<boolean>
}

/** A key's hash and the stretches of time through which it must be remembered. */
export interface Used {
  readonly hash: string
  readonly from: number
  readonly to: number
}

/** Milliseconds that one table stands for. */
const stretch = 30 * 60_000
/** Milliseconds by which the clocks of two servers may differ. */
const skew = 2 * 60_000
const furthest = 60 * 60_000

/** Makes the register. */
export function makeOnce(store: Store): Once {
  const take = grouped((items: readonly Used[]) => takeAll(store, items))
  return {
    async take(purpose, key, staleAt) {
      const used = usedOf(purpose, key, { now: store.now(), staleAt })
      return used !== null && (await take(used))
    },
  }
}

/**
 * A key goes to every stretch in which it could still be accepted, and is taken by whoever is first in all of them. So two
 * servers on both sides of a change of stretch meet in one that both know.
 * @returns Null if the key is stale.
 */
export function usedOf(
  purpose: string,
  key: string,
  { now, staleAt }: { readonly now: Milliseconds; readonly staleAt: Milliseconds },
): Used | null {
  if (!(staleAt - now <= furthest)) throw new Fault('usage', 'what is used once must be stale within an hour')
  if (staleAt <= now) return null
  const hash = hashOf('sha256', `${purpose.length}:${purpose}${key}`, 'base64url')
  return { hash, from: Math.floor((now - skew) / stretch), to: Math.floor((staleAt + skew) / stretch) }
}

/** Of two with the same key in one batch the first takes it. */
async function takeAll(store: Store, items: readonly Used[]): Promise<boolean[]> {
  const firsts = new Map<string, Used>()
  for (const item of items) if (!firsts.has(item.hash)) firsts.set(item.hash, item)
  const used = [...firsts.values()]
  const isOneTable = used.every(({ from, to }) => from === to && from === used[0]?.from)
  const won = isOneTable ? await insert(store.db, used) : await store.transact((db) => insert(db, used))
  return items.map((item) => firsts.get(item.hash) === item && won.has(item.hash))
}

/** Everyone writes in the same order, stretch by stretch and key by key, so nobody waits in a circle. */
async function insert(db: Kysely<Tables>, items: readonly Used[]): Promise<Set<string>> {
  const won = new Set(items.map(({ hash }) => hash))
  const first = Math.min(...items.map(({ from }) => from))
  const last = Math.max(...items.map(({ to }) => to))
  for (let at = first; at <= last; at++) {
    const here = items.filter(({ from, to }) => from <= at && at <= to).map(({ hash }) => hash)
    if (here.length === 0) continue
    const written = new Set(await insertInto(db, slotOf(at), here.sort()))
    for (const hash of here) if (!written.has(hash)) won.delete(hash)
  }
  return won
}

async function insertInto(db: Kysely<Tables>, slot: Slot, keys: readonly string[]): Promise<string[]> {
  const rows = await db
    .insertInto(slot)
    .values(keys.map((key) => ({ key })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .execute()
  return rows.map(({ key }) => key)
}

/**
 * Empties the table whose stretch is over and whose next turn has not come. One process does it: who moves the counter.
 * Goes by the shared clock, since a server whose clock runs ahead would forget what others still need.
 */
export async function forgetOld(store: Store): Promise<void> {
  const present = Math.floor((await store.sharedNow()) / stretch)
  const moved = await store.db
    .insertInto('counters')
    .values({ name: 'once', value: present })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ value: present }).where('counters.value', '<', present),
    )
    .returning('value')
    .executeTakeFirst()
  // The earliest that a server still writes to is the one before the present; the latest is three ahead.
  if (moved !== undefined) await store.clear(slotOf(present - 2))
}

/** The tables in which a key is remembered. */
export function tablesOf({ from, to }: Pick<Used, 'from' | 'to'>): readonly Slot[] {
  return Array.from({ length: to - from + 1 }, (_, at) => slotOf(from + at))
}

function slotOf(at: number): Slot {
  return slots[((at % slots.length) + slots.length) % slots.length]!
}
