// Reads the log's events about consent: who was asked what, and how it was answered.
import type { Json, Milliseconds } from '#base'
import * as z from 'zod'

/** An event as it is read back from the log; null where retention deleted it. */
export interface LoggedEvent {
  readonly time: Milliseconds
  readonly event: Readonly<Record<string, Json>> | null
}

const consent = z.object({
  kind: z.literal('consent'),
  decision: z.enum(['allowed', 'denied', 'timed-out', 'withdrawn']),
  assistant: z.string(),
  destination: z.string(),
  asked: z.enum(['read', 'list', 'edit', 'access', 'call']),
  paths: z.array(z.string()),
  classes: z.array(z.string()),
})

/** A card of the past. Paths stand as they did on the card. */
export type Asked = Omit<z.output<typeof consent>, 'kind'> & { readonly at: Milliseconds }

/** Cards that ended, in the order of the entries. Events of other kinds and shapes are left out. */
export function askedIn(entries: readonly LoggedEvent[]): Asked[] {
  return entries.flatMap(({ time, event }) => {
    const parsed = consent.safeParse(event)
    if (!parsed.success) return []
    const { kind: _kind, ...asked } = parsed.data
    return [{ ...asked, at: time }]
  })
}

/** How many events of a kind there are. */
export function countOf(kind: string, entries: readonly LoggedEvent[]): number {
  return entries.filter(({ event }) => event?.['kind'] === kind).length
}
