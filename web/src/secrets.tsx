// The names of the secrets in the vault, and how old each is. No value ever comes here.
import { shown } from '#base'
import type { ReplyOf } from '#wire'
import { listSecrets } from './api.ts'
import { machineNow } from './live.ts'
import { useLoaded } from './loaded.ts'
import { Empty, Failure, Foreign, Heading, Loading, Moment } from './parts.tsx'
import { words } from './words.ts'

type Secret = ReplyOf<'secret.list'>['secrets'][number]

const day = 86_400_000
/** A key that was not changed for so long is worth a thought, in days. */
const old = 180

export function Secrets() {
  const loaded = useLoaded(listSecrets)
  return (
    <>
      <Heading title={words.pages.secrets} lead={words.secrets.lead} />
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <List secrets={loaded.reply.secrets} />}
    </>
  )
}

function List({ secrets }: { secrets: readonly Secret[] }) {
  if (secrets.length === 0) {
    return (
      <Empty title={words.secrets.empty}>
        {words.secrets.emptyText} <kbd>keyreeve secret set NAME</kbd>
      </Empty>
    )
  }
  return (
    <>
      <table class="log">
        <thead>
          <tr>
            <th scope="col">{words.secrets.columns.name}</th>
            <th scope="col">{words.secrets.columns.age}</th>
            <th scope="col">{words.secrets.columns.changed}</th>
            <th scope="col">{words.secrets.columns.version}</th>
          </tr>
        </thead>
        <tbody>
          {secrets.map((secret) => (
            <Row secret={secret} key={secret.name} />
          ))}
        </tbody>
      </table>
      <p class="more quiet">
        {words.secrets.rotate} <kbd>keyreeve secret set NAME</kbd>
      </p>
    </>
  )
}

function Row({ secret: { name, version, createdAt, updatedAt } }: { secret: Secret }) {
  const days = Math.floor((machineNow() - updatedAt) / day)
  return (
    <tr>
      <th scope="row">
        <code title={shown(name)}>
          <Foreign text={name} limit={96} />
        </code>
      </th>
      <td class="age">
        {words.secrets.age(days)} {days >= old && <span class="chip sensitive">{words.secrets.old}</span>}
      </td>
      <td class="quiet">
        <Moment at={updatedAt} />
      </td>
      <td class="quiet">
        {words.secrets.version(version)}, {words.secrets.since} <Moment at={createdAt} />
      </td>
    </tr>
  )
}
