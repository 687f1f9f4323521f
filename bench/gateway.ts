// Model calls through the gateway, beside the same calls made directly, through the plainest proxy, and through Portkey's.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Client, Pool } from 'undici'
import { openTrial, residentMiB, type Trial } from '../tools/trial.ts'
import { bar, inTurns, median, percentile, type BenchResult, type Figures } from './bench.ts'
import { returnPathFigures } from './gateway/return-path.ts'
import { npmPeers } from './peers.ts'

/** Where requests go, and what they bring. */
interface Target {
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

type Issued = { url: string; token: string }

const prompt = 'Say in one sentence what a gate is good for. '.repeat(22)
const asked = JSON.stringify({ model: 'stub', messages: [{ role: 'user', content: prompt }] })
const streamed = JSON.stringify({
  model: 'stub',
  stream: true,
  messages: [{ role: 'user', content: prompt }],
})
const rounds = { warmUp: 500, runs: 2000 }
const connections = 64
const loadMs = 4000
const liveSecrets = 100
const gibibyte = 2 ** 30

/** Runs on the compiled `dist/`; `npm run bench` builds it first. */
export default async function gateway(): Promise<BenchResult> {
  const children: ChildProcess[] = []
  const trial = await openTrial({ isCompiled: true })
  try {
    const stub = await started(children, 'stub.ts')
    const proxy = await started(children, 'plain-proxy.ts', String(stub))
    const portkey = await startPortkey(children)
    const targets = { ...directTargets(stub, proxy, portkey), ...(await ours(trial, stub)) }
    const pids = await trial.pids()
    const times = await latencies(targets)
    const firsts = await firstBytes(targets)
    const work = [...pids]
      .filter(([name]) => ['gateway', 'broker', 'keeper'].includes(name))
      .map(([, pid]) => pid)
    const load = {
      plain: await perCpuSecond(targets.plain, work),
      full: await perCpuSecond(targets.full, work),
      proxy: await perCpuSecond(targets.proxy, [children[1]?.pid ?? 0]),
    }
    const gatewayPid = pids.get('gateway') ?? 0
    const restMiB = residentMiB(gatewayPid)
    return result({
      times,
      firsts,
      load,
      restMiB,
      large: await largeAnswer(targets.full, gatewayPid),
      portkey,
      returnPath: await returnPathFigures(),
    })
  } finally {
    await trial.close()
    for (const child of children) child.kill('SIGKILL')
  }
}

async function started(children: ChildProcess[], script: string, ...words: string[]): Promise<number> {
  const file = new URL(`gateway/${script}`, import.meta.url).pathname
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const { promise, resolve } = Promise.withResolvers<number>()
  child.stdout?.once('data', (bytes) => resolve(Number(String(bytes))))
  return promise
}

/** A text says why it is absent. Newer versions of what it serves by break its streams, so that one is pinned. */
async function startPortkey(children: ChildProcess[]): Promise<number | string> {
  const peers = await npmPeers({ '@portkey-ai/gateway': '1.15.2', '@hono/node-server': '1.14.0' })
  if (typeof peers === 'string') return peers
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const main = `${peers.folder}/node_modules/@portkey-ai/gateway/build/start-server.js`
  const child = spawn(process.execPath, [main, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    cwd: peers.folder,
  })
  children.push(child)
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null)
    if (answer !== null) return port
    await wait(100)
  }
  return 'absent: it did not start'
}

function directTargets(stub: number, proxy: number, portkey: number | string) {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer played' }
  const path = '/v1/chat/completions'
  return {
    direct: { origin: `http://127.0.0.1:${stub}`, path, headers },
    proxy: { origin: `http://127.0.0.1:${proxy}`, path, headers },
    ...(typeof portkey === 'number' && {
      portkey: {
        origin: `http://127.0.0.1:${portkey}`,
        path,
        headers: {
          ...headers,
          'x-portkey-provider': 'openai',
          'x-portkey-custom-host': `http://127.0.0.1:${stub}/v1`,
        },
      },
    }),
  }
}

/** `plain`: a local model without a key. `full`: a key, and a vault of many more that must not come back. */
async function ours(trial: Trial, stub: number): Promise<{ plain: Target; full: Target }> {
  for (let index = 0; index < liveSecrets; index++) {
    await trial.run(['secret', 'set', `key${index}`], randomBytes(30).toString('base64url'))
  }
  const base = `http://127.0.0.1:${stub}`
  await trial.run(['route', 'add', 'local', '--base-url', base, '--auth', 'none', '--private'])
  await trial.run(['route', 'add', 'model', '--base-url', base, '--secret', 'key0', '--private'])
  return { plain: await target(trial, 'local'), full: await target(trial, 'model') }
}

async function target(trial: Trial, route: string): Promise<Target> {
  const { stdout } = await trial.run([
    'token',
    'issue',
    '--assistant',
    'bench',
    '--route',
    route,
    '--ttl',
    '1h',
    '--json',
  ])
  const { url, token }: Issued = JSON.parse(stdout)
  const { origin, pathname } = new URL(url)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return { origin, path: `${pathname}/v1/chat/completions`, headers }
}

async function latencies(targets: Readonly<Record<string, Target>>): Promise<Record<string, number[]>> {
  const clients = Object.entries(targets).map(
    ([name, { origin, ...rest }]) => [name, new Client(origin), rest] as const,
  )
  const acts = clients.map(([name, client, { path, headers }]) => [
    name,
    async () => {
      const { body } = await client.request({ path, method: 'POST', headers, body: asked })
      await body.dump({ limit: 1e6 })
    },
  ])
  const times = await inTurns(Object.fromEntries(acts), rounds)
  await Promise.all(clients.map(([, client]) => client.close()))
  return times
}

/** Milliseconds to the first byte of a streamed answer. */
async function firstBytes(targets: Readonly<Record<string, Target>>): Promise<Record<string, number[]>> {
  const firsts: Record<string, number[]> = {}
  const clients = Object.entries(targets).map(
    ([name, { origin, ...rest }]) => [name, new Client(origin), rest] as const,
  )
  for (let round = -50; round < 300; round++) {
    for (const [name, client, { path, headers }] of clients) {
      const since = performance.now()
      const { body } = await client.request({ path, method: 'POST', headers, body: streamed })
      let first = 0
      for await (const _ of body) first ||= performance.now() - since
      if (round >= 0) (firsts[name] ??= []).push(first)
    }
  }
  await Promise.all(clients.map(([, client]) => client.close()))
  return firsts
}

/** Requests that are served for each second that the processes compute. */
async function perCpuSecond({ origin, path, headers }: Target, pids: readonly number[]): Promise<number> {
  const pool = new Pool(origin, { connections })
  const during = async (ms: number): Promise<number> => {
    const until = performance.now() + ms
    let served = 0
    const worker = async (): Promise<void> => {
      while (performance.now() < until) {
        const { body, statusCode } = await pool.request({ path, method: 'POST', headers, body: asked })
        await body.dump({ limit: 1e6 })
        if (statusCode === 200) served++
      }
    }
    await Promise.all(Array.from({ length: connections }, worker))
    return served
  }
  await during(1000)
  const before = cpuSeconds(pids)
  const served = await during(loadMs)
  await wait(300)
  const used = cpuSeconds(pids) - before
  await pool.close()
  return served / used
}

/** User and system time. @see proc_pid_stat(5) */
function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return Number(fields[11]) + Number(fields[12])
  })
  return ticks.reduce((sum, one) => sum + one, 0) / 100
}

/** An answer of one GiB: how fast it comes through, and how much the gateway grows meanwhile. */
async function largeAnswer({ origin, path, headers }: Target, pid: number): Promise<Figures> {
  const client = new Client(origin)
  const before = residentMiB(pid)
  const cpu = cpuSeconds([pid])
  let most = before
  const { body } = await client.request({
    path: `${path}?bytes=${gibibyte}`,
    method: 'POST',
    headers,
    body: asked,
  })
  let count = 0
  for await (const _ of body) if (++count % 64 === 0) most = Math.max(most, residentMiB(pid))
  await client.close()
  return { grownMiB: most - before, mebibytesPerCpuSecond: 1024 / (cpuSeconds([pid]) - cpu) }
}

interface Measured {
  readonly times: Readonly<Record<string, number[]>>
  readonly firsts: Readonly<Record<string, number[]>>
  readonly load: Readonly<Record<'plain' | 'full' | 'proxy', number>>
  readonly restMiB: number
  readonly large: Figures
  readonly portkey: number | string
  readonly returnPath: Awaited<ReturnType<typeof returnPathFigures>>
}

function result({ times, firsts, load, restMiB, large, portkey, returnPath }: Measured): BenchResult {
  const at = (name: string, percent: number): number => percentile(times[name] ?? [], percent)
  const addedPlainP50Ms = at('plain', 50) - at('direct', 50)
  const addedFullP50Ms = at('full', 50) - at('direct', 50)
  const addedFullP99Ms = at('full', 99) - at('direct', 99)
  const firstByteMs = median(firsts['full'] ?? [])
  const portkeyFirstByteMs = median(firsts['portkey'] ?? [])
  const { grownMiB = 0 } = large
  return {
    name: 'gateway',
    figures: {
      addedPlainP50Ms,
      addedFullP50Ms,
      addedFullP99Ms,
      firstByteMs,
      plainPerCpuSecond: load.plain,
      fullPerCpuSecond: load.full,
      restMiB,
      ...large,
      ...returnPath.ours,
    },
    peers: {
      'the least that could be done with an answer': returnPath.limits,
      direct: {
        p50Ms: at('direct', 50),
        p99Ms: at('direct', 99),
        firstByteMs: median(firsts['direct'] ?? []),
      },
      'plain node:http proxy': {
        addedP50Ms: at('proxy', 50) - at('direct', 50),
        firstByteMs: median(firsts['proxy'] ?? []),
        perCpuSecond: load.proxy,
      },
      '@portkey-ai/gateway':
        typeof portkey === 'string'
          ? portkey
          : { addedP50Ms: at('portkey', 50) - at('direct', 50), firstByteMs: portkeyFirstByteMs },
    },
    ratios: {
      portkeyFirstByteToOurs: portkeyFirstByteMs / firstByteMs,
      plainToProxy: load.plain / load.proxy,
    },
    bars: [
      bar('addedPlainP50Ms', addedPlainP50Ms, '<=', 0.3),
      bar('addedFullP50Ms', addedFullP50Ms, '<=', 0.6),
      bar('addedFullP99Ms', addedFullP99Ms, '<=', 3),
      bar('portkeyFirstByteToOurs', portkeyFirstByteMs / firstByteMs, '>=', 20),
      bar('plainPerCpuSecond', load.plain, '>=', 10_000),
      bar('fullPerCpuSecond', load.full, '>=', 2500),
      bar('restMiB', restMiB, '<=', 170),
      bar('grownMiB', grownMiB, '<=', 32),
      bar('returnPathMBps', returnPath.ours['returnPathMBps'] ?? Number.NaN, '>=', 500),
    ],
  }
}
