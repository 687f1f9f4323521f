// keyreeve policy simulate: what policies would have decided differently in the last thirty days. It changes nothing.
import { Fault, type ExitCode } from '#base'
import { classify, defaultPolicy, loadPolicies, type PolicySource } from '#policy'
import { compare, entriesSince, pastRequests, summarize, type Difference, type Replayed } from '#review'
import { basename, resolve } from 'node:path'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'
import { readPolicy } from './policy.ts'
import { moment, table } from './terminal.ts'

const lookedBack = 30 * 86_400_000
const mostLines = 50

/**
 * Puts the requests of the log to the policies in force, and to the same with these files in the places of those of
 * their names.
 * @throws Fault `usage`; `policy-invalid` for files that do not hold; `not-running`, `locked`
 */
export async function simulate({ machine, terminal, arguments: files, options }: Call): Promise<ExitCode> {
  if ((options['against'] ?? 'log') !== 'log')
    throw new Fault('usage', 'policies are tried against the "log"')
  const own = files.map((file) => ({ name: basename(file), text: readPolicy(resolve(machine.cwd, file)) }))
  const since = machine.clock.now() - lookedBack
  const [entries, { files: saved, homes }] = await withBroker(machine, (broker) =>
    Promise.all([entriesSince((page) => broker.ask('log.list', page), since), broker.ask('policy.show', {})]),
  )
  const before = loadPolicies([defaultPolicy, ...saved])
  const after = loadPolicies([defaultPolicy, ...withOwn(saved, own)])
  const past = pastRequests(entries, (path) => classify(path, homes))
  const differences = past.flatMap((one) => compare(one, before, after) ?? [])
  const found = { since, ...summarize(past, differences), differences }
  terminal.data(found, linesOf(found))
  return 0
}

function withOwn(saved: readonly PolicySource[], own: readonly PolicySource[]): PolicySource[] {
  const names = new Set(own.map(({ name }) => name))
  return [...saved.filter(({ name }) => !names.has(name)), ...own]
}

interface Found extends Replayed {
  readonly since: number
  readonly differences: readonly Difference[]
}

function linesOf({ since, asked, changed, changes, differences }: Found): string[] {
  const rows = differences.map(({ count, assistant, action, path, from, to, because }) => [
    String(count),
    assistant,
    action,
    path,
    `${from} -> ${to}`,
    because.join(', '),
  ])
  return [
    `of ${asked} requests since ${moment(since)} UTC, ${changed} would have been decided differently`,
    ...changes.map(({ from, to, count }) => `${String(count).padStart(7)}  ${from} -> ${to}`),
    ...(rows.length === 0
      ? []
      : ['', ...table(['times', 'assistant', 'what', 'path', 'change', 'by'], rows.slice(0, mostLines))]),
    ...(rows.length > mostLines ? [`and ${rows.length - mostLines} more; --json lists all`] : []),
  ]
}
