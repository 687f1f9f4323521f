// The fields of an upstream's answer that go on to the client.
import { answerFields, scrubFields, scrubText, type Field, type LiveSecrets, type Told } from '#scrub'
import type { IncomingHttpHeaders } from 'node:http'
import type { Upstream } from './upstreams.ts'

/** The way back of an answer. */
export interface Way {
  readonly upstream: Upstream
  readonly routeName: string
  readonly secrets: LiveSecrets
  readonly told: Told
}

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

/** As name and value, each field of several values several times. */
function fieldsOf(headers: IncomingHttpHeaders): Field[] {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/[\s,]+/))
  const fields: Field[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (dropped.has(name) || named.has(name) || value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) fields.push([name, one])
  }
  return fields
}

/** What is handed on of header fields, each secret masked. */
export function headersOf(headers: IncomingHttpHeaders, way: Way): readonly Field[] {
  const { secrets, told } = way
  return answerFields(fieldsOf(headers), secrets, told).map(([name, value]) => [
    name,
    // A parser of addresses escapes and leaves out characters: what it makes of them is looked at once more.
    name === 'location' ? scrubText(throughRoute(value, way), secrets, told) : value,
  ])
}

/** Of trailers, likewise. */
export function trailersOf(trailers: IncomingHttpHeaders, { secrets, told }: Way): readonly Field[] {
  return scrubFields(fieldsOf(trailers), secrets, told)
}

/** Redirects within the route lead through it. A client that follows one elsewhere takes its phantom there, which opens nothing. */
function throughRoute(location: string, { upstream: { base, path }, routeName }: Way): string {
  const target = URL.parse(location, base.origin)
  const isWithin = target?.origin === base.origin && target.pathname.startsWith(`${path}/`)
  if (!isWithin) return location
  return `/${routeName}${target.pathname.slice(path.length)}${target.search}${target.hash}`
}
