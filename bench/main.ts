// `npm run bench [-- NAME…] [--json] [--data DIR] [--pii FILE]`: the figures that the docs claim. Each bench runs in a process of its own, so that
// one's heap and compiled code do not colour the next.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, BenchResult, Figures } from './bench.ts'

/** Outside checks rely on these names. */
const names = [
  'brokered-read',
  'startup',
  'redaction',
  'known-secrets',
  'logging',
  'scan',
  'vault',
  'journal-append',
  'journal-verify',
  'journal-crash',
  'mint',
  'token-cache',
  'revoke',
  'failover',
  'gateway',
  'leaks',
  'plugins',
  'jail',
  'fuse',
  'paths',
  'grep',
  'console',
  'adoption',
  'transcripts',
]

const exits = { ok: 0, failed: 1, usage: 2, barMissed: 10 } as const
type Exit = (typeof exits)[keyof typeof exits]

const {
  values: { json: isJson = false, ...options },
  positionals: asked,
} = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, data: { type: 'string' }, pii: { type: 'string' } },
})
const unknown = asked.filter((name) => !names.includes(name))
const absent = asked.filter((name) => !unknown.includes(name) && !isHere(name))

if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exitCode = exits.usage
} else if (absent.length > 0) {
  console.error(`not here yet: ${absent.join(', ')}`)
  process.exitCode = exits.usage
} else {
  const [only, ...more] = asked
  process.exitCode = only !== undefined && more.length === 0 ? await runHere(only) : runEach()
}

function isHere(name: string): boolean {
  return existsSync(fileOf(name))
}

function fileOf(name: string): string {
  return join(import.meta.dirname, `${name}.ts`)
}

function runEach(): Exit {
  const chosen = asked.length > 0 ? asked : names.filter(isHere)
  const statuses = chosen.map((name) => {
    const more = Object.entries(options).map(([option, value]) => `--${option}=${value}`)
    const args = [...process.execArgv, import.meta.filename, name, ...(isJson ? ['--json'] : []), ...more]
    return spawnSync(process.execPath, args, { stdio: 'inherit' }).status
  })
  if (statuses.some((status) => status !== exits.ok && status !== exits.barMissed)) return exits.failed
  return statuses.includes(exits.barMissed) ? exits.barMissed : exits.ok
}

async function runHere(name: string): Promise<Exit> {
  const { default: bench } = (await import(fileOf(name))) as { default: Bench }
  const result = await bench(options)
  console.log(isJson ? JSON.stringify({ ...result, machine: machine() }) : readable(result))
  return result.bars.every(({ ok }) => ok) ? exits.ok : exits.barMissed
}

function machine(): object {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
  }
}

function readable({ name, figures, peers, ratios, bars }: BenchResult): string {
  return [
    name,
    ...lines('', figures),
    ...Object.entries(peers).flatMap(([peer, measured]) =>
      typeof measured === 'object' ? lines(`${peer} `, measured) : [`  ${peer}: ${shown(measured)}`],
    ),
    ...lines('ratio ', ratios),
    ...bars.map(
      ({ figure, value, at, bar, ok }) =>
        `  ${ok ? 'met   ' : 'MISSED'}  ${figure} ${shown(value)} ${at} ${bar}`,
    ),
    '',
  ].join('\n')
}

function lines(prefix: string, figures: Figures): string[] {
  return Object.entries(figures).map(([figure, value]) => `  ${prefix}${figure}: ${shown(value)}`)
}

function shown(value: number | string): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value
}
