// Kysely over node:sqlite in a thread of its own, so that a sync to disk never holds up the loop.
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely'
import { asFault, Fault, type Milliseconds } from '#base'
import type { MintOutcome, MintStep } from './mints.ts'
import { tablesOf } from './once.ts'
import type { MintTask } from './sqlite-mints.ts'
import { SqliteQueue } from './sqlite-queue.ts'
import type { Engine } from './store.ts'
import type { Tables } from './tables.ts'

/**
 * Opens the database in a folder, which becomes the user's alone (0700, files 0600).
 * @throws Fault `disk-full`, `internal` if the folder cannot be made
 */
export function openSqlite(folder: string, now: () => Milliseconds): Engine {
  const queue = new SqliteQueue(fileIn(folder))
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new ManyAtOnce(),
      createDriver: () => new ThreadDriver(queue),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return {
    db,
    // Without a condition the engine frees the pages of the table and looks at no row.
    clear: async (slot) => void (await db.deleteFrom(slot).execute()),
    sharedNow: async () => now(),
    async mint(steps, at) {
      const tasks = { now: at, mints: steps.map(taskOf) }
      return (await queue.run<MintOutcome>(tasks, tasks, false)).rows
    },
  }
}

function taskOf({ hash, device, joinState, nextJoinState, ...stretches }: MintStep): MintTask {
  return { tables: tablesOf(stretches), hash, device, joinState, nextJoinState }
}

function fileIn(folder: string): string {
  const file = join(folder, 'registry.sqlite')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    // The log and the index beside it take their mode from the file.
    closeSync(openSync(file, 'a', 0o600))
  } catch (thrown) {
    throw asFault(thrown, 'the folder of the database cannot be used')
  }
  return file
}

/** Kysely would let one statement in at a time; the queue puts those together that come at once. */
class ManyAtOnce extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

class ThreadDriver implements Driver {
  readonly #queue: SqliteQueue

  constructor(queue: SqliteQueue) {
    this.#queue = queue
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new ThreadConnection(this.#queue)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#queue.begin(connection)
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#queue.run(connection, { sql: 'commit', parameters: [] }, false)
  }

  /** After a full disk the engine has rolled back by itself, and says that nothing is open. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#queue.run(connection, { sql: 'rollback', parameters: [] }, false).catch(() => {})
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#queue.release(connection)
  }

  async destroy(): Promise<void> {
    await this.#queue.close()
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #queue: SqliteQueue

  constructor(queue: SqliteQueue) {
    this.#queue = queue
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    const isRead = query.kind === 'SelectQueryNode'
    const { rows, changes } = await this.#queue.run<Row>(this, { sql, parameters }, isRead)
    return { rows: [...rows], numAffectedRows: BigInt(changes) }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Fault('internal', 'rows are not streamed')
  }
}
