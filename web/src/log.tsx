// The log as people read it, newest first.
import type { LogEntry } from '#wire'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { listNewest, listOlder, type Listed } from './api.ts'
import { readEntry } from './entry.ts'
import { useLoaded } from './loaded.ts'
import { Empty, Failure, Foreign, Heading, Loading, Moment, Path } from './parts.tsx'
import { words } from './words.ts'

export function Log() {
  const newest = useLoaded(listNewest)
  return (
    <>
      <Heading
        title={words.pages.log}
        {...(newest.state === 'there' && { lead: words.log.lead(newest.reply.size) })}
      />
      {newest.state === 'loading' && <Loading />}
      {newest.state === 'refused' && <Failure refused={newest.refused} />}
      {newest.state === 'there' &&
        (newest.reply.size === 0 ? (
          <Empty title={words.log.empty}>{words.log.emptyText}</Empty>
        ) : (
          <Entries newest={newest.reply.entries} />
        ))}
    </>
  )
}

function Entries({ newest }: { newest: Listed['entries'] }) {
  const older = useSignal<Listed['entries']>([])
  // After a change the newest are loaded again; what lies between them and the older ones would be missing.
  useEffect(() => {
    older.value = []
  }, [newest])
  const entries = [...newest, ...older.value]
  const last = entries.at(-1)?.index ?? 0
  const loadOlder = async (): Promise<void> => {
    const listed = await listOlder(last).catch(() => null)
    if (listed !== null) older.value = [...older.value, ...listed.entries]
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
      {last > 0 && (
        <button class="more" onClick={() => void loadOlder()}>
          {words.log.older}
        </button>
      )}
    </>
  )
}

function Row({ entry }: { entry: LogEntry }) {
  const { who, what, path, outcome, tone } = readEntry(entry)
  return (
    <tr>
      <td class="quiet">{entry.index}</td>
      <td class="quiet">
        <Moment at={entry.time} seconds />
      </td>
      <td>
        {who !== null && <Foreign text={who} limit={48} />} <Foreign text={what} limit={96} />
        {path !== null && <Path path={path} />}
      </td>
      <td>
        <span class={`outcome ${tone}`}>
          <Foreign text={outcome} limit={96} />
        </span>
      </td>
    </tr>
  )
}
