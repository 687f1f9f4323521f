// What assistants may do without asking, until when, and the buttons that end it.
import { shown } from '#base'
import type { Grant } from '#wire'
import { listGrants, revokeGrants } from './api.ts'
import { announcement, changes } from './desk.ts'
import { machineNow } from './live.ts'
import { useLoaded } from './loaded.ts'
import { Empty, Fact, Failure, Foreign, Heading, Loading, Moment, Path, roughly } from './parts.tsx'
import { words } from './words.ts'

export function Grants() {
  const loaded = useLoaded(listGrants)
  const grants = loaded.state === 'there' ? loaded.reply.grants : []
  return (
    <>
      <Heading title={words.pages.grants} lead={words.grants.lead}>
        {grants.length > 1 && <button onClick={() => void revoke()}>{words.grants.revokeAll}</button>}
      </Heading>
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' &&
        (grants.length === 0 ? (
          <Empty title={words.grants.empty}>{words.grants.emptyText}</Empty>
        ) : (
          <ul class="panels">
            {grants.map((grant) => (
              <GrantRow grant={grant} key={grant.id} />
            ))}
          </ul>
        ))}
    </>
  )
}

export function GrantRow({ grant }: { grant: Grant }) {
  const { id, assistant, path, scope, createdAt, expiresAt, lastUsedAt, method } = grant
  const label = words.grants.revokeOf(shown(assistant, 48), shown(path, 160))
  return (
    <li class="panel grant">
      <div>
        <h2>
          <Foreign text={assistant} limit={48} />
        </h2>
        <p class="object">
          <Path path={path} />
        </p>
        <p class="chips">
          <span class="chip">{words.grants.scope[scope]}</span>
        </p>
      </div>
      <button aria-label={label} onClick={() => void revoke(id)}>
        {words.grants.revoke}
      </button>
      <dl>
        <Fact term={words.grants.until}>
          {roughly(expiresAt - machineNow())}, <Moment at={expiresAt} />
        </Fact>
        <Fact term={words.grants.used}>
          {lastUsedAt === null ? words.grants.never : <Moment at={lastUsedAt} />}
        </Fact>
        <Fact term={words.grants.given}>
          <Moment at={createdAt} /> {words.grants.method[method]}
        </Fact>
      </dl>
    </li>
  )
}

/** No question before: taking a right away is never the dangerous direction. */
async function revoke(id?: string): Promise<void> {
  const reply = await revokeGrants(id).catch(() => null)
  if (reply !== null) announcement.value = words.grants.revoked(reply.revoked)
  changes.value++
}
