// Routes and phantom tokens: what a person sets up for assistants that call models and APIs.
import { asFault, Fault } from '#base'
import { checkedBase } from '#routes'
import type { Handlers, ReplyOf, RequestOf, Route } from '#wire'
import { addressOf, gatewayAddress, tellPhantoms, whoHolds } from './gateway.ts'
import { openedOf, type Client, type House } from './house.ts'
import { append } from './journalling.ts'
import type { Phantom } from './phantoms.ts'

/** Issuing a phantom is a person's yes at a terminal. */
const consentOfIssuing = { level: 1, method: 'terminal', answeredAt: null } as const

/** What command line and console may ask. */
export function routeHandlers(house: House) {
  return {
    'route.list': async () => ({
      ...(await house.programs.ask('keeper', 'keeper.routes', {})),
      gateway: house.gatewayPort === null ? null : addressOf(house.gatewayPort),
    }),
    'route.stop': () => stop(house, true),
    'route.resume': () => stop(house, false),
    'usage.list': () => ({ usage: house.usage.list(), isStopped: house.usage.isStopped }),
    'phantom.list': () => ({ phantoms: house.phantoms.list().map(asShown) }),
    'phantom.revoke': (request) => revoke(house, request),
  } satisfies Handlers
}

/** What only a person at the command line may ask. */
export function routeChangeHandlers(house: House, self: () => Client, requirePerson: () => void) {
  return {
    'route.add': (route) => {
      requirePerson()
      checkedBase(route.baseUrl, route.isPrivate)
      return change(house, { put: route })
    },
    'route.remove': ({ name }) => {
      requirePerson()
      return change(house, { remove: name })
    },
    'phantom.issue': (request) => {
      requirePerson()
      return issue(house, request, self())
    },
  } satisfies Handlers
}

/** Where there are routes, the gateway listens from the unlock on: configurations name its address. Never throws. */
export async function openGateway(house: House): Promise<void> {
  if (house.phase !== 'ready') return
  try {
    const { routes } = await house.programs.ask('keeper', 'keeper.routes', {})
    if (routes.length > 0) await gatewayAddress(house)
    house.gatewayProblem = null
  } catch (thrown) {
    house.gatewayProblem = asFault(thrown, 'the gateway could not be started')
  }
}

/** Ends phantoms at once: the gateway has cut what runs under them before this answers. */
export async function endPhantoms(
  house: House,
  isOver: (phantom: Phantom) => boolean,
  reason: string,
): Promise<number> {
  const ended = house.phantoms.end(isOver)
  if (ended.length > 0) await tellPhantoms(house)
  for (const { id, assistant, route } of ended) {
    append(house, { v: 1, kind: 'phantom', what: 'end', phantom: id, assistant, route, reason })
  }
  return ended.length
}

/** Stopping is kept and done before it is recorded: whoever stops is in a hurry. */
async function stop(house: House, isStopped: boolean): Promise<Record<string, never>> {
  house.usage.stop(isStopped)
  if (isStopped && house.programs.isRunning('gateway')) {
    await house.programs.ask('gateway', 'gateway.drop', { cut: true })
  }
  append(house, { v: 1, kind: 'route', what: isStopped ? 'stop' : 'resume', route: '*' })
  return {}
}

async function change(house: House, request: RequestOf<'keeper.route'>): Promise<Record<string, never>> {
  const { log } = openedOf(house)
  const name = 'put' in request ? request.put.name : request.remove
  await house.programs.ask('keeper', 'keeper.route', request)
  await log.append({
    v: 1,
    kind: 'route',
    ...('put' in request
      ? { what: 'set', route: name, baseUrl: request.put.baseUrl }
      : { what: 'remove', route: name }),
  })
  house.phantoms.forget((_, route) => route === name)
  // What was given for the route as it was is not good for what it leads to now.
  await endPhantoms(house, ({ route }) => route === name, 'route-changed')
  await openGateway(house)
  return {}
}

/** @throws Fault `route-unknown`, `gateway-unavailable`, `busy` */
async function issue(
  house: House,
  request: RequestOf<'phantom.issue'>,
  { id: session }: Client,
): Promise<ReplyOf<'phantom.issue'>> {
  const { log } = openedOf(house)
  const route = await routeNamed(house, request.route)
  const address = await gatewayAddress(house)
  const { assistant, seconds } = request
  const who = whoHolds(house, assistant)
  const life = seconds === null ? null : seconds * 1000
  const purpose = { who, program: '', consent: consentOfIssuing, only: null }
  const issued = house.phantoms.issue({ assistant, life, session }, route, purpose)
  const { id, expiresAt } = issued
  const event = { v: 1, kind: 'phantom', what: 'issue', phantom: id, assistant } as const
  await log.append({ ...event, route: route.name, expiresAt })
  await tellPhantoms(house)
  return { ...issued, url: `${address}/${route.name}` }
}

async function revoke(
  house: House,
  request: RequestOf<'phantom.revoke'>,
): Promise<ReplyOf<'phantom.revoke'>> {
  const revoked = await endPhantoms(house, ({ id }) => 'all' in request || id === request.id, 'person')
  if (revoked === 0 && 'id' in request)
    throw new Fault('phantom-unknown', 'no such phantom token is in force')
  return { revoked }
}

/** @throws Fault `route-unknown` */
export async function routeNamed(house: House, name: string): Promise<Route> {
  const { routes } = await house.programs.ask('keeper', 'keeper.routes', {})
  const route = routes.find((one) => one.name === name)
  if (route === undefined) throw new Fault('route-unknown', 'there is no route of that name')
  return route
}

function asShown({ id, assistant, route, expiresAt }: Phantom): ReplyOf<'phantom.list'>['phantoms'][number] {
  return { id, assistant, route, expiresAt }
}
