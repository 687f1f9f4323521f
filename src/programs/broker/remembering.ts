// The memory of consent: each card that ends is put on record, and a start takes up what the log tells of the past.
import type { Milliseconds } from '#base'
import type { Ending, Remembered } from '#consent'
import type { Entry, Log } from '#journal'
import * as z from 'zod'
import type { House } from './house.ts'
import { append } from './journalling.ts'

/** Characters of all paths of one event, which has a limit of its own. */
const mostCharacters = 15_000
const page = 250
/** Entries that a start looks back through at most. */
const mostEntries = 5000
const longestEmbargo: Milliseconds = 600_000

const answered = z.object({
  kind: z.literal('consent'),
  decision: z.enum(['allowed', 'denied']),
  method: z.enum(['console', 'terminal', 'window', 'passkey']),
  assistant: z.string(),
  paths: z.array(z.string()),
})

/** Writes how a card ended, and who ended it. */
export function recordEnding(house: House, { card, outcome, method, scope }: Ending): void {
  append(house, {
    v: 1,
    kind: 'consent',
    card: card.digest,
    decision: outcome,
    method,
    assistant: card.caller.assistant,
    destination: card.caller.destination,
    asked: card.kind,
    paths: pathsWithin([card.path ?? [], ...card.items.map(({ path }) => path)].flat()),
    classes: card.classes,
    ...(scope !== null && { scope }),
  })
}

function pathsWithin(paths: readonly string[]): string[] {
  let left = mostCharacters
  return paths.filter((path) => (left -= path.length) >= 0)
}

/**
 * Tells the desk of the answers that the log holds. Returns when every embargo that may still last is known; what is
 * older follows behind.
 */
export async function recallConsent(house: House, log: Log): Promise<void> {
  const since = house.clock.now() - longestEmbargo
  let before = log.size
  const readOn = async (isDone: (oldest: Entry) => boolean): Promise<void> => {
    const entries = await log.list({ before, limit: page })
    recall(house, entries)
    const oldest = entries.at(-1)
    before = oldest?.index ?? 0
    if (oldest !== undefined && before > 0 && !isDone(oldest)) await readOn(isDone)
  }
  const end = log.size - mostEntries
  await readOn(({ time, index }) => time < since || index <= end)
  if (before > 0) readOn(({ index }) => index <= end).catch(() => {})
}

function recall({ desk, questions }: House, entries: readonly Entry[]): void {
  for (const { event, time } of entries) if (event?.['kind'] === 'consent') questions.note(time)
  desk.recall(entries.flatMap(answerOf))
}

function answerOf({ event, time }: Entry): Remembered[] {
  const parsed = answered.safeParse(event)
  if (!parsed.success) return []
  const { kind: _kind, ...answer } = parsed.data
  return [{ ...answer, at: time }]
}
