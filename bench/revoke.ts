// Revocation: from the administrator's word until 50 gateways deny a device and have cut its answers, on the embedded
// register, with gateways in processes of their own.
import { machineClock } from '#base'
import { openRegistry } from '#registry'
import { publicJwkOf, thumbprint } from '#token'
import { fork, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Revoking } from '../src/programs/server/revoking.ts'
import { bar, percentile, type BenchResult } from './bench.ts'
import type { Cut, Order } from './revoke/gateways.ts'

const issuer = 'https://as.example'
const processes = 2
const gateways = 50
const revocations = 60
/** The first few compile code. */
const warmUp = 10
/** Answers under way of each device, at each gateway. */
const streams = 100

export default async function bench(): Promise<BenchResult> {
  const embedded = mkdtempSync(join(tmpdir(), 'keyreeve-revoke-'))
  const clock = machineClock({ Date, performance, setTimeout })
  const registry = await openRegistry({ embedded }, clock)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keys = { current: () => ({ kid: 'k1', privateKey }) }
  const revoking = await Revoking.open({
    registry,
    keys,
    issuer,
    clock,
    denyKey: nothing,
    record: nothing,
    onFault: () => {},
  })
  const server = createServer((request, response) => {
    const nonce = new URL(request.url ?? '/', issuer).searchParams.get('nonce') ?? ''
    void revoking.hub.serve({ after: null, nonce, isOnce: false }, response)
  })
  const children: ChildProcess[] = []
  try {
    const devices = Array.from({ length: revocations }, (_, at) => `d${at}`)
    for (const id of devices) {
      const { kty, crv, x, y } = publicJwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
      const key = { jkt: thumbprint({ x, y }), jwk: { kty, crv, x, y } }
      await registry.devices.enrol({
        id,
        ...key,
        tenant: 't',
        user: 'ann',
        scopes: [],
        label: '',
        status: 'active',
      })
    }
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/feed`
    const published = [{ ...publicJwkOf(publicKey), kid: 'k1' }]
    const order: Order = { url, issuer, published, gateways: gateways / processes, devices, streams }
    for (let i = 0; i < processes; i++) {
      const child = fork(join(import.meta.dirname, 'revoke/gateways.ts'), { stdio: ['ignore', 2, 2, 'ipc'] })
      children.push(child)
      child.send(order)
      await once(child, 'message')
    }
    return resultOf(await measure(revoking, { devices, children }))
  } finally {
    for (const child of children) child.kill()
    revoking.close()
    server.closeAllConnections()
    server.close()
    await registry.close()
    rmSync(embedded, { recursive: true, force: true })
  }
}

async function nothing(): Promise<void> {}

interface Times {
  /** Of each revocation at each gateway. */
  readonly denied: number[]
  readonly cut: number[]
  readonly acknowledged: number[]
}

async function measure(
  revoking: Revoking,
  { devices, children }: { readonly devices: readonly string[]; readonly children: readonly ChildProcess[] },
): Promise<Times> {
  const times: Times = { denied: [], cut: [], acknowledged: [] }
  let heard: Cut[] = []
  for (const child of children) child.on('message', (cut: Cut) => void heard.push(cut))
  for (const [round, device] of devices.entries()) {
    heard = []
    const start = performance.timeOrigin + performance.now()
    await revoking.device(device, { by: 'bench', reason: null })
    const acknowledged = performance.timeOrigin + performance.now() - start
    while (heard.length < gateways) await wait(1)
    if (round < warmUp) continue
    times.acknowledged.push(acknowledged)
    times.denied.push(...heard.map(({ deniedAt }) => deniedAt - start))
    times.cut.push(...heard.map(({ cutAt }) => cutAt - start))
    await wait(20)
  }
  return times
}

function resultOf({ denied, cut, acknowledged }: Times): BenchResult {
  const [deniedP50Ms, deniedP99Ms] = [percentile(denied, 50), percentile(denied, 99)]
  const cutP99Ms = percentile(cut, 99)
  return {
    name: 'revoke',
    figures: {
      deniedP50Ms,
      deniedP99Ms,
      cutP99Ms,
      acknowledgedP50Ms: percentile(acknowledged, 50),
      acknowledgedP99Ms: percentile(acknowledged, 99),
    },
    peers: {},
    ratios: {},
    bars: [
      bar('deniedP50Ms', deniedP50Ms, '<=', 5),
      bar('deniedP99Ms', deniedP99Ms, '<=', 20),
      bar('cutP99Ms', cutP99Ms, '<=', 100),
    ],
  }
}
