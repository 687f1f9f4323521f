// Collects the past from a log that gives it page by page, newest first.
import type { Milliseconds } from '#base'
import type { LoggedEvent } from './history.ts'

/** One event of a page. */
export interface IndexedEvent extends LoggedEvent {
  readonly index: number
}

/** Asks the log for what is older than `before`, or for the newest. */
export type Page = (asked: {
  readonly limit: number
  readonly before?: number
}) => Promise<{ readonly entries: readonly IndexedEvent[] }>

const pageLength = 1000

/** All events since a moment, newest first; not more than `most` of them. */
export async function entriesSince(page: Page, since: Milliseconds, most = 20_000): Promise<IndexedEvent[]> {
  const found: IndexedEvent[] = []
  let before: number | undefined
  do {
    const { entries } = await page({ limit: pageLength, ...(before !== undefined && { before }) })
    found.push(...entries)
    before = entries.length < pageLength ? 0 : (entries.at(-1)?.index ?? 0)
  } while (before > 0 && found.length < most && (found.at(-1)?.time ?? 0) >= since)
  return found.filter(({ time }) => time >= since).slice(0, most)
}
