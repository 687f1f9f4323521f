// Streams as models' interfaces send them, written and read again for the tests of EventRedactor.
import { EventRedactor, type EventOptions } from './events.ts'

export const key = new Uint8Array(32)
export const github = `ghp_${'A1b2'.repeat(9)}`
export const stripe = `sk_live_${'a1B2'.repeat(6)}`

/** What the redactor makes of a stream that comes in chunks of these sizes. */
export function through(
  input: string | Uint8Array,
  sizes: readonly number[] = [65_536],
  options: EventOptions = {},
): string {
  const redactor = new EventRedactor({ key, ...options })
  const bytes = Buffer.from(input)
  const parts: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    parts.push(...redactor.push(bytes.subarray(at, at + size)))
    at += size
  }
  return Buffer.concat([...parts, ...redactor.finish()]).toString()
}

/** Whatever JSON.parse gives. */
type Data = ReturnType<typeof JSON.parse>

/** What a reader of the stream gets: the data of each event as JSON, other data as a string. */
export function eventsOf(stream: string): { name: string | null; data: Data }[] {
  return stream
    .split(/\r?\n\r?\n/)
    .filter((block) => /^(?:data|event)/m.test(block))
    .map((block) => {
      const data = [...block.matchAll(/^data: ?(.*)$/gm)].map(([, value]) => value).join('\n')
      const name = /^event: ?(.*)$/m.exec(block)?.[1] ?? null
      return { name, data: data.startsWith('{') ? JSON.parse(data) : data }
    })
}

/** How one interface sends a text in pieces, and how its readers put it together. */
export interface Dialect {
  readonly write: (pieces: readonly string[]) => string
  readonly read: (stream: string) => string
}

export const sse = (name: string | null, data: object): string =>
  `${name === null ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`

export const chunk = (delta: object, finish: string | null = null, index = 0): string =>
  sse(null, {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
  })

export const joined = (stream: string, pick: (data: Data) => string | undefined): string =>
  eventsOf(stream)
    .map(({ data }) => (typeof data === 'string' ? '' : (pick(data) ?? '')))
    .join('')

export const dialects: Readonly<Record<string, Dialect>> = {
  'chat content': {
    write: (pieces) =>
      [
        chunk({ role: 'assistant', content: '' }),
        ...pieces.map((content) => chunk({ content })),
        chunk({}, 'stop'),
        'data: [DONE]\n\n',
      ].join(''),
    read: (stream) => joined(stream, (data) => data.choices[0].delta.content),
  },
  'chat tool arguments': {
    write: (pieces) =>
      [
        chunk({
          tool_calls: [
            { index: 1, id: 'call_1', type: 'function', function: { name: 'run', arguments: '' } },
          ],
        }),
        ...pieces.map((text) => chunk({ tool_calls: [{ index: 1, function: { arguments: text } }] })),
        chunk({}, 'tool_calls'),
      ].join(''),
    read: (stream) => joined(stream, (data) => data.choices[0].delta.tool_calls?.[0].function.arguments),
  },
  'chat content in parts': {
    write: (pieces) =>
      pieces.map((text) => chunk({ content: [{ type: 'text', text }] })).join('') + chunk({}, 'stop'),
    read: (stream) => joined(stream, (data) => data.choices[0].delta.content?.[0].text),
  },
  'messages text': {
    write: (pieces) =>
      [
        sse('content_block_start', {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'text', text: '' },
        }),
        sse('ping', { type: 'ping' }),
        ...pieces.map((text) =>
          sse('content_block_delta', {
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'text_delta', text },
          }),
        ),
        sse('content_block_stop', { type: 'content_block_stop', index: 0 }),
        sse('message_stop', { type: 'message_stop' }),
      ].join(''),
    read: (stream) => joined(stream, (data) => data.delta?.text),
  },
  'messages tool input': {
    write: (pieces) =>
      pieces
        .map((partial_json) =>
          sse('content_block_delta', {
            type: 'content_block_delta',
            index: 2,
            delta: { type: 'input_json_delta', partial_json },
          }),
        )
        .join('') + sse('content_block_stop', { type: 'content_block_stop', index: 2 }),
    read: (stream) => joined(stream, (data) => data.delta?.partial_json),
  },
  'responses text': {
    write: (pieces) =>
      [
        ...pieces.map((delta) =>
          sse('response.output_text.delta', {
            type: 'response.output_text.delta',
            item_id: 'msg_1',
            output_index: 0,
            content_index: 0,
            delta,
            logprobs: [],
          }),
        ),
        sse('response.output_text.done', {
          type: 'response.output_text.done',
          output_index: 0,
          content_index: 0,
          text: pieces.join(''),
        }),
        sse('response.completed', {
          type: 'response.completed',
          response: { output: [{ content: [{ type: 'output_text', text: pieces.join('') }] }] },
        }),
      ].join(''),
    read: (stream) =>
      joined(stream, ({ type, delta }) => (type === 'response.output_text.delta' ? delta : '')),
  },
  'Gemini text': {
    write: (pieces) =>
      pieces
        .map((text, at) =>
          sse(null, {
            candidates: [
              { content: { parts: [{ text }] }, ...(at === pieces.length - 1 && { finishReason: 'STOP' }) },
            ],
          }),
        )
        .join(''),
    read: (stream) => joined(stream, (data) => data.candidates[0].content.parts[0].text),
  },
  'Ollama lines': {
    write: (pieces) =>
      [...pieces, '']
        .map(
          (content, at) =>
            `${JSON.stringify({ model: 'm', message: { content }, done: at === pieces.length })}\n`,
        )
        .join(''),
    read: (stream) =>
      stream
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).message.content)
        .join(''),
  },
}

/** A text in pieces of these sizes. */
export function cut(whole: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    pieces.push(whole.slice(at, (at += sizes[turn % sizes.length]!)))
  }
  return pieces
}
