// Minting: tokens for each second of the server's processor time, on node:sqlite and on PostgreSQL, beside what node:crypto
// alone needs for one signature and one verification meanwhile; and the same by oidc-provider alone. Every proof is used up
// durably.
import { publicJwkOf, dpopProof, signerOf, timeOrderedId } from '#token'
import { fork, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { startPostgres, type Postgres } from '../test/postgres.ts'
import { bar, median, percentile, type BenchResult, type Figures } from './bench.ts'
import type { Order } from './mint/server.ts'

const connections = 32
/** Under the limit of a device. */
const mintsEach = 18
/** Of them the first, which compile code and are not counted. */
const warmUps = 10
/** The rest is measured in slices, of which the best counts: whatever else runs here makes the others worse. */
const slices = 4
const devices = { lean: connections * 40, full: connections * 10 } as const
const microsOfTick = 10_000

interface Ready {
  readonly port: number
  readonly attestations: readonly string[]
  readonly nonce: string
}

export default async function mint(): Promise<BenchResult> {
  const embedded = mkdtempSync(join(tmpdir(), 'keyreeve-mint-'))
  try {
    const sqlite = await measure({ place: { embedded }, by: 'lean' })
    const full = await measure({ place: { embedded: join(embedded, 'full') }, by: 'full' })
    await using postgres = await startPostgres()
    const onPostgres = await measure({ place: { postgres: postgres.url }, by: 'lean' }, postgres)
    return resultOf({ sqlite, postgres: onPostgres, full })
  } finally {
    rmSync(embedded, { recursive: true, force: true })
  }
}

async function measure(way: Pick<Order, 'place' | 'by'>, database?: Postgres): Promise<Measured> {
  const server = fork(join(import.meta.dirname, 'mint/server.ts'), { stdio: ['ignore', 2, 2, 'ipc'] })
  try {
    const keys = Array.from(
      { length: devices[way.by] },
      () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    )
    const deviceKeys = keys.map((key) => key.export({ format: 'der', type: 'pkcs8' }).toString('base64'))
    const ready = await told<Ready>(server, { ...way, deviceKeys } satisfies Order)
    const lanes = lanesOf({ ready, keys })
    await mintAll(lanes, await proofsFor(lanes, warmUps))
    const measured: Slice[] = []
    for (let slice = 0; slice < slices; slice++)
      measured.push(await measureSlice({ server, database }, lanes))
    const peakMiB = peakMiBOf(server)
    const best = measured.reduce((best, one) => (one.cpuMicros < best.cpuMicros ? one : best))
    return { ...best, peakMiB }
  } finally {
    server.kill()
  }
}

interface Watched {
  readonly server: ChildProcess
  readonly database: Postgres | undefined
}

async function measureSlice({ server, database }: Watched, lanes: readonly Lane[]): Promise<Slice> {
  const proofs = await proofsFor(lanes, (mintsEach - warmUps) / slices)
  await told<number[]>(server, {})
  const before = { server: cpuMicrosOf(server.pid), database: cpuMicrosBelow(database) }
  const times = await mintAll(lanes, proofs)
  const cpu = cpuMicrosOf(server.pid) - before.server
  const databaseMicros = (cpuMicrosBelow(database) - before.database) / times.length
  const bounds = await told<number[]>(server, {})
  const boundMicros = undisturbed(bounds) * 1000
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1000 / connections
  const cpuMicros = (cpu - boundMicros * bounds.length) / times.length
  return { cpuMicros, databaseMicros, boundMicros, times, seconds }
}

/** The mean of those during which nobody else was given the core. */
function undisturbed(times: readonly number[]): number {
  const some = times.filter((time) => time < 2 * median(times))
  return some.reduce((sum, time) => sum + time, 0) / some.length
}

/** User and system time of all threads, as the kernel counts it. @see proc(5) */
function cpuMicrosOf(pid: number | string | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) * microsOfTick
}

/** The same of a database: the process that was started, and those that it started. */
function cpuMicrosBelow(database: Postgres | undefined): number {
  if (database === undefined) return 0
  const { pid } = database
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ')
  return [String(pid), ...children].reduce((sum, one) => sum + cpuMicrosOf(one), 0)
}

/** The most memory that was resident. @see proc(5), VmHWM */
function peakMiBOf({ pid }: ChildProcess): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024
}

async function told<Answer>(server: ChildProcess, message: object): Promise<Answer> {
  server.send(message)
  const ended = new AbortController()
  server.once('exit', () => ended.abort())
  const [answer] = await once(server, 'message', { signal: ended.signal })
  return answer as Answer
}

interface Lane {
  readonly keys: readonly KeyObject[]
  readonly attestations: readonly string[]
  readonly states: (string | undefined)[]
  readonly agent: Agent
  readonly ready: Ready
}

/** Each connection serves devices of its own; a device goes on from the join state of its last mint. */
function lanesOf({ ready, keys }: { readonly ready: Ready; readonly keys: readonly KeyObject[] }): Lane[] {
  return Array.from({ length: connections }, (_, lane) => ({
    keys: keys.filter((_key, device) => device % connections === lane),
    attestations: ready.attestations.filter((_text, device) => device % connections === lane),
    states: [],
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
    ready,
  }))
}

type Rounds = readonly (readonly string[])[]

/** They are made before, so that the time of a mint is the server's. */
function proofsFor(lanes: readonly Lane[], rounds: number): Promise<readonly Rounds[]> {
  return Promise.all(lanes.map((lane) => proofsOf(lane, rounds)))
}

async function mintAll(lanes: readonly Lane[], proofs: readonly Rounds[]): Promise<number[]> {
  const times = await Promise.all(lanes.map((lane, at) => mintIn(lane, proofs[at] ?? [])))
  return times.flat()
}

async function proofsOf({ keys, ready: { nonce } }: Lane, rounds: number): Promise<Rounds> {
  const each = Array.from({ length: rounds }, () => Promise.all(keys.map((key) => proofOf(key, nonce))))
  return Promise.all(each)
}

async function mintIn({ attestations, states, agent, ready }: Lane, proofs: Rounds): Promise<number[]> {
  const times: number[] = []
  for (const round of proofs) {
    for (const [device, dpop] of round.entries()) {
      const start = performance.now()
      const asked = { agent, port: ready.port, dpop, attestation: attestations[device] ?? '' }
      states[device] = await mintOnce(asked, states[device])
      times.push(performance.now() - start)
    }
  }
  return times
}

function proofOf(key: KeyObject, nonce: string): Promise<string> {
  const now = Date.now()
  const jti = timeOrderedId(now, (length) => Uint8Array.from(randomBytes(length)))
  const url = 'https://as.example/token'
  return dpopProof({ method: 'POST', url, nonce, jti, now, jwk: publicJwkOf(key) }, signerOf(key))
}

interface Asked {
  readonly agent: Agent
  readonly port: number
  readonly dpop: string
  readonly attestation: string
}

async function mintOnce(
  { agent, port, dpop, attestation }: Asked,
  state: string | undefined,
): Promise<string | undefined> {
  const form = `grant_type=client_credentials&resource=https%3A%2F%2Fgateway.example&scope=llm.infer%3Aread`
  const headers = {
    dpop,
    'oauth-client-attestation': attestation,
    'content-type': 'application/x-www-form-urlencoded',
  }
  const sent = request({ agent, port, host: '127.0.0.1', path: '/token', method: 'POST', headers })
  sent.end(state === undefined ? form : `${form}&join_state=${state}`)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = JSON.parse(await text(response)) as { join_state?: string; error?: string }
  if (response.statusCode !== 200) throw new Error(`no token: ${body.error}`)
  return body.join_state
}

interface Slice {
  readonly cpuMicros: number
  /** Of the database's own processes. */
  readonly databaseMicros: number
  readonly boundMicros: number
  readonly times: readonly number[]
  readonly seconds: number
}

interface Measured extends Slice {
  readonly peakMiB: number
}

interface Ways {
  readonly sqlite: Measured
  readonly postgres: Measured
  readonly full: Measured
}

function resultOf({ sqlite, postgres, full }: Ways): BenchResult {
  const ratios = {
    sqliteOfBound: sqlite.boundMicros / sqlite.cpuMicros,
    postgresOfBound: postgres.boundMicros / postgres.cpuMicros,
  }
  const figures: Figures = {
    ...figuresOf(sqlite, 'sqlite'),
    ...figuresOf(postgres, 'postgres'),
    ...figuresOf(full, 'full'),
    postgresOwnCpuMicros: postgres.databaseMicros,
  }
  return {
    name: 'mint',
    figures,
    peers: {
      'node:crypto sign and verify': {
        besideSqliteMicros: sqlite.boundMicros,
        besidePostgresMicros: postgres.boundMicros,
      },
    },
    ratios,
    bars: [
      ...['sqlitePerCpuSecond', 'postgresPerCpuSecond'].map((name) =>
        bar(name, figures[name] ?? Number.NaN, '>=', 5000),
      ),
      bar('sqlitePeakMiB', sqlite.peakMiB, '<=', 250),
      bar('fullPerCpuSecond', figures['fullPerCpuSecond'] ?? Number.NaN, '>=', 1000),
      ...Object.entries(ratios).map(([name, ratio]) => bar(name, ratio, '>=', 0.5)),
      ...['sqliteP99Ms', 'postgresP99Ms'].map((name) => bar(name, figures[name] ?? Number.NaN, '<=', 20)),
    ],
  }
}

function figuresOf({ cpuMicros, times, seconds, peakMiB }: Measured, store: string): Figures {
  return {
    [`${store}PerCpuSecond`]: 1e6 / cpuMicros,
    [`${store}PerSecond`]: times.length / seconds,
    [`${store}CpuMicros`]: cpuMicros,
    [`${store}PeakMiB`]: peakMiB,
    [`${store}P50Ms`]: percentile(times, 50),
    [`${store}P99Ms`]: percentile(times, 99),
    [`${store}Mints`]: times.length,
  }
}
