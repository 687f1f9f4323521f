// The log as people read it, newest first: looked through, verified, exported.
import type { LogEntry } from '#wire'
import { useSignal } from '@preact/signals'
import { useCallback, useEffect } from 'preact/hooks'
import { exportLog, listLog, type Listed } from './api.ts'
import { assistantIn } from './entry.ts'
import { useLoaded } from './loaded.ts'
import { LogFilter } from './log-filter.tsx'
import { Row } from './log-row.tsx'
import { Verification } from './log-verification.tsx'
import { Empty, Failure, Heading, Loading } from './parts.tsx'
import { save } from './save.ts'
import { words } from './words.ts'

export function Log() {
  const query = useSignal('')
  const names = useSignal<readonly string[]>([])
  const read = useCallback(() => listLog(new URLSearchParams(query.value)), [query.value])
  const newest = useLoaded(read)
  const isFiltered = query.value !== ''
  useEffect(() => {
    if (newest.state === 'there') names.value = namesIn(newest.reply.entries, names.value)
  }, [newest])
  return (
    <>
      <Heading
        title={words.pages.log}
        {...(newest.state === 'there' && { lead: words.log.lead(newest.reply.size) })}
      >
        <button onClick={() => void saveAll(query.value)}>
          {isFiltered ? words.log.exportThese : words.log.export}
        </button>
      </Heading>
      <Verification />
      <LogFilter names={names.value} onChange={(next) => (query.value = next)} />
      {newest.state === 'loading' && <Loading />}
      {newest.state === 'refused' && <Failure refused={newest.refused} />}
      {newest.state === 'there' && <Found newest={newest.reply} query={query.value} key={query.value} />}
    </>
  )
}

/** Names that were seen stay to be chosen, also while only one of them is looked for. */
function namesIn(entries: readonly LogEntry[], known: readonly string[]): readonly string[] {
  const seen = entries.flatMap(({ event }) => (event === null ? [] : (assistantIn(event) ?? [])))
  return [...new Set([...known, ...seen])].toSorted()
}

async function saveAll(query: string): Promise<void> {
  const lines = await exportLog(new URLSearchParams(query)).catch(() => null)
  if (lines !== null) save(lines, 'keyreeve-log.jsonl')
}

function Found({ newest, query }: { newest: Listed; query: string }) {
  if (newest.entries.length > 0 || newest.older !== null) return <Entries newest={newest} query={query} />
  const [title, text] =
    query === '' ? [words.log.empty, words.log.emptyText] : [words.log.nothing, words.log.nothingText]
  return <Empty title={title}>{text}</Empty>
}

function Entries({ newest, query }: { newest: Listed; query: string }) {
  const more = useSignal<Pick<Listed, 'entries' | 'older'> | null>(null)
  // After a change the newest are loaded again; what lies between them and the older ones would be missing.
  useEffect(() => {
    more.value = null
  }, [newest])
  const entries = [...newest.entries, ...(more.value?.entries ?? [])]
  const { older } = more.value ?? newest
  const loadOlder = async (before: number): Promise<void> => {
    const listed = await listLog(new URLSearchParams(query), before).catch(() => null)
    if (listed === null) return
    more.value = { entries: [...(more.value?.entries ?? []), ...listed.entries], older: listed.older }
  }
  return (
    <>
      <table class="log">
        <thead>
          <tr>
            <th scope="col">{words.log.columns.index}</th>
            <th scope="col">{words.log.columns.time}</th>
            <th scope="col">{words.log.columns.what}</th>
            <th scope="col">{words.log.columns.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row entry={entry} key={entry.index} />
          ))}
        </tbody>
      </table>
      {older !== null && (
        <button class="more" onClick={() => void loadOlder(older)}>
          {words.log.older}
        </button>
      )}
    </>
  )
}
