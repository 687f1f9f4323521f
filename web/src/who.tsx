// Who an assistant is: what the system proves stands apart from what the assistant only says of itself.
import type { Caller } from '#wire'
import type { ComponentChildren } from 'preact'
import { Fact, Foreign, Path } from './parts.tsx'
import { words } from './words.ts'

interface WhoProps {
  readonly caller: Caller
  /** More facts of each kind. */
  readonly proved?: ComponentChildren
  readonly children?: ComponentChildren
}

export function Who({ caller, proved: moreProved, children: moreClaimed }: WhoProps) {
  const { proved, claimed, destination } = caller
  return (
    <div class="who">
      <section class="proved">
        <h3>{words.card.proved}</h3>
        <dl>
          <Fact term={words.card.launcher}>
            {proved.launcher === null ? words.card.noLauncher : <Process {...proved.launcher} />}
          </Fact>
          <Fact term={words.card.program}>
            <Process {...proved} />
          </Fact>
          <Fact term={words.card.user}>{proved.uid}</Fact>
          <Fact term={words.card.destination}>{words.card.destinations(destination)}</Fact>
          {moreProved}
        </dl>
      </section>
      <section class="claimed">
        <h3>
          {words.card.claimed} <span class="chip doubtful">{words.card.unverified}</span>
        </h3>
        <dl>
          <Fact term={words.card.client}>
            {claimed === null ? (
              words.card.noClient
            ) : (
              <Foreign text={`${claimed.name} ${claimed.version}`} limit={96} />
            )}
          </Fact>
          {moreClaimed}
        </dl>
      </section>
    </div>
  )
}

type Program = NonNullable<Caller['proved']['launcher']>

function Process({ executable, pid, sha256, package: from }: Program) {
  return (
    <>
      <Path path={executable} /> <span class="quiet">{words.card.pid(pid)}</span>
      {from !== null && (
        <span class="quiet">
          , {words.card.package} <Foreign text={from} limit={48} />
        </span>
      )}
      {sha256 !== null && (
        <span class="quiet" title={sha256}>
          , {words.card.hash(sha256.slice(0, 12))}
        </span>
      )}
    </>
  )
}
