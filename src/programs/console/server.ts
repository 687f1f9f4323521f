// The console's HTTP server: limits, the entrance, the fixed pages, and the way to /api.
import { asFault, type Fault } from '#base'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Refusal, sendFailure, sendPage } from './answers.ts'
import { serveApi } from './api.ts'
import type { Desk } from './asking.ts'
import { checkEntrance, pathOf } from './entrance.ts'
import type { Pages } from './pages.ts'

export interface ServerOptions {
  readonly desk: Desk
  readonly pages: Pages
  /** Known once the first address is bound. */
  readonly port: () => number
}

/** Loopback is quick: whoever needs longer holds a connection on purpose. */
const limits = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const
const mostHeaders = 64
const mostConnections = 128

/** Makes a server that listens nowhere yet. */
export function makeServer(options: ServerOptions): Server {
  const server = createServer(limits, (request, response) => void answer(options, request, response))
  server.maxHeadersCount = mostHeaders
  server.maxConnections = mostConnections
  return server
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => {})
  try {
    checkEntrance(request, options.port())
    if (pathOf(request).startsWith('/api/')) await serveApi(options.desk, request, response)
    else servePage(options.pages, request, response)
  } catch (thrown) {
    sendFailure(response, failureOf(thrown))
  }
}

function servePage(pages: Pages, request: IncomingMessage, response: ServerResponse): void {
  const page = pages.get(pathOf(request))
  if (page === undefined) throw new Refusal(404)
  if (request.method !== 'GET') throw new Refusal(405)
  sendPage(response, page)
}

function failureOf(thrown: unknown): Fault | Refusal {
  return thrown instanceof Refusal ? thrown : asFault(thrown, 'the console could not answer')
}
