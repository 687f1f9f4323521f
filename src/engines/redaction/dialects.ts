// Knows in which places of a model's streamed events its text stands, which pieces belong together, and what ends them.
import { items, member, stringAt, type Leaf, type Node } from './spans.ts'

/** A piece of the text that the pieces of one channel make together. */
export interface Piece {
  /** Names the text within the stream: which choice, which tool call, which block. Ends in a space. */
  readonly channel: string
  readonly node: Leaf
  /** What a later piece looks like where this one's own event cannot be said twice: text before and after its string. */
  readonly next?: Template
}

/** An event with a hole where a string goes. */
export interface Template {
  /** The `event:` field, or null for none. */
  readonly name: string | null
  readonly before: string
  readonly after: string
}

/** What one event says. */
export interface Reading {
  readonly pieces: readonly Piece[]
  /** Strings that are a whole text of a model, often one that came in pieces before. */
  readonly wholes: readonly Leaf[]
  /** Beginnings of the names of channels that get no further piece after this event. */
  readonly ends: readonly string[]
  /** Tokens of the text with their probabilities: the same text once more. */
  readonly echoes: readonly Node[]
  /** What must not be said again in a copy of the event. */
  readonly once: readonly Node[]
}

const every = ''

/** Reads an event of the chat, responses, messages, Gemini and Ollama interfaces; what it does not know has no pieces. */
export function readingOf(root: Node): Reading {
  const type = stringAt(root, 'type')?.value ?? ''
  const found = [chat(root), responses(root, type), messages(root, type), gemini(root), ollama(root)]
  return {
    pieces: found.flatMap(({ pieces = [] }) => pieces),
    wholes: found.flatMap(({ wholes = [] }) => wholes),
    ends: [...found.flatMap(({ ends = [] }) => ends), ...(type === 'error' ? [every] : [])],
    echoes: found.flatMap(({ echoes = [] }) => echoes),
    once: found.flatMap(({ once = [] }) => once),
  }
}

/** @see https://platform.openai.com/docs/api-reference/chat-streaming */
function chat(root: Node): Partial<Reading> {
  const choices = items(member(root, 'choices')).map((choice, at) =>
    ofChoice(choice, `choice ${idOf(choice, at)} `),
  )
  return {
    pieces: choices.flatMap(({ pieces }) => pieces),
    wholes: choices.flatMap(({ wholes }) => wholes),
    ends: choices.flatMap(({ ends }) => ends),
    echoes: choices.flatMap(({ echoes }) => echoes),
    once: [...choices.flatMap(({ once }) => once), ...present(member(root, 'usage'))],
  }
}

function ofChoice(choice: Node, group: string): Reading {
  const delta = member(choice, 'delta')
  const message = member(choice, 'message')
  const calls = items(member(delta, 'tool_calls'))
  const finish = stringAt(choice, 'finish_reason')
  return {
    pieces: [
      ...['content', 'refusal', 'reasoning_content', 'reasoning'].flatMap((name) =>
        piece(`${group}${name} `, stringAt(delta, name)),
      ),
      ...items(member(delta, 'content')).flatMap((part) => piece(`${group}content `, stringAt(part, 'text'))),
      ...piece(`${group}text `, stringAt(choice, 'text')),
      ...piece(`${group}function `, stringAt(delta, 'function_call', 'arguments')),
      ...piece(`${group}audio `, stringAt(delta, 'audio', 'transcript')),
      ...calls.flatMap((call, at) => [
        ...piece(`${group}call ${idOf(call, at)} `, stringAt(call, 'function', 'arguments')),
        ...piece(`${group}input ${idOf(call, at)} `, stringAt(call, 'custom', 'input')),
      ]),
    ],
    wholes: [
      ...strings(message, ['content', 'refusal', 'reasoning_content', 'reasoning']),
      ...items(member(message, 'tool_calls')).flatMap((call) =>
        strings(member(call, 'function'), ['arguments']),
      ),
    ],
    ends: finish === undefined ? [] : [group],
    echoes: present(member(choice, 'logprobs')),
    once: [
      ...present(finish),
      ...calls.flatMap((call) => [
        ...strings(call, ['id', 'type']),
        ...strings(member(call, 'function'), ['name']),
        ...strings(member(call, 'custom'), ['name']),
      ]),
    ],
  }
}

/** @see https://platform.openai.com/docs/api-reference/responses-streaming */
function responses(root: Node, type: string): Partial<Reading> {
  if (!type.startsWith('response.')) return {}
  const group = `item ${wordAt(root, 'output_index')} `
  const base = type.replace(/\.(?:delta|done)$/, '')
  const channel = `${group}${base} ${wordAt(root, 'content_index')} ${wordAt(root, 'summary_index')} `
  if (type.endsWith('.delta')) {
    const isSound = base.endsWith('audio')
    return { pieces: isSound ? [] : piece(channel, stringAt(root, 'delta')), echoes: echoesOf(root) }
  }
  const output = items(member(root, 'response', 'output'))
  const parts = [root, member(root, 'part'), member(root, 'item'), ...output].flatMap(partsOf)
  return {
    wholes: parts.flatMap((part) => strings(part, wholeNames)),
    echoes: parts.flatMap(echoesOf),
    ends: type.endsWith('.done') ? [channel] : endings.has(type) ? [every] : [],
  }
}

const wholeNames = ['text', 'refusal', 'transcript', 'arguments', 'input', 'code']
const endings = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
])

/** An item of the output, and what its text is made of. */
function partsOf(item: Node | undefined): Node[] {
  return [...present(item), ...items(member(item, 'content')), ...items(member(item, 'summary'))]
}

function echoesOf(part: Node): readonly Node[] {
  return present(member(part, 'logprobs'))
}

/** @see https://platform.claude.com/docs/en/build-with-claude/streaming */
function messages(root: Node, type: string): Partial<Reading> {
  const index = wordAt(root, 'index')
  const group = `block ${index} `
  switch (type) {
    case 'content_block_start':
      return {
        pieces: blockTexts.flatMap(({ start, kind, name }) =>
          piece(`${group}${name} `, stringAt(root, 'content_block', start), laterBlock(index, kind, name)),
        ),
      }
    case 'content_block_delta':
      return {
        pieces: blockTexts.flatMap(({ name }) => piece(`${group}${name} `, stringAt(root, 'delta', name))),
      }
    case 'content_block_stop':
      return { ends: [group] }
    case 'message_delta':
    case 'message_stop':
      return { ends: [every] }
    default:
      return {}
  }
}

const blockTexts = [
  { start: 'text', kind: 'text_delta', name: 'text' },
  { start: 'thinking', kind: 'thinking_delta', name: 'thinking' },
  { start: 'partial_json', kind: 'input_json_delta', name: 'partial_json' },
] as const

function laterBlock(index: string, kind: string, name: string): Template {
  const before = `{"type":"content_block_delta","index":${index},"delta":{"type":"${kind}","${name}":`
  return { name: 'content_block_delta', before, after: '}}' }
}

/** @see https://ai.google.dev/api/generate-content#generatecontentresponse */
function gemini(root: Node): Partial<Reading> {
  const candidates = items(member(root, 'candidates')).map((candidate, at) => ({
    group: `candidate ${idOf(candidate, at)} `,
    parts: items(member(candidate, 'content', 'parts')),
    finish: stringAt(candidate, 'finishReason'),
    candidate,
  }))
  return {
    pieces: candidates.flatMap(({ group, parts }) =>
      parts.flatMap((part) => piece(`${group}${wordAt(part, 'thought')} `, stringAt(part, 'text'))),
    ),
    ends: candidates.flatMap(({ group, finish }) => (finish === undefined ? [] : [group])),
    echoes: candidates.flatMap(({ candidate }) => present(member(candidate, 'logprobsResult'))),
    once: [...candidates.flatMap(({ finish }) => present(finish)), ...present(member(root, 'usageMetadata'))],
  }
}

/** @see https://docs.ollama.com/api/streaming */
function ollama(root: Node): Partial<Reading> {
  const done = member(root, 'done')
  if (stringAt(root, 'model') === undefined || done?.kind !== 'word') return {}
  return {
    pieces: [
      ...piece('answer content ', stringAt(root, 'message', 'content')),
      ...piece('answer thinking ', stringAt(root, 'message', 'thinking')),
      ...piece('answer response ', stringAt(root, 'response')),
      ...piece('answer thought ', stringAt(root, 'thinking')),
    ],
    ends: done.value === 'true' ? ['answer '] : [],
    echoes: present(member(root, 'logprobs')),
  }
}

function piece(channel: string, node: Leaf | undefined, next?: Template): Piece[] {
  return node === undefined ? [] : [{ channel, node, ...(next !== undefined && { next }) }]
}

function strings(node: Node | undefined, names: readonly string[]): Leaf[] {
  return names.flatMap((name) => present(stringAt(node, name)))
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

/** Which of its siblings a part is: its own number, or its place where it has none. */
function idOf(node: Node, place: number): string {
  return wordAt(node, 'index') || String(place)
}

/** A number or a truth value as it is spelled, short enough for a name; empty where there is none. */
function wordAt(node: Node, name: string): string {
  const found = member(node, name)
  return found?.kind === 'word' && found.value.length <= 16 ? found.value : ''
}
