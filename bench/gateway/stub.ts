// A model that answers at once: JSON, 21 events, or as many bytes as are asked for. Prints its port.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const usage = { prompt_tokens: 250, completion_tokens: 20, total_tokens: 270 }
const text = 'A gate stands between the assistant and the keys, and it keeps both honest. '.repeat(4)
const json = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'stub',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage,
  }),
)
const events = Array.from({ length: 20 }, (_, index) =>
  Buffer.from(
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'stub', choices: [{ index: 0, delta: { content: ` word${index}` }, finish_reason: null }] })}\n\n`,
  ),
)
const done = Buffer.from('data: [DONE]\n\n')
const block = Buffer.from(text.repeat(256))

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const bytes = Number(new URL(request.url ?? '', 'http://stub').searchParams.get('bytes') ?? 0)
    if (bytes > 0) return pour(response, bytes)
    if (Buffer.concat(parts).includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of events) response.write(event)
      response.end(done)
    } else {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length })
      response.end(json)
    }
  })
})
/** Writes that many bytes, and some, as fast as they are taken. */
function pour(response: ServerResponse, bytes: number): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' })
  let left = bytes
  while (left > 0) {
    left -= block.length
    if (!response.write(block)) {
      response.once('drain', () => pour(response, left))
      return
    }
  }
  response.end()
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
