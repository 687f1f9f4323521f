// What one mint needs of the registry, in one commit for many: the proof is used up, the device is active, its join state moves on.
import { sql, type Transaction } from 'kysely'
import type { Milliseconds } from '#base'
import { grouped } from './grouped.ts'
import { insert, usedOf, type Used } from './once.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

/** A mint whose proof has been checked. */
export interface MintAttempt {
  /** Identifies the proof: thumbprint and `jti`. */
  readonly proofKey: string
  /** From when on the proof is refused for its age; at most an hour ahead. */
  readonly staleAt: Milliseconds
  /** Id of the device that the proof's key belongs to. */
  readonly device: string
  /** What the device sends of its last mint; empty for its first. */
  readonly joinState: string
  /** What it is to send with the next; not empty. */
  readonly nextJoinState: string
}

/**
 * `minted`: go on. `replayed`: the proof was used or is stale. `diverged`: the join state is neither the present nor the one
 * before, so two hold the key; the device is quarantined by the same commit. `refused`: no such device, or it is not active.
 */
export type MintOutcome = 'minted' | 'replayed' | 'diverged' | 'refused'

/** Mints of enrolled devices. */
export interface Mints {
  /**
   * Uses up a proof for a device.
   * @returns Exactly one `minted` for a proof, over all processes. Durable on return.
   * @throws Fault `usage` if `staleAt` is too far ahead, `database-…`, `disk-full`
   */
  take(attempt: MintAttempt): Promise<MintOutcome>
}

type Timed = MintAttempt & { readonly used: Used }

/** Makes the register. */
export function makeMints(store: Store): Mints {
  const take = grouped((items: readonly Timed[]) => takeInTurns(store, items), 400)
  return {
    async take(attempt) {
      const used = usedOf('mint', attempt.proofKey, { now: store.now(), staleAt: attempt.staleAt })
      return used === null ? 'replayed' : await take({ ...attempt, used })
    },
  }
}

/** A device's second attempt in a batch builds on the join state of its first, so it goes in a later turn. */
async function takeInTurns(store: Store, items: readonly Timed[]): Promise<MintOutcome[]> {
  const outcomes = new Map<Timed, MintOutcome>()
  let left = items
  while (left.length > 0) {
    const turn = [...new Map(left.toReversed().map((item) => [item.device, item])).values()]
    const hashes = new Set<string>()
    // The same proof under two devices' names.
    const alone = turn.filter(({ used }) => !hashes.has(used.hash) && hashes.add(used.hash))
    for (const [item, outcome] of await store.transact((db) => takeTurn(db, store.now(), alone))) {
      outcomes.set(item, outcome)
    }
    left = left.filter((item) => !outcomes.has(item))
  }
  return items.map((item) => outcomes.get(item)!)
}

async function takeTurn(
  db: Transaction<Tables>,
  now: Milliseconds,
  items: readonly Timed[],
): Promise<Map<Timed, MintOutcome>> {
  const fresh = await insert(
    db,
    items.map(({ used }) => used),
  )
  const outcomes = new Map<Timed, MintOutcome>(items.map((item) => [item, 'replayed']))
  const unused = items.filter(({ used }) => fresh.has(used.hash))
  const moved = await moveOn(db, now, unused)
  const stuck = unused.filter(({ device }) => !moved.has(device))
  const diverged = await quarantine(db, stuck)
  for (const item of unused) {
    outcomes.set(item, moved.has(item.device) ? 'minted' : diverged.has(item.device) ? 'diverged' : 'refused')
  }
  return outcomes
}

/** The present state, and the one before: an answer that was lost is asked for again. */
async function moveOn(
  db: Transaction<Tables>,
  now: Milliseconds,
  items: readonly Timed[],
): Promise<Set<string>> {
  if (items.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    update devices set join_previous = v.column2, join_state = v.column3, seen_at = ${now}
    from (values ${rowsOf(items)}) as v
    where devices.id = v.column1 and devices.status = 'active'
      and (devices.join_state = v.column2 or devices.join_previous = v.column2)
    returning devices.id`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

async function quarantine(db: Transaction<Tables>, items: readonly Timed[]): Promise<Set<string>> {
  if (items.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    update devices set status = 'quarantined'
    from (values ${rowsOf(items)}) as v
    where devices.id = v.column1 and devices.status = 'active'
      and devices.join_state <> v.column2 and devices.join_previous <> v.column2
    returning devices.id`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

function rowsOf(items: readonly Timed[]) {
  const sorted = items.toSorted((a, b) => (a.device < b.device ? -1 : 1))
  return sql.join(
    sorted.map(({ device, joinState, nextJoinState }) => sql`(${device}, ${joinState}, ${nextJoinState})`),
  )
}
