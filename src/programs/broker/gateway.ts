// The gateway's side of the broker: started on demand, told which phantoms are good, and heard before and after each call.
import { Fault } from '#base'
import type { Decision } from '#policy'
import { checkedBase, isAllowed } from '#routes'
import type { Channel, GatewayCall, Handlers, ReplyOf, RequestOf, Route } from '#wire'
import { readFileSync } from 'node:fs'
import { destinationOf } from './config.ts'
import { openedOf, type House } from './house.ts'
import { append, flushOutcomes } from './journalling.ts'
import type { CallWho } from './phantoms.ts'
import { rememberPort, rememberedPort } from './ports.ts'
import { lendTable } from './unlocking.ts'

/** Milliseconds for which one admission is good, and a leased secret is held. */
const admissionLife = 60_000

/** What the gateway may ask. */
export function gatewayHandlers(house: House): Handlers {
  return {
    'gateway.admit': (request) => admit(house, request),
    'gateway.served': ({ calls }): undefined => recordCalls(house, calls),
  }
}

/**
 * Lets a fresh gateway listen, before anything else is asked of it.
 * @throws Fault `gateway-unavailable` if its port cannot be had; `config-invalid` for a CA that cannot be read
 */
export async function serveGateway(house: House, channel: Channel): Promise<void> {
  house.gatewayPort = null
  openedOf(house)
  const { port: wanted, ca } = house.config.gateway
  const asked = wanted === 0 ? rememberedPort(house.places) : wanted
  const wish = { port: asked, ca: caText(ca), usage: house.usage.list() }
  const { port, publicKey } = await channel.ask('gateway.serve', wish)
  rememberPort(house.places, port)
  house.gatewayPort = port
  house.gatewayKey = publicKey
  await lendTable(house, channel)
  await channel.ask('gateway.phantoms', { phantoms: admitted(house) })
}

/** Starts the gateway if it does not run. @returns What clients dial. */
export async function gatewayAddress(house: House): Promise<string> {
  await house.programs.ask('gateway', 'gateway.phantoms', { phantoms: admitted(house) })
  if (house.gatewayPort === null) throw new Fault('gateway-unavailable', 'the gateway does not listen')
  return addressOf(house.gatewayPort)
}

export function addressOf(port: number): string {
  return `http://127.0.0.1:${port}`
}

/** Streams under phantoms that are gone have been cut once this settles. */
export async function tellPhantoms(house: House): Promise<void> {
  if (!house.programs.isRunning('gateway')) return
  await house.programs.ask('gateway', 'gateway.phantoms', { phantoms: admitted(house) })
}

/** The policy on one method and path by one phantom; then the intent, on disk; then the key. */
async function admit(
  house: House,
  { phantom: id, method, path, holds }: RequestOf<'gateway.admit'>,
): Promise<ReplyOf<'gateway.admit'>> {
  const { log } = openedOf(house)
  if (house.usage.isStopped) throw new Fault('calls-stopped', 'the person stopped all calls')
  const phantom = house.phantoms.use(id)
  const { routes } = await house.programs.ask('keeper', 'keeper.routes', {})
  const route = routes.find(({ name }) => name === phantom.route)
  if (route === undefined) throw new Fault('route-unknown', 'the route was removed')
  const { who, program, consent } = phantom
  const object = { path: `${method} ${route.baseUrl}${path}`.slice(0, 2048) }
  const decision = within(decideCall(house, { who, program, route, method, path }), consent.level)
  if (decision.effect !== 'allow') {
    const { code, message } = refusalOf(decision)
    const policies = decision.because
    await log.append({ v: 1, kind: 'denial', who, what: 'call', object, code, policies })
    throw new Fault(code, message)
  }
  flushOutcomes(house)
  const why = { decision: 'allow', policies: decision.because, grant: phantom.id, consent }
  const intent = await log.intend({ v: 1, kind: 'intent', who, what: 'call', object, why })
  return {
    intent: intent.index,
    life: admissionLife,
    route,
    sealed: route.secret === null || holds ? null : await lend(house, route, intent.index),
  }
}

async function lend(house: House, { name }: Route, intent: number): Promise<string> {
  const to = house.gatewayKey
  if (to === null) throw new Fault('gateway-unavailable', 'the gateway does not listen')
  const { sealed } = await house.programs.ask('keeper', 'keeper.lease', { route: name, to, intent })
  return sealed
}

interface Wanted {
  readonly who: CallWho
  readonly program: string
  readonly route: Route
  readonly method: string
  readonly path: string
}

/** The route's own rules first, then the policies. */
export function decideCall(house: House, { who, program, route, method, path }: Wanted): Decision {
  if (!isAllowed(route.allow, method, path)) {
    return { effect: 'deny', because: [], message: 'the route does not lead there' }
  }
  const { name, secret, isPrivate, baseUrl } = route
  return house.policies.decide({
    assistant: { ...who, destination: who.destination ?? 'unknown', name: who.assistant, program },
    action: 'call',
    route: { name, host: checkedBase(baseUrl, isPrivate).hostname, secret, isPrivate },
    method,
    path,
  })
}

/** What asks for no more consent than was given is allowed. */
function within(decision: Decision, level: number): Decision {
  return decision.effect === 'ask' && decision.tier <= level
    ? { effect: 'allow', because: decision.because }
    : decision
}

function refusalOf(decision: Exclude<Decision, { effect: 'allow' }>) {
  return decision.effect === 'deny'
    ? ({ code: 'denied-by-policy', message: decision.message } as const)
    : ({ code: 'consent-unanswerable', message: 'more than a phantom token is needed for this' } as const)
}

/** Whoever holds a phantom that a person issued speaks for its assistant: nothing more is known. */
export function whoHolds({ config }: House, assistant: string): CallWho {
  return {
    assistant,
    destination: destinationOf(config, assistant),
    pid: 0,
    executable: 'unknown',
    launcher: null,
  }
}

function recordCalls(house: House, calls: readonly GatewayCall[]): undefined {
  house.usage.add(calls)
  const byIntent = Map.groupBy(calls, ({ intent }) => intent)
  for (const [intent, served] of byIntent) {
    append(house, { v: 1, kind: 'calls', intent, calls: served.map(withoutNames) })
    const exposed = new Set(served.flatMap(({ exposed: names = [] }) => names))
    for (const name of exposed) {
      append(house, { v: 1, kind: 'exposure', intent, name: openedOf(house).tag(name) })
    }
  }
}

function withoutNames({ status, took, sent, received, tokens, cost, code, isProbing }: GatewayCall) {
  return {
    status,
    took,
    sent,
    received,
    ...(tokens !== undefined && { tokens }),
    ...(cost !== undefined && { cost }),
    ...(code !== undefined && { code }),
    ...(isProbing && { isProbing }),
  }
}

function admitted(house: House): RequestOf<'gateway.phantoms'>['phantoms'] {
  const now = house.clock.monotonic()
  return house.phantoms.list().map(({ id, sha256, assistant, route, endsAt, only }) => ({
    id,
    only,
    sha256,
    assistant,
    route,
    left: endsAt === Infinity ? null : Math.ceil(endsAt - now),
  }))
}

function caText(file: string | null): string | null {
  if (file === null) return null
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', 'the file of [gateway] ca cannot be read', { cause })
  }
}
