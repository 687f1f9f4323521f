// keyreeve grant list | revoke
import { Fault, type ExitCode } from '#base'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { moment, table } from './terminal.ts'

export async function list({ machine, terminal }: Call): Promise<ExitCode> {
  const { grants } = await withBroker(machine, (broker) => broker.ask('grant.list', {}))
  const rows = grants.map((grant) => [
    grant.id,
    grant.assistant,
    grant.destination,
    grant.scope,
    grant.path,
    moment(grant.expiresAt),
    grant.lastUsedAt === null ? 'never' : moment(grant.lastUsedAt),
  ])
  terminal.data({ grants }, table(['id', 'assistant', 'goes to', 'scope', 'path', 'ends', 'last used'], rows))
  return 0
}

/** @throws Fault `usage` unless exactly one of an id and --all is given; `grant-unknown` */
export async function revoke({ machine, terminal, arguments: [id], options }: Call): Promise<ExitCode> {
  const isAll = options['all'] === true
  if (isAll === (id !== undefined)) throw new Fault('usage', 'give the id of a grant, or --all')
  const request = id === undefined ? { all: true as const } : { id }
  const { revoked } = await withBroker(machine, (broker) => broker.ask('grant.revoke', request))
  terminal.data({ revoked }, [`${revoked} revoked`])
  return 0
}
