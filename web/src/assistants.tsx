// Who asks for things: what the system proves of each assistant, apart from what it only claims.
import { listAssistants, type SeenAssistant, type SeenProgram } from './api.ts'
import { useLoaded } from './loaded.ts'
import { Empty, Fact, Failure, Foreign, Heading, Loading, Moment, Path } from './parts.tsx'
import { Who } from './who.tsx'
import { words } from './words.ts'

const { assistants: said } = words

export function Assistants() {
  const loaded = useLoaded(listAssistants)
  return (
    <>
      <Heading title={words.pages.assistants} lead={said.lead} />
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <List assistants={loaded.reply.assistants} />}
    </>
  )
}

function List({ assistants }: { assistants: readonly SeenAssistant[] }) {
  if (assistants.length === 0) return <Empty title={said.empty}>{said.emptyText}</Empty>
  return (
    <ul class="panels">
      {assistants.map((assistant) => (
        <Seen assistant={assistant} key={assistant.name} />
      ))}
    </ul>
  )
}

function Seen({ assistant: { name, connected, programs, grants } }: { assistant: SeenAssistant }) {
  return (
    <li class="panel assistant">
      <h2>
        <Foreign text={name} limit={48} />
      </h2>
      <p class="chips">
        {connected.length > 0 ? (
          <span class="chip good">{said.connected}</span>
        ) : (
          <span class="chip">{said.away}</span>
        )}
        {grants > 0 && <span class="chip">{said.grants(grants)}</span>}
        {programs.length > 1 && <span class="chip sensitive">{said.several(programs.length)}</span>}
      </p>
      {connected.map((caller) => (
        <Who caller={caller} key={caller.proved.pid}>
          <Fact term={said.name}>{said.nameText}</Fact>
        </Who>
      ))}
      {programs.length > 0 && <History programs={programs} />}
    </li>
  )
}

/** What asked under this name in the last thirty days, also by another program than the one that is connected. */
function History({ programs }: { programs: readonly SeenProgram[] }) {
  return (
    <section class="seen">
      <h3>{said.history}</h3>
      <ul class="items">
        {programs.map(({ executable, launcher, firstAt, lastAt, allowed, denied }) => (
          <li key={`${launcher} ${executable}`}>
            <span>
              <Path path={launcher ?? executable} />
              {launcher !== null && (
                <>
                  {' '}
                  <span class="quiet">{said.by}</span> <Path path={executable} />
                </>
              )}
            </span>
            <span class="quiet">
              {said.counts(allowed, denied)}, <Moment at={firstAt} /> {said.to} <Moment at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
