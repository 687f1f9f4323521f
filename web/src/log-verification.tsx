// Whether the log on disk is the one that its key signed: verified when the page opens, and when it is asked again.
import { shown } from '#base'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { verifyLog, type Verified } from './api.ts'
import { Failure, Moment } from './parts.tsx'
import { Refused } from './session.ts'
import { words } from './words.ts'

export function Verification() {
  const found = useSignal<Verified | Refused | null>(null)
  const look = async (): Promise<void> => {
    found.value = null
    found.value = await verifyLog().catch((thrown: unknown) => (thrown instanceof Refused ? thrown : null))
  }
  useEffect(() => void look(), [])
  if (found.value instanceof Refused) return <Failure refused={found.value} />
  return (
    <section class="panel verification" aria-live="polite">
      {found.value === null ? (
        <p class="quiet">{words.log.verifying}</p>
      ) : (
        <Verdict found={found.value} onAgain={() => void look()} />
      )}
    </section>
  )
}

function Verdict({ found, onAgain }: { found: Verified; onAgain: () => void }) {
  const { ok, size, root, problems, at } = found
  return (
    <>
      <p>
        <span class={`chip ${ok ? 'good' : 'bad'}`}>{ok ? words.log.verified : words.log.unverified}</span>{' '}
        {words.log.through(size)}, <Moment at={at} seconds />
      </p>
      <button onClick={onAgain}>{words.log.again}</button>
      {!ok && (
        <ul>
          {problems.map(({ code, index, detail }) => (
            <li key={`${code} ${index}`}>{words.log.problem(shown(detail), index)}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>{words.log.meaning}</summary>
        <p>{words.log.meaningText}</p>
        <p>
          {words.status.root} <code>{shown(root)}</code>
        </p>
      </details>
    </>
  )
}
