// The client of the matrix: asks for cells, decodes whatever it gets as a client would, and says whether the key is in it.
// Reads its orders from standard input, writes a line for each cell. Runs wherever a target puts it.
import {
  Agent,
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { cells, type Cell } from './cells.ts'
import { tells } from './encodings.ts'
import { payloadsOf } from './frames.ts'

/** What it is told to do. `headers` hold what stands for the key. */
export interface Orders {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** The environment's variable with what stands for the key, where the headers have it not. */
  readonly keyVariable: string | null
  readonly secret: string
  readonly numbers: readonly number[]
}

/** `answered`: with the status that the upstream gave. `refused`: with another, or not at all. */
export interface Verdict {
  readonly number: number
  readonly isAnswered: boolean
  readonly hasLeaked: boolean
}

interface Received {
  readonly status: number
  readonly fields: string
  readonly body: Buffer
}

const decoders = [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync, zstdDecompressSync]
const deadlineMs = 20_000
/** Node's own support of `HTTPS_PROXY`, for targets that are proxies. */
const proxyEnv = process.env['HTTPS_PROXY'] === undefined ? {} : { proxyEnv: process.env }
const agents = {
  'http:': new Agent({ keepAlive: true }),
  'https:': new TlsAgent({ keepAlive: true, ...proxyEnv }),
}

/** Asks for each cell in turn. */
export async function* verdictsOf(orders: Orders): AsyncGenerator<Verdict> {
  const { baseUrl, keyVariable, secret, numbers } = orders
  const key = keyVariable === null ? undefined : process.env[keyVariable]
  const headers = { ...orders.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  for (const number of numbers) {
    const cell = cells[number]
    if (cell === undefined) continue
    const url = new URL(`${baseUrl}/cells/${number}`)
    let received = await ask(url, cell, headers)
    // A connection that was kept may be closed by the other side just then.
    if (received.status === 0) received = await ask(url, cell, headers)
    const expected = { location: 302, 'error body': 401, WebSocket: 101 } as Partial<Record<string, number>>
    yield {
      number,
      isAnswered: received.status === (expected[cell.channel] ?? 200),
      hasLeaked: isToldIn(received, cell, secret),
    }
  }
}

async function ask(url: URL, cell: Cell, headers: Orders['headers']): Promise<Received> {
  const isSocket = cell.channel === 'WebSocket'
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16, 7).toString('base64'),
  }
  const options: RequestOptions = {
    agent: url.protocol === 'https:' ? agents['https:'] : agents['http:'],
    headers: { 'accept-encoding': 'gzip, deflate, br, zstd', ...headers, ...(isSocket && upgrade) },
    timeout: deadlineMs,
  }
  const request = url.protocol === 'https:' ? tlsRequest(url, options) : plainRequest(url, options)
  request.end()
  return settled(request)
}

/** Whatever comes counts, also of an answer that breaks off. */
async function settled(request: ClientRequest): Promise<Received> {
  const parts: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<Received>()
  let answer: IncomingMessage | undefined
  const done = (): void => {
    const { statusCode = 0, statusMessage = '', rawHeaders = [], rawTrailers = [] } = answer ?? {}
    const fields = [statusMessage, ...rawHeaders, ...rawTrailers].join('\n')
    resolve({ status: statusCode, fields, body: Buffer.concat(parts) })
  }
  request.on('timeout', () => request.destroy(new Error('too slow')))
  request.on('error', done)
  request.on('upgrade', (response: IncomingMessage, socket, head: Buffer) => {
    answer = response
    parts.push(head)
    socket.on('data', (part: Buffer) => parts.push(part)).on('close', done)
    socket.on('error', () => {}).on('end', () => socket.destroy())
  })
  request.on('response', (response: IncomingMessage) => {
    answer = response
    response
      .on('data', (part: Buffer) => parts.push(part))
      .on('close', done)
      .on('error', () => {})
  })
  return promise
}

function isToldIn({ fields, body }: Received, cell: Cell, secret: string): boolean {
  const bodies = [...decoded(body), payloadsOf(body)].map((bytes) => bytes.toString('latin1'))
  const texts = [fields, ...bodies, ...bodies.map(saidIn)]
  return texts.some((text) => text !== '' && tells(text, secret, cell.encoding))
}

/** The body, and what any decoder makes of it, twice over. */
function decoded(body: Buffer): Buffer[] {
  const once = tried(body)
  return [body, ...once, ...once.flatMap(tried)]
}

function tried(body: Buffer): Buffer[] {
  return decoders.flatMap((decode) => {
    try {
      return [decode(body)]
    } catch {
      return []
    }
  })
}

/** What a model's events say together. */
function saidIn(text: string): string {
  return [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
    .map(([, piece = '']) => unquoted(piece))
    .join('')
}

/** As a lenient client reads it. */
function unquoted(piece: string): string {
  try {
    return JSON.parse(piece) as string
  } catch {
    return piece
  }
}

if (import.meta.main) {
  const orders = JSON.parse(await text(process.stdin)) as Orders
  for await (const verdict of verdictsOf(orders)) console.log(JSON.stringify(verdict))
  for (const agent of Object.values(agents)) agent.destroy()
}
