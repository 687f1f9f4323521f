// The log below /api: what a person looks for in it, the proof of one entry, the whole of it verified or exported.
import { Fault } from '#base'
import type { LogEntry, ReplyOf } from '#wire'
import { pipeline } from 'node:stream/promises'
import { headersOfAll } from './answers.ts'
import { ask, type Call, type Desk } from './asking.ts'
import { queryOf } from './entrance.ts'
import { filterOf, isOpen, passes, type Filter } from './filter.ts'

const usualEntries = '50'
/** The most that the broker gives at once. */
const longestPage = 1000
/** Entries that one request looks through: the page shows what there is, and asks on. */
const mostLookedThrough = 20_000

interface Wanted {
  readonly filter: Filter
  readonly limit: number
  readonly before: number | null
}

interface Found {
  readonly size: number
  /** Newest first. */
  readonly entries: readonly LogEntry[]
  /** What to ask for entries before; null where there are none. */
  readonly older: number | null
}

export async function listLog({ desk, request }: Call): Promise<Found> {
  const query = queryOf(request)
  const before = query.get('before')
  const limit = Number(query.get('limit') ?? usualEntries)
  if (!Number.isInteger(limit) || limit < 1 || limit > longestPage) {
    throw new Fault('message-invalid', `the limit is from 1 to ${longestPage}`)
  }
  return find(desk, { filter: filterOf(query), limit, before: before === null ? null : Number(before) })
}

async function find(desk: Desk, { filter, limit, before }: Wanted): Promise<Found> {
  const entries: LogEntry[] = []
  let [size, looked, last] = [0, 0, 0]
  for await (const page of pages(desk, before, isOpen(filter) ? limit : longestPage)) {
    size = page.size
    for (const entry of page.entries) {
      last = entry.index
      if (passes(entry, filter)) entries.push(entry)
      if (entries.length === limit) return { size, entries, older: last || null }
    }
    looked += page.entries.length
    if (looked >= mostLookedThrough) return { size, entries, older: last || null }
  }
  return { size, entries, older: null }
}

async function* pages(desk: Desk, before: number | null, limit: number): AsyncGenerator<ReplyOf<'log.list'>> {
  let last = before
  do {
    const page = await ask(desk, 'log.list', { limit, ...(last !== null && { before: last }) })
    yield page
    last = page.entries.at(-1)?.index ?? 0
  } while (last > 0)
}

/** Every entry that passes, newest first, one line of JSON each. */
export async function exportLog({ desk, request, response }: Call): Promise<null> {
  const filter = filterOf(queryOf(request))
  const all = pages(desk, null, longestPage)
  // A refusal of the broker comes with the first page, while it can still be said.
  const first = await all.next()
  response.writeHead(200, { ...headersOfAll, 'content-type': 'application/x-ndjson; charset=utf-8' })
  await pipeline(async function* () {
    if (first.done !== true) yield linesOf(first.value, filter)
    for await (const page of all) yield linesOf(page, filter)
  }, response)
  return null
}

function linesOf({ entries }: ReplyOf<'log.list'>, filter: Filter): string {
  const passed = entries.filter((entry) => passes(entry, filter))
  return passed.map((entry) => `${JSON.stringify({ v: 1, ...entry })}\n`).join('')
}

/** What stands on disk, verified now. */
export async function verify({ desk }: Call): Promise<object> {
  const at = desk.clock.now()
  const { ok, size, root, publishedThrough, problems } = await desk.published.verify()
  return { ok, size, root, publishedThrough, problems, at }
}

export async function prove({ desk, id }: Call): Promise<object> {
  return { proof: await desk.published.prove(Number(id)) }
}
