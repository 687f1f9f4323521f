// What the registers need of a database: queries, transactions that are tried again, and a table emptied at once.
import type { Kysely, Transaction } from 'kysely'
import { Fault, type Milliseconds } from '#base'
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
}

/** What an engine adds to the SQL that all have in common. */
export type Engine = Pick<Store, 'db' | 'clear' | 'sharedNow'>

const attempts = 8

/** Makes a store of an engine. */
export function storeOf(engine: Engine, now: () => Milliseconds): Store {
  return {
    ...engine,
    now,
    async transact(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await engine.db.transaction().execute(work)
        } catch (thrown) {
          if (!(thrown instanceof Fault) || thrown.code !== 'database-busy' || attempt === attempts)
            throw thrown
          await pause(attempt)
        }
      }
    },
  }
}

/** Two that were in each other's way must not meet again in step. */
function pause(attempt: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, Math.random() * 2 ** attempt))
}
