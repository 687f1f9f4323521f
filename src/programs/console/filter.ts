// Which entries of the log a person looks for.
import { Fault, type Json } from '#base'
import type { LogEntry } from '#wire'

/** What is not given lets everything through. */
export interface Filter {
  readonly assistant: string | null
  readonly kind: string | null
  readonly outcome: string | null
  /** Anywhere in the event, whatever its case. */
  readonly text: string | null
}

type Event = NonNullable<LogEntry['event']>

/** What a person would call the events. */
const kinds: readonly string[] = ['files', 'calls', 'access', 'answers', 'vault', 'house']
const outcomes: readonly string[] = ['allowed', 'denied', 'failed']
const longestText = 256

/** @throws Fault `message-invalid` for a kind or an outcome that there is not. */
export function filterOf(query: URLSearchParams): Filter {
  return {
    assistant: given(query, 'assistant'),
    kind: oneOf(kinds, given(query, 'kind')),
    outcome: oneOf(outcomes, given(query, 'outcome')),
    text: given(query, 'text')?.toLowerCase() ?? null,
  }
}

/** True if the filter lets everything through, also what retention deleted. */
export function isOpen(filter: Filter): boolean {
  return Object.values(filter).every((wanted) => wanted === null)
}

export function passes({ event }: LogEntry, filter: Filter): boolean {
  if (isOpen(filter)) return true
  if (event === null) return false
  const { assistant, kind, outcome, text } = filter
  return (
    (assistant === null || assistant === assistantOf(event)) &&
    (kind === null || kind === kindOf(event)) &&
    (outcome === null || outcome === outcomeOf(event)) &&
    (text === null || JSON.stringify(event).toLowerCase().includes(JSON.stringify(text).slice(1, -1)))
  )
}

/** Who is the subject of an event, as its configuration calls it. */
export function assistantOf(event: Event): string | null {
  const name = member(event['who'], 'assistant') ?? event['assistant']
  return typeof name === 'string' ? name : null
}

const kindsOfEvents: ReadonlyMap<unknown, string> = new Map([
  ['outcome', 'files'],
  ['calls', 'calls'],
  ['exposure', 'calls'],
  ['phantom', 'calls'],
  ['route', 'calls'],
  ['grant', 'access'],
  ['revocation', 'access'],
  ['consent', 'answers'],
  ['secret', 'vault'],
  ['passkey', 'vault'],
])
const kindsOfDeeds: ReadonlyMap<unknown, string> = new Map([
  ['grant', 'access'],
  ['call', 'calls'],
])

function kindOf({ kind, what }: Event): string {
  if (kind === 'intent' || kind === 'denial') return kindsOfDeeds.get(what) ?? 'files'
  return kindsOfEvents.get(kind) ?? 'house'
}

function outcomeOf({ kind, decision, result }: Event): string | null {
  if (kind === 'intent' || decision === 'allowed') return 'allowed'
  if (kind === 'denial' || decision === 'denied' || decision === 'timed-out') return 'denied'
  return result === 'failed' || result === 'undelivered' ? 'failed' : null
}

export function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return new Map(Object.entries(value)).get(name)
}

function given(query: URLSearchParams, name: string): string | null {
  const text = query.get(name)
  if (text !== null && text.length > longestText) {
    throw new Fault('message-invalid', `"${name}" is longer than ${longestText} characters`)
  }
  return text === '' ? null : text
}

function oneOf(allowed: readonly string[], text: string | null): string | null {
  if (text !== null && !allowed.includes(text)) {
    throw new Fault('message-invalid', `look for one of: ${allowed.join(', ')}`)
  }
  return text
}
