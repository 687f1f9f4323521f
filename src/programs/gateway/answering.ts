// The fields of an upstream's answer that go on to the client.
import type { Field } from '#scrub'
import type { IncomingHttpHeaders } from 'node:http'
import type { Upstream } from './upstreams.ts'

/**
 * Never handed on: what concerns one connection only, and sessions that the upstream opened for the key, which are worth
 * as much as the key.
 */
const dropped = new Set([
  'alt-svc',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'set-cookie',
  'set-cookie2',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** As name and value, each field of several values several times; redirects within the route lead through it. */
export function fieldsOf(headers: IncomingHttpHeaders, upstream: Upstream, routeName: string): Field[] {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/[\s,]+/))
  const fields: Field[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (dropped.has(name) || named.has(name) || value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) {
      fields.push([name, name === 'location' ? throughRoute(one, upstream, routeName) : one])
    }
  }
  return fields
}

/** A client that follows a redirect elsewhere takes its phantom there, which opens nothing. */
function throughRoute(location: string, { base, path }: Upstream, routeName: string): string {
  const target = URL.parse(location, base.origin)
  const isWithin = target?.origin === base.origin && target.pathname.startsWith(`${path}/`)
  if (!isWithin) return location
  return `/${routeName}${target.pathname.slice(path.length)}${target.search}${target.hash}`
}
