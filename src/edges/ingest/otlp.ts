// Receives logs and traces by OTLP over HTTP, masks each request, and hands it on.
import { Fault, utf8, type FaultCode } from '#base'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { Counter, DropReason } from './counts.ts'
import type { RecordMask } from './masking.ts'
import { maskJson } from './otlp-json.ts'
import { maskProtobuf } from './otlp-protobuf.ts'
import type { Answer, OtlpRecord, Sink } from './sink.ts'
import type { Place } from './syslog.ts'

export interface OtlpLimits {
  /** Bytes of a body, as sent and unpacked. */
  readonly body: number
  readonly connections: number
  /** Milliseconds until a request must be whole. */
  readonly slow: number
  /** Bytes of bodies under way at one time. */
  readonly underWay: number
}

interface Parts {
  readonly mask: RecordMask
  readonly sink: Sink
  readonly counter: Counter
  readonly limits: OtlpLimits
}

const signals: Readonly<Record<string, OtlpRecord['signal']>> = { '/v1/logs': 'logs', '/v1/traces': 'traces' }
const types: Readonly<Record<string, OtlpRecord['type']>> = {
  'application/json': 'json',
  'application/x-protobuf': 'protobuf',
}
const mimes = { json: 'application/json', protobuf: 'application/x-protobuf' } as const
/** They belong to this connection, or are written anew. @see RFC 9110, section 7.6.1 */
const ownHeaders = new Set(
  (
    'connection content-encoding content-length content-type expect host keep-alive proxy-authorization ' +
    'proxy-connection te trailer transfer-encoding upgrade accept-encoding'
  ).split(' '),
)

/**
 * A server of `POST /v1/logs` and `POST /v1/traces`. Success is answered when the record was handed on; a fault of a code
 * that may be tried again by 503, all others by 400, which exporters do not repeat.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class OtlpServer {
  readonly #parts: Parts
  readonly #server: Server
  #underWay = 0

  private constructor(parts: Parts) {
    const { connections, slow } = parts.limits
    this.#parts = parts
    this.#server = createServer(
      {
        requestTimeout: slow,
        headersTimeout: slow,
        maxHeaderSize: 16_384,
        connectionsCheckingInterval: 1000,
      },
      (request, response) => void this.#serve(request, response),
    )
    this.#server.maxConnections = connections
  }

  /** @throws System errors of the port, such as EADDRINUSE. */
  static async listen({ host, port }: Place, parts: Parts): Promise<OtlpServer> {
    const server = new OtlpServer(parts)
    server.#server.listen(port, host)
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Stops receiving; requests under way are cut off. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routeOf(request)
    if (typeof route === 'number') return end(response, { status: route, body: new Uint8Array(0) }, 'json')
    this.#parts.counter.receive()
    try {
      const answer = await this.#handOn(request, route)
      this.#parts.counter.pass()
      end(response, answer ?? { status: 200, body: utf8(route.type === 'json' ? '{}' : '') }, route.type)
    } catch (thrown) {
      const { status, body } = this.#refusal(thrown)
      end(response, { status, body }, 'json')
    }
  }

  async #handOn(request: IncomingMessage, route: Route): Promise<Answer | null> {
    const held = { bytes: 0 }
    try {
      const body = this.#masked(await this.#bodyOf(request, held), route)
      return await this.#parts.sink.otlp({ ...route, body, headers: passedOn(request) })
    } finally {
      this.#underWay -= held.bytes
    }
  }

  async #bodyOf(request: IncomingMessage, held: { bytes: number }): Promise<Uint8Array> {
    const { body: most, underWay } = this.#parts.limits
    const chunks: Uint8Array[] = []
    for await (const chunk of request) {
      if (!(chunk instanceof Uint8Array)) continue
      chunks.push(chunk)
      held.bytes += chunk.length
      this.#underWay += chunk.length
      if (held.bytes > most) throw new Fault('frame-oversized', 'the body is too large')
      if (this.#underWay > underWay) throw new Fault('busy', 'too many requests are under way')
    }
    const body = Buffer.concat(chunks)
    return request.headers['content-encoding'] === 'gzip' ? unpacked(body, most) : body
  }

  #masked(body: Uint8Array, { signal, type }: Route): Uint8Array {
    const { mask } = this.#parts
    if (type === 'protobuf') return maskProtobuf(body, signal, mask)
    return utf8(maskJson(new TextDecoder().decode(body), mask))
  }

  /** What went wrong, by its code and in our own words: never in those of the body. */
  #refusal(thrown: unknown): Answer {
    const fault = thrown instanceof Fault ? thrown : new Fault('redaction-failed', 'the record was dropped')
    this.#parts.counter.drop(reasons.get(fault.code) ?? 'failed')
    const status = fault.retry ? 503 : 400
    return { status, body: utf8(JSON.stringify({ code: grpcCodes[status], message: fault.message })) }
  }
}

const reasons: ReadonlyMap<FaultCode, DropReason> = new Map([
  ['frame-oversized', 'too-large'],
  ['message-invalid', 'malformed'],
  ['busy', 'busy'],
  ['connection-closed', 'undelivered'],
])
/** Unavailable, and invalid argument. @see https://grpc.io/docs/guides/status-codes/ */
const grpcCodes = { 503: 14, 400: 3 } as const

interface Route {
  readonly signal: OtlpRecord['signal']
  readonly type: OtlpRecord['type']
}

/** Which record it is, or the status that refuses it. A page in a browser names its origin; no exporter does. */
function routeOf({ method, url, headers }: IncomingMessage): Route | number {
  const signal = signals[(url ?? '').split('?')[0] ?? '']
  if (headers.origin !== undefined) return 403
  if (signal === undefined) return 404
  if (method !== 'POST') return 405
  const type = types[(headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '']
  const encoding = headers['content-encoding'] ?? 'identity'
  return type === undefined || !['gzip', 'identity'].includes(encoding) ? 415 : { signal, type }
}

function unpacked(body: Uint8Array, most: number): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: most })
  } catch (cause) {
    throw new Fault('frame-oversized', 'the body cannot be unpacked, or is too large', { cause })
  }
}

function passedOn({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !ownHeaders.has(name) ? [[name, value]] : [],
    ),
  )
}

function end(response: ServerResponse, { status, body }: Answer, type: OtlpRecord['type']): void {
  response.writeHead(status, {
    'content-type': mimes[type],
    'content-length': body.length,
    ...(status === 503 && { 'retry-after': '1' }),
    ...(status >= 400 && { connection: 'close' }),
  })
  response.end(body)
}
