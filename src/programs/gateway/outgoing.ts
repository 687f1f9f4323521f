// What goes on the wire: the client's request without its phantom, with the key in the one place that the route names.
import { Fault, type Secret } from '#base'
import type { IncomingMessage } from 'node:http'
import type { Admission } from './admissions.ts'
import { keyFields, withoutParameter, type Incoming } from './incoming.ts'
import type { Upstream } from './upstreams.ts'

export interface Outgoing {
  readonly path: string
  /** Names and values by turns. */
  readonly headers: string[]
}

/**
 * Never handed on: what concerns one connection only, who the client is elsewhere, parts of an answer (a secret that is
 * cut over two of them would be found in neither), and compressions that we cannot look into.
 */
const dropped = new Set([
  'connection',
  'content-length',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'if-range',
  'keep-alive',
  'origin',
  'proxy-connection',
  'range',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])
const readable = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity'])

/** @throws Fault `secret-unusable` for a secret that cannot stand in a header */
export function outgoingOf(
  request: IncomingMessage,
  incoming: Incoming,
  { route: { auth }, secret }: Admission,
  upstream: Upstream,
): Outgoing {
  const { only } = incoming.phantom
  const keyField = auth.kind === 'header' ? auth.name.toLowerCase() : null
  // What a person saw is what is sent.
  const given = only === null ? request : { rawHeaders: only.headers.flat(), headers: {} }
  const headers = handedOn(given, keyField)
  const path = upstream.path + incoming.path
  if (secret === null) return { path: path + incoming.query, headers }
  const text = textOf(secret)
  if (auth.kind === 'query') {
    const { rest } = withoutParameter(incoming.query, auth.name)
    const parameter = `${auth.name}=${encodeURIComponent(text)}`
    return { path: `${path}${rest === '' ? '?' : `${rest}&`}${parameter}`, headers }
  }
  if (auth.kind === 'bearer') headers.push('authorization', `Bearer ${text}`)
  if (auth.kind === 'header') headers.push(auth.name, text)
  return { path, headers, ...(incoming.query !== '' && { path: path + incoming.query }) }
}

/** True if the phantom stands in some place where it opens nothing. */
export function isQuoted({ token, query, path }: Incoming, headers: readonly string[]): boolean {
  return query.includes(token) || path.includes(token) || headers.some((text) => text.includes(token))
}

function handedOn(
  { rawHeaders, headers }: Pick<IncomingMessage, 'rawHeaders' | 'headers'>,
  keyField: string | null,
): string[] {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/[\s,]+/))
  const list: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    if (dropped.has(lower) || keyFields.has(lower) || named.has(lower) || lower === keyField) continue
    const value = rawHeaders[index + 1] ?? ''
    list.push(name, lower === 'accept-encoding' ? readableOf(value) : value)
  }
  return list
}

function readableOf(accepted: string): string {
  const list = accepted
    .split(',')
    .filter((one) => readable.has(one.split(';', 1)[0]?.trim().toLowerCase() ?? ''))
  return list.join(',').trim() || 'identity'
}

/** A header takes text only, and text cannot be zeroed: it lives until it is collected. */
function textOf(secret: Secret): string {
  const text = secret.lend((bytes) => Buffer.from(bytes).toString('latin1')).trim()
  if (/^[\x20-\x7e]+$/.test(text)) return text
  throw new Fault('secret-unusable', 'the secret of this route cannot stand in a header')
}
