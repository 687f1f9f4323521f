// Minting: tokens for each second of the server's processor time, beside what node:crypto alone would need for one
// signature and one verification in the same run. Every proof is used up durably.
import { publicJwkOf, dpopProof, signerOf } from '#token'
import { fork, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { bar, percentile, type BenchResult } from './bench.ts'
import type { Order } from './mint/server.ts'

const connections = 32
/** Under the limit of a device. */
const mintsEach = 16
const devices = connections * 20

interface Ready {
  readonly port: number
  readonly attestations: readonly string[]
  readonly nonce: string
  readonly boundMicros: number
}

export default async function mint(): Promise<BenchResult> {
  const embedded = mkdtempSync(join(tmpdir(), 'keyreeve-mint-'))
  const server = fork(join(import.meta.dirname, 'mint/server.ts'), { stdio: ['ignore', 2, 2, 'ipc'] })
  try {
    const keys = Array.from(
      { length: devices },
      () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    )
    const order: Order = {
      embedded,
      deviceKeys: keys.map((key) => key.export({ format: 'der', type: 'pkcs8' }).toString('base64')),
    }
    const ready = await told<Ready>(server, order)
    const proofs = await Promise.all(keys.map((key) => proofsOf(key, ready.nonce)))
    const before = await told<NodeJS.CpuUsage>(server, 'usage')
    const start = performance.now()
    const times = await load(ready, proofs)
    const seconds = (performance.now() - start) / 1000
    const after = await told<NodeJS.CpuUsage>(server, 'usage')
    const cpuMicros = (after.user + after.system - before.user - before.system) / times.length
    return resultOf({ cpuMicros, times, seconds, boundMicros: ready.boundMicros })
  } finally {
    server.kill()
    rmSync(embedded, { recursive: true, force: true })
  }
}

async function told<Answer>(server: ChildProcess, message: object | string): Promise<Answer> {
  server.send(message)
  const [answer] = await once(server, 'message')
  return answer as Answer
}

function proofsOf(key: KeyObject, nonce: string): Promise<string[]> {
  const jwk = publicJwkOf(key)
  const sign = signerOf(key)
  const url = 'https://as.example/token'
  return Promise.all(
    Array.from({ length: mintsEach }, () => {
      const jti = randomBytes(16).toString('base64url')
      return dpopProof({ method: 'POST', url, nonce, jti, now: Date.now(), jwk }, sign)
    }),
  )
}

/** Each connection serves devices of its own; a device goes on from the join state of its last mint. */
async function load(ready: Ready, proofs: readonly (readonly string[])[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const states = new Map<number, string>()
  const times: number[] = []
  const lane = async (first: number) => {
    for (let round = 0; round < mintsEach; round++) {
      for (let device = first; device < devices; device += connections) {
        const headers = { dpop: proofs[device]?.[round] ?? '', attestation: ready.attestations[device] ?? '' }
        const start = performance.now()
        const state = await mintOnce({ agent, port: ready.port, ...headers }, states.get(device))
        times.push(performance.now() - start)
        states.set(device, state)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, first) => lane(first)))
  agent.destroy()
  return times
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
): Promise<string> {
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
  if (response.statusCode !== 200 || body.join_state === undefined) throw new Error(`no token: ${body.error}`)
  return body.join_state
}

interface Measured {
  readonly cpuMicros: number
  readonly boundMicros: number
  readonly times: readonly number[]
  readonly seconds: number
}

function resultOf({ cpuMicros, boundMicros, times, seconds }: Measured): BenchResult {
  const leanPerCpuSecond = 1e6 / cpuMicros
  const p99Ms = percentile(times, 99)
  const ofBound = boundMicros / cpuMicros
  return {
    name: 'mint',
    figures: {
      leanPerCpuSecond,
      leanPerSecond: times.length / seconds,
      cpuMicros,
      p50Ms: percentile(times, 50),
      p99Ms,
      mints: times.length,
    },
    peers: { 'node:crypto sign and verify': { micros: boundMicros, perCpuSecond: 1e6 / boundMicros } },
    ratios: { ofBound },
    bars: [
      bar('leanPerCpuSecond', leanPerCpuSecond, '>=', 5000),
      bar('ofBound', ofBound, '>=', 0.5),
      bar('p99Ms', p99Ms, '<=', 20),
    ],
  }
}
