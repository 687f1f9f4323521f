// What the registers need of a database: queries, transactions that are tried again, and a table emptied at once.
import type { Kysely, Transaction } from 'kysely'
import { Fault, type Milliseconds } from '#base'
import type { MintOutcome, MintStep } from './mints.ts'
import type { Slot, Tables } from './tables.ts'

export interface Store {
  readonly db: Kysely<Tables>
  readonly now: () => Milliseconds
  /**
   * Does `work` in one transaction, again where another was in the way, so `work` must have no effect but on `db`.
   * @throws Fault `database-busy` if others were in the way each time.
   */
  readonly transact: <Outcome>(work: (db: Transaction<Tables>) => Promise<Outcome>) => Promise<Outcome>
  /** Empties a table in one go, without reading its rows. */
  readonly clear: (slot: Slot) => Promise<void>
  /** The time by the clock that all processes share, where there is one. */
  readonly sharedNow: () => Promise<Milliseconds>
  /** Takes mints with different proofs, in their order. What it answers is durable. */
  readonly mint: (steps: readonly MintStep[], now: Milliseconds) => Promise<readonly MintOutcome[]>
}

/** What an engine adds to the SQL that all have in common. */
export type Engine = Pick<Store, 'db' | 'clear' | 'sharedNow' | 'mint'>

const attempts = 8

/** Makes a store of an engine. */
export function storeOf(engine: Engine, now: () => Milliseconds): Store {
  return { ...engine, now, transact: (work) => patiently(() => engine.db.transaction().execute(work)) }
}

/** Does it again where another was in the way. @throws Fault `database-busy` if others were each time. */
export async function patiently<Outcome>(act: () => Promise<Outcome>): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'database-busy' || attempt === attempts) throw thrown
      await pause(attempt)
    }
  }
}

/** Two that were in each other's way must not meet again in step. */
function pause(attempt: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, Math.random() * 2 ** attempt))
}
