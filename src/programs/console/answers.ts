// How every answer of the console's HTTP looks: the headers that all have, faults as JSON, plain refusals.
import { Fault } from '#base'
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Page } from './pages.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** There are no CORS headers, on purpose: no other origin may read anything. */
export const headersOfAll: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=(), clipboard-read=(), usb=(), serial=(), hid=()',
}

/** A refusal that no page of ours ever meets, said in HTTP's own words. */
export class Refusal extends Error {
  readonly status: 403 | 404 | 405 | 415 | 421

  constructor(status: Refusal['status']) {
    super(STATUS_CODES[status])
    this.status = status
  }
}

export function sendPage(response: ServerResponse, { bytes, type }: Page): void {
  response.writeHead(200, { ...headersOfAll, 'content-type': type, 'content-length': bytes.length })
  response.end(bytes)
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  const bytes = Buffer.from(JSON.stringify(value))
  const type = 'application/json; charset=utf-8'
  response.writeHead(status, { ...headersOfAll, 'content-type': type, 'content-length': bytes.length })
  response.end(bytes)
}

/** Answers with what stopped the request; a connection that was refused something is not used again. */
export function sendFailure(response: ServerResponse, failure: Fault | Refusal): void {
  if (response.headersSent) return void response.destroy()
  response.setHeader('connection', 'close')
  if (failure instanceof Fault) {
    const { code, message, next } = failure
    return sendJson(response, failure.http, { code, message, next })
  }
  const type = 'text/plain; charset=utf-8'
  response.writeHead(failure.status, { ...headersOfAll, 'content-type': type })
  response.end(`${failure.message.toLowerCase()}\n`)
}
