// Kysely over PostgreSQL, or a cluster that speaks as it does. Nothing here needs LISTEN or an advisory lock.
import { CompiledQuery, Kysely, PostgresDialect, PostgresDriver, sql, type DatabaseConnection } from 'kysely'
import { types } from 'pg'
import { errorCode, Fault } from '#base'
import { WritablePool } from './postgres-hosts.ts'
import { takeInTurns, type Ask } from './postgres-mints.ts'
import { patiently, type Engine } from './store.ts'
import type { Tables } from './tables.ts'

const connections = 8
/** Milliseconds. */
const patience = { connect: 5000, statement: 15_000 }
/** bigint: times and counters, all far below 2^53. */
const int8 = 20

/**
 * Opens a pool. Connects when first used.
 * @param url `postgres://…`, with a comma between hosts where a standby may become the primary; by an administrator. Never
 *   repeated: it may hold a password.
 */
export function openPostgres(url: string): Engine {
  const pool = new WritablePool(url, {
    max: connections,
    connectionTimeoutMillis: patience.connect,
    query_timeout: patience.statement,
    keepAlive: true,
    types: { getTypeParser: (type: number) => (type === int8 ? Number : types.getTypeParser(type)) },
  })
  const ask: Ask = (query) => patiently(() => faulting(pool, () => queryOn(pool, query)))
  const db = new Kysely<Tables>({ dialect: new FaultingDialect({ pool }) })
  return {
    db,
    clear: async (slot) => void (await sql`truncate ${sql.table(slot)}`.execute(db)),
    async sharedNow() {
      const { rows } = await sql<{ at: string }>`select extract(epoch from now()) as at`.execute(db)
      return Number(rows[0]?.at) * 1000
    },
    mint: (steps, now) => takeInTurns(ask, steps, now),
  }
}

async function queryOn(pool: WritablePool, { values, ...named }: Parameters<Ask>[0]): ReturnType<Ask> {
  const client = await pool.connect()
  try {
    return await client.query({ ...named, values: [...values] })
  } finally {
    client.release()
  }
}

interface Config {
  readonly pool: WritablePool
}

class FaultingDialect extends PostgresDialect {
  readonly #config: Config

  constructor(config: Config) {
    super(config)
    this.#config = config
  }

  override createDriver(): PostgresDriver {
    return new FaultingDriver(this.#config)
  }
}

class FaultingDriver extends PostgresDriver {
  readonly #faulting = new WeakSet<DatabaseConnection>()
  readonly #pool: WritablePool

  constructor(config: Config) {
    super(config)
    this.#pool = config.pool
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await faulting(this.#pool, () => super.acquireConnection())
    if (this.#faulting.has(connection)) return connection
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = (query: CompiledQuery) => faulting(this.#pool, () => execute(query))
    this.#faulting.add(connection)
    return connection
  }
}

async function faulting<Outcome>(pool: WritablePool, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act()
  } catch (thrown) {
    const fault = faultOf(errorCode(thrown))
    if (fault.code === 'database-unavailable') pool.doubt()
    throw fault
  }
}

/** Serialization, deadlock, and what two that define the same table at once are told. */
const inTheWay = ['40001', '40P01', '55P03', '23505', '42P07', '42710']

/**
 * The server's own text is not repeated: it quotes values.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
function faultOf(state: string | undefined): Fault {
  if (state === undefined || !/^[0-9A-Z]{5}$/.test(state) || /^(08|57|25006|53300)/.test(state)) {
    return new Fault('database-unavailable', 'the database does not answer')
  }
  if (inTheWay.includes(state)) return new Fault('database-busy', 'another process was in the way')
  if (state === '53100') return new Fault('disk-full', 'the database could not write: no space left')
  return new Fault('database-failed', `the database answered with error ${state}`)
}
