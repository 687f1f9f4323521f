// A played provider of models: answers as OpenAI and Anthropic do, and reflects what it was sent where a test asks for it.
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import type { Certified } from './certificates.ts'

/** What the provider saw. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface PlayedModel {
  readonly url: string
  readonly seen: Seen[]
  /** Streams that are open. */
  readonly open: Set<ServerResponse>
  close(): Promise<void>
}

const words = ['Keys', ' stay', ' home', '.']

/** @param certified None: plain HTTP. */
export async function playModel(certified?: Certified): Promise<PlayedModel> {
  const seen: Seen[] = []
  const open = new Set<ServerResponse>()
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString()
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      open.add(response)
      response.on('close', () => open.delete(response))
      answer(one, response)
    })
  }
  const server = certified === undefined ? createServer(take) : createTlsServer(filesOf(certified), take)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${certified === undefined ? 'http' : 'https'}://${certified === undefined ? '127.0.0.1' : 'localhost'}:${port}`,
    seen,
    open,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function filesOf({ key, certificate }: Certified): { key: Buffer; cert: Buffer } {
  return { key: readFileSync(key), cert: readFileSync(certificate) }
}

type Answer = (response: ServerResponse, seen: Seen) => void

const answers: Readonly<Record<string, Answer>> = {
  '/v1/models': (response) => {
    const model = { id: 'played-1', object: 'model', created: 0, owned_by: 'test' }
    json(response, { object: 'list', data: [model] })
  },
  '/v1/embeddings': (response) => {
    const usage = { prompt_tokens: 2, total_tokens: 2 }
    const data = [{ object: 'embedding', index: 0, embedding: [0.25, -1] }]
    json(response, { object: 'list', model: 'played-1', data, usage })
  },
  '/v1/chat/completions': (response, { body }) =>
    isStreamed(body) ? events(response, chatChunks()) : json(response, chat()),
  '/v1/responses': (response) => json(response, answerOfResponses()),
  '/v1/messages': (response, { body }) =>
    isStreamed(body) ? events(response, messageEvents()) : json(response, message()),
  '/v1/messages/count_tokens': (response) => json(response, { input_tokens: 7 }),
  '/slow': (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"n":1}\n\n')
  },
  '/hang': () => {},
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('only this')
    setTimeout(() => response.destroy(), 50)
  },
  '/away': (response) => {
    response.writeHead(302, { location: 'https://elsewhere.example/take?it=1' })
    response.end()
  },
  '/moved': (response) => {
    response.writeHead(307, { location: '/v1/models?again=1', 'set-cookie': 'session=of-the-key' })
    response.end()
  },
}

/** Everything else is told which header it was sent. */
function reflect(response: ServerResponse, { url, headers }: Seen): void {
  const { searchParams } = new URL(url, 'http://model')
  const sent = String(headers[searchParams.get('reflect') ?? ''])
  response.writeHead(200, { 'content-type': 'text/plain', 'x-sent': sent })
  response.end(`${sent} at ${url}`)
}

function answer(seen: Seen, response: ServerResponse): void {
  const { pathname } = new URL(seen.url, 'http://model')
  ;(answers[pathname] ?? reflect)(response, seen)
}

function isStreamed(body: string): boolean {
  const asked: { stream?: boolean } = JSON.parse(body)
  return asked.stream === true
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function events(response: ServerResponse, frames: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const frame of frames) response.write(frame)
  response.end()
}

function chat(): object {
  const text = { role: 'assistant', content: words.join(''), refusal: null }
  const usage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 }
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 0,
    model: 'played-1',
    choices: [{ index: 0, message: text, finish_reason: 'stop', logprobs: null }],
    usage,
  }
}

function chatChunks(): string[] {
  const chunks = words.map((content) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'played-1',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  }))
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n']
}

function answerOfResponses(): object {
  const content = [{ type: 'output_text', text: words.join(''), annotations: [] }]
  return {
    id: 'r1',
    object: 'response',
    created_at: 0,
    status: 'completed',
    model: 'played-1',
    output: [{ type: 'message', id: 'm1', role: 'assistant', status: 'completed', content }],
    usage: { input_tokens: 5, output_tokens: 4, total_tokens: 9 },
  }
}

function message(): object {
  return {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'played-1',
    content: [{ type: 'text', text: words.join('') }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 4 },
  }
}

function messageEvents(): string[] {
  const start = { ...message(), content: [], stop_reason: null }
  const usage = { output_tokens: 4 }
  const frames: { readonly [name: string]: unknown }[] = [
    { type: 'message_start', message: start },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]
  return frames.map((frame) => `event: ${String(frame['type'])}\ndata: ${JSON.stringify(frame)}\n\n`)
}

/** The status of a request whose path and headers nobody tidies, as `fetch` would. */
export async function statusOf(url: string, path: string, headers: Record<string, string>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  get({ port: new URL(url).port, host: '127.0.0.1', path, headers }, (answer) => {
    answer.resume()
    resolve(answer.statusCode ?? 0)
  })
  return promise
}
