// Which part of the server answers which path, and what every answer has in common.
import { asFault } from '#base'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** Handlers by their exact path, by the first part of a longer one, and for every other. */
export interface Routes {
  readonly exact: ReadonlyMap<string, Handler>
  readonly below?: ReadonlyMap<string, Handler>
  readonly otherwise: Handler
}

/** What a route is called in the metrics: a path of the table, never one that a stranger made up. */
export function routeOf(routes: Routes, url: string): string {
  const path = pathOf(url)
  if (routes.exact.has(path)) return path
  return routes.below?.has(firstOf(path)) === true ? `${firstOf(path)}/…` : 'other'
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

/** `/a` of `/a/b`; nothing of `/a`. */
function firstOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/', 1)))
}

/** Answers, whatever happens: a handler that fails gives an error without a word of the request in it. */
export async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const path = pathOf(request.url ?? '')
  const handler = routes.exact.get(path) ?? routes.below?.get(firstOf(path)) ?? routes.otherwise
  try {
    await handler(request, response)
    return undefined
  } catch (thrown) {
    const { http } = asFault(thrown, 'the request failed')
    if (response.headersSent) response.destroy()
    else sendJson(response, http, { error: http >= 500 ? 'server_error' : 'invalid_request' })
    return thrown
  }
}

/** Sends a document that nobody keeps. */
export function sendJson(response: ServerResponse, status: number, document: object): void {
  const body = JSON.stringify(document)
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Sends a text that nobody keeps. */
export function sendText(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(body)
}
