// keyreeve route add | list | remove
import { Fault, shown, type ExitCode } from '#base'
import { providerOf, type Rule } from '#routes'
import type { Route } from '#wire'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { table } from './terminal.ts'

/**
 * Sets a route. The name of a provider that Keyreeve knows takes the place of address and kind of key.
 * @throws Fault `usage`, `route-invalid`, `secret-unknown`
 */
export async function add(call: Call): Promise<ExitCode> {
  const route = routeOf(call)
  await withBroker(call.machine, (broker) => broker.ask('route.add', route))
  call.terminal.data(route, [
    `${route.name} leads to ${shown(route.baseUrl, 2048)}`,
    `next: keyreeve run --assistant NAME --route ${route.name} -- COMMAND`,
  ])
  return 0
}

export async function list({ machine, terminal }: Call): Promise<ExitCode> {
  const { routes, gateway } = await withBroker(machine, (broker) => broker.ask('route.list', {}))
  const rows = routes.map(({ name, baseUrl, secret, auth, allow }) => [
    name,
    baseUrl,
    secret ?? '-',
    authText(auth),
    allow.length === 0 ? 'everything' : allow.map(({ method, path }) => `${method} ${path}`).join(', '),
  ])
  terminal.data({ routes, gateway }, [
    ...table(['name', 'leads to', 'secret', 'as', 'may ask for'], rows),
    ...(gateway === null ? [] : ['', `the gateway listens at ${gateway}`]),
  ])
  return 0
}

export async function remove({ machine, terminal, arguments: [name = ''] }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('route.remove', { name }))
  terminal.data({ removed: name }, [`${shown(name)} removed, with every phantom token for it`])
  return 0
}

export async function stop({ machine, terminal }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('route.stop', {}))
  terminal.data({ stopped: true }, ['every call is stopped', 'next: keyreeve route resume'])
  return 0
}

export async function resume({ machine, terminal }: Call): Promise<ExitCode> {
  await withBroker(machine, (broker) => broker.ask('route.resume', {}))
  terminal.data({ stopped: false }, ['calls may be made again'])
  return 0
}

export async function usage({ machine, terminal }: Call): Promise<ExitCode> {
  const reply = await withBroker(machine, (broker) => broker.ask('usage.list', {}))
  const rows = reply.usage.map(({ assistant, route, requests, input, output, cost }) => [
    assistant,
    route,
    ...[requests, input, output].map((count) => count.toLocaleString('en')),
    cost === 0 ? '-' : cost.toFixed(4),
  ])
  terminal.data(reply, [
    ...table(['assistant', 'route', 'requests', 'tokens in', 'out', 'cost'], rows),
    ...(reply.isStopped ? ['', 'every call is stopped; next: keyreeve route resume'] : []),
  ])
  return 0
}

function routeOf({ arguments: [name = ''], options }: Call): Route {
  if (!/^[a-z][a-z\d-]{0,31}$/.test(name)) {
    throw new Fault('usage', 'a name has small letters, digits and hyphens')
  }
  const known = providerOf(name)
  const preset = known ?? { baseUrl: undefined, auth: 'bearer' }
  const { baseUrl = preset.baseUrl, auth = preset.auth, secret = name } = options
  if (typeof baseUrl !== 'string') throw new Fault('usage', 'give --base-url URL: this provider is not known')
  const how = authOf(String(auth))
  return {
    name,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    auth: how,
    secret: how.kind === 'none' ? null : String(secret),
    provider: known === null ? null : name,
    // A model on this machine that Keyreeve knows by name is meant to be there.
    isPrivate: options['private'] === true || (preset.auth === 'none' && baseUrl === preset.baseUrl),
    allow: rulesOf(options['allow']),
    ...modelsOf(options['models']),
    ...limitsOf(options['limits'], options['price']),
  }
}

function authOf(text: string): Route['auth'] {
  if (text === 'none' || text === 'bearer') return { kind: text }
  if (text === 'x-api-key') return { kind: 'header', name: text }
  const [, kind, name = ''] = /^(header|query):([\w!#$%&'*+.^|~-]{1,64})$/.exec(text) ?? []
  if (kind === 'header' || kind === 'query') return { kind, name }
  throw new Fault('usage', 'give --auth bearer, x-api-key, header:NAME, query:NAME or none')
}

function authText(auth: Route['auth']): string {
  return 'name' in auth ? `${auth.kind}:${auth.name}` : auth.kind
}

/** `GET /v1/models, * /v1/chat/**`: a method and a pattern each. */
function rulesOf(text: string | boolean | undefined): Rule[] {
  if (typeof text !== 'string') return []
  return text.split(',').map((rule) => {
    const [, method, path] = /^\s*(\*|[A-Z]{1,16})\s+(\/\S*)\s*$/.exec(rule) ?? []
    if (method === undefined || path === undefined) {
      throw new Fault('usage', 'give --allow as "GET /v1/models, POST /v1/chat/**"')
    }
    return { method, path }
  })
}

function modelsOf(text: string | boolean | undefined): Pick<Route, 'models'> {
  return typeof text === 'string' ? { models: text.split(',').map((name) => name.trim()) } : {}
}

const limitNames = {
  'requests/min': 'perMinute',
  concurrent: 'concurrent',
  'tokens/day': 'tokensPerDay',
  'cost/day': 'costPerDay',
} as const

/** `requests/min=60, cost/day=5`, and what a million tokens cost. */
function limitsOf(
  text: string | boolean | undefined,
  price: string | boolean | undefined,
): Pick<Route, 'limits'> {
  if (typeof text !== 'string' && typeof price !== 'string') return {}
  const limits = typeof text === 'string' ? text.split(',').map(limitOf) : []
  return {
    limits: { ...Object.fromEntries(limits), ...(typeof price === 'string' && { price: priceOf(price) }) },
  }
}

function limitOf(text: string): [string, number] {
  const [, name = '', amount = ''] = /^\s*([\w/]+)=([\d.]+)\s*$/.exec(text) ?? []
  const known = Object.entries(limitNames).find(([spelled]) => spelled === name)
  const value = Number(amount)
  if (known === undefined || !Number.isFinite(value)) {
    throw new Fault(
      'usage',
      'give --limits as "requests/min=60, concurrent=4, tokens/day=2000000, cost/day=5"',
    )
  }
  return [known[1], value]
}

function priceOf(text: string): { input: number; output: number } {
  const [, input, output] = /^\s*input=([\d.]+)\s*,\s*output=([\d.]+)\s*$/.exec(text) ?? []
  if (input === undefined || output === undefined)
    throw new Fault('usage', 'give --price as "input=2.5, output=10"')
  return { input: Number(input), output: Number(output) }
}
