// One entry of the log: a row, and below it, once it is opened, all that it says and its proof.
import type { LogEntry } from '#wire'
import { useSignal } from '@preact/signals'
import { proveEntry } from './api.ts'
import { membersOf, readEntry } from './entry.ts'
import { Fact, Failure, Foreign, Moment, Path } from './parts.tsx'
import { save } from './save.ts'
import { Refused } from './session.ts'
import { words } from './words.ts'

export function Row({ entry }: { entry: LogEntry }) {
  const isOpen = useSignal(false)
  const { who, what, path, outcome, tone } = readEntry(entry)
  return (
    <>
      <tr class={isOpen.value ? 'open' : undefined}>
        <td>
          <button
            class="entry"
            aria-expanded={isOpen.value}
            aria-label={words.log.details(entry.index)}
            onClick={() => (isOpen.value = !isOpen.value)}
          >
            {entry.index}
          </button>
        </td>
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
      {isOpen.value && (
        <tr class="details">
          <td colSpan={4}>
            <Details entry={entry} />
          </td>
        </tr>
      )}
    </>
  )
}

function Details({ entry: { index, event } }: { entry: LogEntry }) {
  const refused = useSignal<Refused | null>(null)
  const saveProof = async (): Promise<void> => {
    try {
      refused.value = null
      save(new Blob([(await proveEntry(index)).proof]), `entry-${index}.tlog-proof`)
    } catch (thrown) {
      if (thrown instanceof Refused) refused.value = thrown
    }
  }
  return (
    <>
      <dl>
        {event === null
          ? words.log.deleted
          : membersOf(event).map(([name, value]) => (
              <Fact term={name} key={name}>
                <code>
                  <Foreign text={value} limit={1000} />
                </code>
              </Fact>
            ))}
      </dl>
      <p class="below">
        <span class="quiet">{words.log.proofText}</span>
        <button onClick={() => void saveProof()}>{words.log.proof}</button>
      </p>
      {refused.value !== null && <Failure refused={refused.value} />}
    </>
  )
}
