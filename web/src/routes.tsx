// Models and APIs: where routes lead, what assistants used of them, the phantoms in force, and the switch that stops it all.
import { shown } from '#base'
import type { ReplyOf, Route, UsageRow } from '#wire'
import { readRoutes, revokePhantom, switchCalls, type Routes as RoutesReply } from './api.ts'
import { announcement, changes } from './desk.ts'
import { useLoaded } from './loaded.ts'
import { Empty, Fact, Failure, Foreign, Heading, Loading, Moment, Path } from './parts.tsx'
import { routeWords as said } from './words-routes.ts'
import { words } from './words.ts'

type Phantom = ReplyOf<'phantom.list'>['phantoms'][number]

export function Routes() {
  const loaded = useLoaded(readRoutes)
  const isStopped = loaded.state === 'there' && loaded.reply.isStopped
  return (
    <>
      <Heading title={words.pages.routes} lead={said.lead}>
        {loaded.state === 'there' && <Switch isStopped={isStopped} />}
      </Heading>
      {isStopped && (
        <aside class="notice">
          <p>
            <b>{said.stopped}</b> {said.stoppedText}
          </p>
        </aside>
      )}
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <All reply={loaded.reply} />}
    </>
  )
}

/** Stopping asks no question: it is never the dangerous direction. */
function Switch({ isStopped }: { isStopped: boolean }) {
  const change = async (): Promise<void> => {
    const reply = await switchCalls(isStopped ? 'resume' : 'stop').catch(() => null)
    if (reply !== null) announcement.value = isStopped ? said.nowResumed : said.nowStopped
    changes.value++
  }
  return <button onClick={() => void change()}>{isStopped ? said.resume : said.stop}</button>
}

function All({ reply: { routes, usage, phantoms } }: { reply: RoutesReply }) {
  if (routes.length === 0) {
    return (
      <Empty title={said.empty}>
        {said.emptyText} <kbd>keyreeve route add openai</kbd>
      </Empty>
    )
  }
  return (
    <>
      <ul class="panels">
        {routes.map((route) => (
          <RoutePanel
            route={route}
            usage={usage.filter((row) => row.route === route.name)}
            key={route.name}
          />
        ))}
      </ul>
      <h2 class="apart">{said.phantoms}</h2>
      {phantoms.length === 0 ? (
        <p class="quiet">{said.noPhantoms}</p>
      ) : (
        <ul class="panels">
          {phantoms.map((phantom) => (
            <PhantomPanel phantom={phantom} key={phantom.id} />
          ))}
        </ul>
      )}
    </>
  )
}

function RoutePanel({ route, usage }: { route: Route; usage: readonly UsageRow[] }) {
  const { name, baseUrl, secret, allow, models = [] } = route
  const rules = allow.map(({ method, path }) => `${method} ${path}`).join(', ')
  return (
    <li class="panel">
      <h2>{name}</h2>
      <dl>
        <Fact term={said.leadsTo}>
          <Path path={baseUrl} />
        </Fact>
        <Fact term={said.key}>{secret === null ? said.noKey : <Foreign text={secret} limit={96} />}</Fact>
        <Fact term={said.allows}>
          {rules === '' ? said.everything : <Foreign text={rules} limit={400} />}
        </Fact>
        {models.length > 0 && (
          <Fact term={said.models}>
            <Foreign text={models.join(', ')} limit={400} />
          </Fact>
        )}
        <Fact term={said.limits}>{limitsText(route)}</Fact>
        <Fact term={said.used}>{usage.length === 0 ? said.unused : <Used usage={usage} />}</Fact>
      </dl>
    </li>
  )
}

function limitsText({ limits = {} }: Route): string {
  const { perMinute, concurrent, tokensPerDay, costPerDay } = limits
  const all = [
    perMinute === undefined ? null : said.limit.perMinute(perMinute),
    concurrent === undefined ? null : said.limit.concurrent(concurrent),
    tokensPerDay === undefined ? null : said.limit.tokensPerDay(tokensPerDay),
    costPerDay === undefined ? null : said.limit.costPerDay(costPerDay),
  ]
  return all.filter((one) => one !== null).join(', ') || said.noLimits
}

function Used({ usage }: { usage: readonly UsageRow[] }) {
  return (
    <ul>
      {usage.map(({ assistant, requests, input, output, cost }) => (
        <li key={assistant}>
          <Foreign text={assistant} limit={48} />: {said.usage(requests, input, output)}
          {cost > 0 && `, ${said.cost(cost)}`}
        </li>
      ))}
    </ul>
  )
}

function PhantomPanel({ phantom: { id, assistant, route, expiresAt } }: { phantom: Phantom }) {
  const revoke = async (): Promise<void> => {
    const reply = await revokePhantom(id).catch(() => null)
    if (reply !== null) announcement.value = said.revoked
    changes.value++
  }
  return (
    <li class="panel grant">
      <div>
        <h3>
          <Foreign text={assistant} limit={48} />
        </h3>
        <p class="quiet">
          {route},{' '}
          {expiresAt === null ? (
            said.whileItRuns
          ) : (
            <>
              {said.until} <Moment at={expiresAt} />
            </>
          )}
        </p>
      </div>
      <button aria-label={said.revokeOf(shown(assistant, 48), route)} onClick={() => void revoke()}>
        {said.revoke}
      </button>
    </li>
  )
}
