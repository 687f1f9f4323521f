// An upstream that hands back the key that it was sent, as each cell of the matrix says.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as tick } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { cells, type Cell, type Compression, type Split } from './cells.ts'
import { framesOf } from './frames.ts'

/** What it needs for TLS, as PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

export interface Hostile {
  readonly port: number
  /** Cells that were asked for with the real key. */
  readonly reached: ReadonlySet<number>
  close(): Promise<void>
}

const compress: Readonly<Record<Compression, (body: Buffer) => Buffer>> = {
  identity: (body) => body,
  gzip: (body) => gzipSync(body),
  'gzip members': (body) =>
    Buffer.concat([gzipSync(body.subarray(0, body.length / 2)), gzipSync(body.subarray(body.length / 2))]),
  deflate: (body) => deflateSync(body),
  'deflate raw': (body) => deflateRawSync(body),
  br: (body) => brotliCompressSync(body, { params: {} }),
  zstd: (body) => zstdCompressSync(body),
  'gzip, br': (body) => brotliCompressSync(gzipSync(body)),
}
const types: Partial<Record<Cell['channel'], string>> = {
  SSE: 'text/event-stream',
  NDJSON: 'application/x-ndjson',
}
const filler = 'A gate stands between the assistant and the keys. It keeps both honest, line for line.\n'

/** Answers `/cells/NUMBER`. */
export async function startHostile(secret: string, identity?: Identity): Promise<Hostile> {
  const reached = new Set<number>()
  const answer: RequestListener = (request, response) => {
    const found = asked(request, reached, secret)
    if (found === null) response.writeHead(404).end()
    else void new Answer(found.cell, found.key, response).send()
  }
  const server: Server =
    identity === undefined ? createServer(answer) : createTlsServer({ ...identity }, answer)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const found = asked(request, reached, secret)
    if (found === null) return socket.destroy()
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    for (const frame of framesOf(cutText(found.cell, found.key))) socket.write(frame)
    return socket.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    reached,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The cell, and the key that came with the request, whatever it is. */
function asked(
  request: IncomingMessage,
  reached: Set<number>,
  secret: string,
): { cell: Cell; key: string } | null {
  const number = Number(/\/cells\/(\d+)/.exec(request.url ?? '')?.[1] ?? Number.NaN)
  const cell = cells[number]
  if (cell === undefined) return null
  const key = (request.headers.authorization ?? '').replace(/^Bearer /, '')
  if (key === secret) reached.add(number)
  return { cell, key }
}

class Answer {
  readonly #cell: Cell
  readonly #text: string
  readonly #key: string
  readonly #response: ServerResponse

  constructor(cell: Cell, key: string, response: ServerResponse) {
    this.#cell = cell
    this.#key = key
    this.#text = cell.encoding.encode(key)
    this.#response = response
  }

  async send(): Promise<void> {
    const { channel, compression, framing, split } = this.#cell
    const response = this.#response
    const plain = this.#body()
    const body = compress[compression](plain)
    response.setHeader('content-type', types[channel] ?? 'text/plain; charset=utf-8')
    if (compression !== 'identity') response.setHeader('content-encoding', contentEncoding(compression))
    if (framing === 'length') response.setHeader('content-length', body.length)
    if (framing === 'close') response.shouldKeepAlive = false
    if (framing === 'close') response.useChunkedEncodingByDefault = false
    this.#field()
    const at = compression === 'identity' ? plain.indexOf(this.#text) : body.length / 2
    for (const part of cut(body, split, [at, this.#text.length])) {
      response.write(part)
      if (split !== 'whole') await tick()
    }
    if (channel === 'trailer') response.addTrailers({ 'x-echo': this.#text })
    response.end()
  }

  #field(): void {
    const response = this.#response
    switch (this.#cell.channel) {
      case 'header':
        response.setHeader('x-echo', `you sent ${this.#text}`)
        break
      case 'set-cookie':
        response.setHeader('set-cookie', [`last=${this.#text}; HttpOnly`, 'b=c'])
        break
      case 'location':
        response.statusCode = 302
        response.setHeader('location', `/cells/next?key=${this.#text}&b=c`)
        break
      case 'status text':
        response.statusMessage = `OK ${this.#text}`
        break
      case 'error body':
        response.statusCode = 401
        break
      case 'trailer':
        response.setHeader('trailer', 'x-echo')
        break
      case 'body':
      case 'SSE':
      case 'NDJSON':
      case 'WebSocket':
    }
  }

  #body(): Buffer {
    const { channel, size } = this.#cell
    const isField = ['header', 'trailer', 'set-cookie', 'location', 'status text'].includes(channel)
    if (isField) return Buffer.from('nothing in here')
    if (channel === 'SSE')
      return Buffer.from(cutText(this.#cell, this.#key).map(event).join('') + 'data: [DONE]\n\n')
    if (channel === 'NDJSON') return Buffer.from(cutText(this.#cell, this.#key).map(line).join(''))
    const half = filler.repeat(Math.ceil(size / 2 / filler.length))
    return Buffer.from(`${half}error: bad key "${this.#text}" for this.\n${half}`)
  }
}

function contentEncoding(compression: Compression): string {
  return compression.replace(/ (?:members|raw)$/, '')
}

/** Pieces of the text that a model says, or of a message. */
function cutText(cell: Cell, key: string): string[] {
  const text = cell.encoding.encode(key)
  const parts = cut(Buffer.from(text), cell.split, [0, text.length]).map(String)
  return ['Your key is ', ...parts, ' and nothing else.']
}

function event(content: string): string {
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`
}

function line(content: string): string {
  return `${JSON.stringify({ model: 'x', message: { role: 'assistant', content }, done: false })}\n`
}

function cut(bytes: Buffer, split: Split, [at, length]: readonly [number, number]): Buffer[] {
  const middle = Math.floor(at + length / 2)
  if (split === 'whole') return [bytes]
  if (split === 'middle') return [bytes.subarray(0, middle), bytes.subarray(middle)]
  const single = Array.from({ length }, (_, index) => bytes.subarray(at + index, at + index + 1))
  return [bytes.subarray(0, at), ...single, bytes.subarray(at + length)].filter((part) => part.length > 0)
}
