// Connections to where routes lead: kept alive, to addresses that were checked, to servers that proved who they are.
import { asFault, errorCode, Fault } from '#base'
import { checkedBase } from '#routes'
import type { Route } from '#wire'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Pool } from 'undici'
import { checkAddress, checkedLookup } from './addresses.ts'

/** Where a route leads. */
export interface Upstream {
  readonly base: URL
  /** The base's path without a slash at the end. */
  readonly path: string
  readonly pool: Pool
}

const limits = {
  connections: 256,
  /** Milliseconds. A model may think for minutes before it says anything. */
  headersTimeout: 600_000,
  bodyTimeout: 300_000,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 64 * 1024,
} as const
const connectTimeout = 10_000

/** Pools by the route's address. */
export class Upstreams {
  readonly #ca: string[] | undefined
  readonly #pools = new Map<string, Upstream>()

  /** @param ca More certificates to trust, PEM; null: only the usual ones. */
  constructor(ca: string | null) {
    this.#ca = ca === null ? undefined : [...rootCertificates, ca]
  }

  /** @throws Fault `route-invalid`, `upstream-refused` */
  to({ baseUrl, isPrivate }: Route): Upstream {
    const key = `${isPrivate} ${baseUrl}`
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const base = checkedBase(baseUrl, isPrivate)
    const host = base.hostname.replace(/^\[(.*)\]$/, '$1')
    if (isIP(host) !== 0) checkAddress(host, isPrivate)
    const pool = new Pool(base.origin, {
      ...limits,
      connect: {
        timeout: connectTimeout,
        lookup: checkedLookup(isPrivate),
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        ...(this.#ca !== undefined && { ca: this.#ca }),
      },
    })
    const upstream = { base, path: base.pathname.replace(/\/$/, ''), pool }
    this.#pools.set(key, upstream)
    return upstream
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.destroy()))
    this.#pools.clear()
  }
}

const distrust = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_|EPROTO)/
const slow = /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/
const broken = /^(?:HPE_|UND_ERR_(?:SOCKET|RES|HEADERS_OVERFLOW))/

/** What a connection that failed means to the client. What the upstream said stays out of it. */
export function upstreamFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const code = errorCode(thrown) ?? ''
  if (distrust.test(code)) return fault('upstream-untrusted', 'the upstream did not prove who it is', thrown)
  if (slow.test(code)) return fault('timed-out', 'the upstream did not answer in time', thrown)
  if (broken.test(code)) return fault('upstream-broken', 'the upstream broke off its answer', thrown)
  if (/^(?:E[A-Z]+|UND_ERR_\w+)$/.test(code)) {
    return fault('upstream-unreachable', 'the upstream cannot be reached', thrown)
  }
  return asFault(thrown, 'the upstream could not be asked')
}

function fault(
  code: 'upstream-untrusted' | 'timed-out' | 'upstream-broken' | 'upstream-unreachable',
  message: string,
  cause: unknown,
): Fault {
  return new Fault(code, message, { cause })
}
