// keyreeve token issue | list | revoke: phantom tokens, which assistants hold in place of keys.
import { Fault, shown, type ExitCode } from '#base'
import { providerOf } from '#routes'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, pairs, table } from './terminal.ts'

const units = { s: 1, m: 60, h: 3600 } as const
const longest = 86_400

/** Prints a phantom token: on stdout, once. @throws Fault `usage`, `route-unknown` */
export async function issue({ machine, terminal, options }: Call): Promise<ExitCode> {
  const { assistant, route, ttl = '15m' } = options
  if (typeof assistant !== 'string' || typeof route !== 'string') {
    throw new Fault('usage', 'give --assistant NAME and --route NAME')
  }
  const wish = { assistant, route, seconds: secondsOf(String(ttl)) }
  const issued = await withBroker(machine, (broker) => broker.ask('phantom.issue', wish))
  // What clients of the provider call its base URL.
  const baseUrl = issued.url + (providerOf(route)?.suffix ?? '')
  terminal.data({ ...issued, baseUrl }, [
    ...pairs([
      ['base URL', baseUrl],
      ['key', issued.token],
      ['good until', issued.expiresAt === null ? '-' : `${moment(issued.expiresAt)} UTC`],
    ]),
  ])
  return 0
}

export async function list({ machine, terminal }: Call): Promise<ExitCode> {
  const { phantoms } = await withBroker(machine, (broker) => broker.ask('phantom.list', {}))
  const rows = phantoms.map(({ id, assistant, route, expiresAt }) => [
    id,
    assistant,
    route,
    expiresAt === null ? 'its program ends' : moment(expiresAt),
  ])
  terminal.data({ phantoms }, table(['id', 'assistant', 'route', 'good until'], rows))
  return 0
}

export async function revoke({ machine, terminal, arguments: [id], options }: Call): Promise<ExitCode> {
  const isAll = options['all'] === true
  if (isAll === (id !== undefined)) throw new Fault('usage', 'give an id, or --all')
  const request = id === undefined ? ({ all: true } as const) : { id }
  const { revoked } = await withBroker(machine, (broker) => broker.ask('phantom.revoke', request))
  terminal.data({ revoked }, [id === undefined ? `${revoked} revoked` : `${shown(id)} revoked`])
  return 0
}

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? []
  const seconds = unit === 's' || unit === 'm' || unit === 'h' ? Number(count) * units[unit] : 0
  if (seconds >= 1 && seconds <= longest) return seconds
  throw new Fault('usage', 'give --ttl as 90s, 15m or 8h, at most 24h')
}
