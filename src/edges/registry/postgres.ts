// Kysely over PostgreSQL, or a cluster that speaks as it does. Nothing here needs LISTEN or an advisory lock.
import { CompiledQuery, Kysely, PostgresDialect, PostgresDriver, sql, type DatabaseConnection } from 'kysely'
import { Pool, types } from 'pg'
import { errorCode, Fault } from '#base'
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
 * @param url `postgres://…`; by an administrator. Never repeated: it may hold a password.
 */
export function openPostgres(url: string): Engine {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: patience.connect,
    query_timeout: patience.statement,
    types: { getTypeParser: (type: number) => (type === int8 ? Number : types.getTypeParser(type)) },
  })
  // A connection that breaks while idle is replaced by the next query.
  pool.on('error', () => {})
  const ask: Ask = ({ values, ...named }) =>
    patiently(() => faulting(() => pool.query({ ...named, values: [...values] })))
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

class FaultingDialect extends PostgresDialect {
  readonly #config: ConstructorParameters<typeof PostgresDialect>[0]

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config)
    this.#config = config
  }

  override createDriver(): PostgresDriver {
    return new FaultingDriver(this.#config)
  }
}

class FaultingDriver extends PostgresDriver {
  readonly #faulting = new WeakSet<DatabaseConnection>()

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await faulting(() => super.acquireConnection())
    if (this.#faulting.has(connection)) return connection
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = (query: CompiledQuery) => faulting(() => execute(query))
    this.#faulting.add(connection)
    return connection
  }
}

async function faulting<Outcome>(act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act()
  } catch (thrown) {
    throw faultOf(errorCode(thrown))
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
