// The gateway's HTTP server: limits, and the way of each request.
import { asFault, Fault, type Clock } from '#base'
import type { LiveSecrets } from '#scrub'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Admission, Admissions } from './admissions.ts'
import type { Budgets } from './budgets.ts'
import { Exchange } from './exchange.ts'
import { readIncoming, type Incoming } from './incoming.ts'
import type { PhantomTable } from './phantoms.ts'
import type { Records } from './records.ts'
import { dialectOf, sendFault } from './refusals.ts'
import type { Upstreams } from './upstreams.ts'

/** What the exchanges share. */
export interface Desk {
  readonly clock: Clock
  readonly phantoms: PhantomTable
  readonly admissions: Admissions
  readonly records: Records
  readonly budgets: Budgets
  readonly upstreams: Upstreams
  /** What must not come back. @throws Fault `locked` */
  readonly secrets: () => LiveSecrets
}

const limits = {
  maxHeaderSize: 64 * 1024,
  headersTimeout: 10_000,
  /** A prompt with files may take its time. */
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  noDelay: true,
} as const
const mostHeaders = 256
const mostConnections = 1024

/** Makes a server that listens nowhere yet. */
export function makeServer(desk: Desk): Server {
  const server = createServer(limits, (request, response) => answer(desk, request, response))
  server.maxHeadersCount = mostHeaders
  server.maxConnections = mostConnections
  return server
}

/** Whatever fails before anything went out is the client's to hear, in its library's own form. */
function answer(desk: Desk, request: IncomingMessage, response: ServerResponse): void {
  try {
    const incoming = readIncoming(request, desk.phantoms)
    const { phantom, path } = incoming
    spend(incoming, request)
    const wish = { phantom: phantom.id, method: request.method ?? '', path }
    const admission = desk.admissions.admit(wish, phantom.route)
    if (admission instanceof Promise) void admission.then(go, refuse)
    else go(admission)

    function go(admitted: Admission): void {
      begin(desk, { request, response, incoming, admission: admitted })
    }
  } catch (thrown) {
    refuse(thrown)
  }

  function refuse(thrown: unknown): void {
    sendFault(response, asFault(thrown, 'the request could not be served'), dialectOf(request.url))
  }
}

/** A phantom for one request is good for that one, and once. @throws Fault `phantom-unknown` */
function spend({ phantom, path, query }: Incoming, { method }: IncomingMessage): void {
  const { only } = phantom
  if (only === null) return
  if (phantom.isSpent || only.method !== method || only.target !== path + query) {
    throw new Fault('phantom-unknown', 'this phantom token is for another request, or was used')
  }
  phantom.isSpent = true
}

/** One request that was admitted. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly incoming: Incoming
  readonly admission: Admission
}

function begin(desk: Desk, call: Call): void {
  const { request, response, incoming } = call
  try {
    if (desk.phantoms.find(incoming.token)?.id !== incoming.phantom.id) {
      throw new Fault('phantom-unknown', 'the phantom token ended meanwhile')
    }
    const exchange = new Exchange(desk, call)
    desk.budgets.enter(incoming.phantom.assistant, call.admission.route)
    exchange.start()
  } catch (thrown) {
    sendFault(response, asFault(thrown, 'the request could not be served'), dialectOf(request.url))
  }
}
