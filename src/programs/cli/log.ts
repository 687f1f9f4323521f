// keyreeve log list | show
import { shown, type ExitCode } from '#base'
import type { LogEntry } from '#wire'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, pairs, table } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'

const usualLimit = 20
const mostEntries = 1000

export async function list({ machine, terminal, options }: Call): Promise<ExitCode> {
  const limit = wholeNumber(options['limit'] ?? String(usualLimit), '--limit', mostEntries)
  const before = options['before'] === undefined ? {} : { before: wholeNumber(options['before'], '--before') }
  const found = await withBroker(machine, (broker) => broker.ask('log.list', { limit, ...before }))
  const head = ['entry', 'time', 'event', 'assistant', 'what', 'object', 'result']
  terminal.data(found, table(head, found.entries.map(rowOf)))
  return 0
}

export async function show({ machine, terminal, arguments: [text] }: Call): Promise<ExitCode> {
  const index = wholeNumber(text, 'the number of the entry')
  const entry = await withBroker(machine, (broker) => broker.ask('log.show', { index }))
  terminal.data(entry, entryLines(entry))
  return 0
}

export function entryLines({ index, time, event }: LogEntry): string[] {
  const members = Object.entries(event ?? { event: 'deleted by retention; its proof stands' })
  return pairs([
    ['entry', String(index)],
    ['time', `${moment(time)} UTC`],
    ...members.map(([name, value]) => [shown(name), cell(value)] as const),
  ])
}

/** The members that most events have; `log show` has all. */
export function rowOf({ index, time, event }: LogEntry): string[] {
  const at = [String(index), moment(time)]
  if (event === null) return [...at, 'deleted', '', '', '', 'its proof stands']
  const { kind, what, intent } = event
  const object =
    member(event['object'], 'path') ??
    event['path'] ??
    event['route'] ??
    (intent === undefined ? '' : `entry ${cell(intent)}`)
  const result = event['code'] ?? event['result'] ?? member(event['why'], 'decision')
  const assistant = member(event['who'], 'assistant') ?? event['assistant']
  return [
    ...at,
    ...[kind, assistant, what, object, result].map((value) => (value === undefined ? '' : cell(value))),
  ]
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function cell(value: unknown): string {
  return shown(typeof value === 'string' ? value : JSON.stringify(value), 2000)
}
