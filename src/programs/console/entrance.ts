// The checks that every HTTP request passes before anything is looked up for it.
import { Fault } from '#base'
import type { IncomingMessage } from 'node:http'
import { Refusal } from './answers.ts'

/** The one name under which the console answers; cookies and passkeys of other local pages stay apart from it. */
const host = 'console.localhost'

const largestBody = 64 * 1024

/** The one origin of the console. */
export function originOf(port: number): string {
  return `http://${host}:${port}`
}

/**
 * Refuses whatever does not come from our own page, or from a person who opens it.
 * - A wrong `host` is DNS rebinding, or a page on another local name.
 * - A wrong `origin`, or fetch metadata of another site, is another page that posts or fetches. Another port of
 *   localhost counts as the same site, so `same-site` is refused too.
 * - Without our header a request may be a form's, which browsers send across origins without asking first.
 * @throws Refusal
 */
export function checkEntrance(request: IncomingMessage, port: number): void {
  const { headers, headersDistinct } = request
  if (headersDistinct['host']?.length !== 1 || headers.host !== `${host}:${port}`) throw new Refusal(421)
  if (headers.origin !== undefined && headers.origin !== originOf(port)) throw new Refusal(403)
  if (!pathOf(request).startsWith('/api/')) return
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Refusal(403)
  if (headers['x-keyreeve'] !== '1') throw new Refusal(403)
}

/** The path of a request, never decoded: it is only compared with a table. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  return url.split('?', 1)[0] ?? ''
}

export function queryOf({ url = '' }: Pick<IncomingMessage, 'url'>): URLSearchParams {
  return new URLSearchParams(url.slice(pathOf({ url }).length))
}

/** The bearer of a request, or an empty text. */
export function bearerOf({ headers }: IncomingMessage): string {
  return /^Bearer ([\w-]{43})$/.exec(headers.authorization ?? '')?.[1] ?? ''
}

/**
 * Reads a body of JSON.
 * @throws Refusal 415 for another type; Fault `frame-oversized` above 64 KiB, `message-invalid` for what is no object.
 */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(type)) throw new Refusal(415)
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > largestBody) throw tooLarge()
  const parts: Uint8Array[] = []
  let length = 0
  // Left open on purpose: a body that is too large still gets its answer.
  const body: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false })
  for await (const part of body) {
    length += part.byteLength
    if (length > largestBody) throw tooLarge()
    parts.push(part)
  }
  return parse(Buffer.concat(parts).toString())
}

function tooLarge(): Fault {
  return new Fault('frame-oversized', 'a body of more than 64 KiB')
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    // The parser's own message would quote the body.
  }
  throw new Fault('message-invalid', 'the body is no JSON object')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
