// Reads what a client asks: which route, which path, and the phantom that speaks for it.
import { Fault } from '#base'
import { checkedPath } from '#routes'
import type { IncomingMessage } from 'node:http'
import type { Phantom, PhantomTable } from './phantoms.ts'

/** A request that names a route and brings a phantom that is good for it. */
export interface Incoming {
  readonly phantom: Phantom
  readonly token: string
  /** Beneath the route's address, without the query. */
  readonly path: string
  /** With its `?`, without the phantom; empty where there is none. */
  readonly query: string
}

/** Where unmodified clients put a key. */
export const keyFields: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'proxy-authorization',
])
const keyParameter = 'key'
const longestToken = 512

/**
 * @throws Fault `phantom-unknown` without a phantom that is good for the route; `path-invalid`; `peer-refused` for a
 *   name that leads here by somebody else's DNS
 */
export function readIncoming(request: IncomingMessage, phantoms: PhantomTable): Incoming {
  checkHost(request)
  const { path: whole, query } = checkedPath(request.url ?? '')
  const at = whole.indexOf('/', 1)
  const name = at < 0 ? whole.slice(1) : whole.slice(1, at)
  for (const { token, rest } of tokensOf(request, query)) {
    const phantom = phantoms.find(token)
    if (phantom?.route === name) return { phantom, token, path: at < 0 ? '/' : whole.slice(at), query: rest }
  }
  throw new Fault('phantom-unknown', 'no phantom token that is good for this route came with the request')
}

/** A page in a browser can make its own name lead to loopback; it can't make the browser say another. */
function checkHost({ headers: { host = '' } }: IncomingMessage): void {
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/.test(host)) {
    throw new Fault('peer-refused', 'the gateway is asked by its loopback address only')
  }
}

/** Everything that may be the phantom, and the query without it. */
function* tokensOf({ headers }: IncomingMessage, query: string) {
  for (const field of keyFields) {
    const value = headers[field]
    if (typeof value !== 'string') continue
    const token = value.replace(/^(?:bearer|token) +/i, '')
    if (token.length <= longestToken) yield { token, rest: query }
  }
  const { found, rest } = withoutParameter(query, keyParameter)
  for (const token of found) if (token.length <= longestToken) yield { token, rest }
}

/** Takes a parameter out of a query. @param query With its `?`. */
export function withoutParameter(
  query: string,
  name: string,
): { readonly found: readonly string[]; readonly rest: string } {
  if (!query.includes(name) && !query.includes('%')) return { found: [], rest: query }
  const parts = query.slice(1).split('&')
  const isNamed = (part: string): boolean => decoded(part.split('=', 1)[0] ?? '') === name
  const kept = parts.filter((part) => !isNamed(part))
  return {
    found: parts.filter(isNamed).map((part) => decoded(part.slice(part.indexOf('=') + 1))),
    rest: kept.length === 0 ? '' : `?${kept.join('&')}`,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
