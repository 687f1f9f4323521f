// Reads an event of the log for a person: who did what to which path, and how it ended.
import type { Json } from '#base'
import type { LogEntry } from '#wire'
import { words } from './words.ts'

type Event = NonNullable<LogEntry['event']>

export interface ReadEntry {
  readonly who: string | null
  readonly what: string
  readonly path: string | null
  readonly outcome: string
  readonly tone: 'good' | 'bad' | 'plain'
}

/** Events of kinds that this page does not know are named by their kind: nothing is left out. */
export function readEntry({ event }: LogEntry): ReadEntry {
  if (event === null) {
    return { who: null, what: words.log.deleted, path: null, outcome: '', tone: 'plain' }
  }
  return {
    who: assistantIn(event),
    what: whatOf(event),
    path: textOf(member(event['object'], 'path')) ?? textOf(event['path']),
    ...endOf(event),
  }
}

/** Who is the subject of an event, as its configuration calls it. */
export function assistantIn(event: Event): string | null {
  return textOf(member(event['who'], 'assistant')) ?? textOf(event['assistant'])
}

/** Everything that an event says, member by member: `who executable`, `why consent level`. */
export function membersOf(event: Event): (readonly [string, string])[] {
  return Object.entries(event).flatMap(([name, value]) => flat(name, value))
}

function flat(name: string, value: Json): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  }
  return Object.entries(value).flatMap(([inner, below = null]) => flat(`${name} ${inner}`, below))
}

function whatOf(event: Event): string {
  const kind = textOf(event['kind']) ?? ''
  const named = `${kind} ${textOf(event['what']) ?? ''}`.trim()
  const { kinds, of } = words.log
  return kind === 'outcome' ? of(Number(event['intent'])) : (kinds.get(named) ?? kinds.get(kind) ?? named)
}

function endOf(event: Event): Pick<ReadEntry, 'outcome' | 'tone'> {
  if (event['kind'] === 'intent') return { outcome: allowedBy(event['why']), tone: 'good' }
  if (event['kind'] !== 'denial') return { outcome: plainEnd(event), tone: 'plain' }
  const code = textOf(event['code']) ?? ''
  return { outcome: words.log.codes.get(code) ?? words.log.denied(code), tone: 'bad' }
}

function plainEnd(event: Event): string {
  return (
    ['result', 'decision', 'reason', 'code', 'label'].flatMap((name) => textOf(event[name]) ?? [])[0] ?? ''
  )
}

function allowedBy(why: Json | undefined): string {
  const level = Number(member(member(why, 'consent'), 'level') ?? 0)
  if (level > 0) return level > 1 ? words.log.signed : words.log.asked
  return member(why, 'grant') === undefined ? words.log.byPolicy : words.log.byGrant
}

function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return new Map(Object.entries(value)).get(name)
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}
