// Connections to whichever of several hosts may be written to: the primary, also after another has become it.
import { Pool, type PoolClient, type PoolConfig } from 'pg'

const named = /^(postgres(?:ql)?:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/

/**
 * One address for each host that an address names: `postgres://user@one:5432,two:5432/name`.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
 */
export function hostsOf(url: string): readonly string[] {
  const [, before = '', hosts = '', after = ''] = named.exec(url) ?? []
  // Whoever writes it says what holds anyway; the client would hand it on as a setting of the server's.
  const rest = after.replace(/([?&])target_session_attrs=[^&]*(&|$)/, (_, first, last) =>
    last === '&' ? first : '',
  )
  return hosts === '' ? [url] : hosts.split(',').map((host) => `${before}${host}${rest}`)
}

/** A pool for each host. One is used until it cannot be, then the next that can be written to. */
export class WritablePool {
  /** What Kysely would connect with to cancel a query, which nothing here asks for. */
  readonly options: PoolConfig
  readonly #pools: readonly Pool[]
  /** For which count of doubts a connection was found good. */
  readonly #trusted = new WeakMap<PoolClient, number>()
  #doubts = 0
  #at = 0

  constructor(url: string, settings: PoolConfig) {
    this.options = settings
    this.#pools = hostsOf(url).map((connectionString) => new Pool({ ...settings, connectionString }))
    for (const pool of this.#pools) {
      // A connection that breaks while idle is replaced by the next query.
      pool.on('error', () => {})
      // One that breaks between two queries of a transaction fails the second; by itself it must not end the process.
      pool.on('connect', (client) => void client.on('error', () => {}))
    }
  }

  /** A connection to a host that can be written to; to be released. */
  async connect(): Promise<PoolClient> {
    for (let left = this.#pools.length; ; left--) {
      const at = this.#at
      try {
        return await this.#connectTo(at)
      } catch (thrown) {
        if (left === 1) throw thrown
        // Of many that found it so at once, one goes on to the next.
        if (this.#at === at) this.#at = (at + 1) % this.#pools.length
      }
    }
  }

  /** Looks anew at each connection before its next use: a host that could be written to may have become a standby. */
  doubt(): void {
    this.#doubts++
  }

  async end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()))
  }

  async #connectTo(at: number): Promise<PoolClient> {
    const client = await this.#pools[at]!.connect()
    if (this.#pools.length === 1 || this.#trusted.get(client) === this.#doubts) return client
    const doubts = this.#doubts
    try {
      const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only')
      if (rows[0]?.transaction_read_only !== 'off') throw Object.assign(new Error(), { code: readOnly })
    } catch (thrown) {
      client.release(true)
      throw thrown
    }
    this.#trusted.set(client, doubts)
    return client
  }
}

/** What PostgreSQL says itself where it is asked to write and may not. */
const readOnly = '25006'
