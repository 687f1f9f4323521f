// Three token servers over one PostgreSQL with a synchronous standby: one proof sent a thousand times, then a server and
// the database killed under load. Counts what must not be, and times until all devices have tokens again.
import { setTimeout as wait } from 'node:timers/promises'
import { Fleet, sendTo, type FleetDevice, type Sent } from '../test/fleet.ts'
import {
  makeSynchronous,
  startPostgres,
  startStandby,
  type Postgres,
  type Standby,
} from '../test/postgres.ts'
import { bar, type BenchResult } from './bench.ts'

const devices = 60
const replays = 1000
/** Between two mints of a device: under its limit, for as long as this takes. */
const pauseMs = 250

export default async function failover(): Promise<BenchResult> {
  await using primary = await startPostgres()
  await using standby = await startStandby(primary)
  await makeSynchronous(primary)
  const database = primary.url.replace(/@([^/]*)/, `@$1,127.0.0.1:${standby.port}`)
  const fleet = await Fleet.start({ database, servers: 3 })
  try {
    return resultOf(await measure(fleet, { primary, standby }))
  } finally {
    await fleet.stop()
  }
}

interface Outcome {
  /** Tokens for one proof. */
  readonly tokensOfOneProof: number
  readonly serverKilledMs: number
  readonly databaseKilledMs: number
  /** Proofs that gave a token before the database was killed. */
  readonly proofs: number
  readonly mintedTwice: number
  readonly revoked: number
  readonly revocationsLost: number
}

async function measure(
  fleet: Fleet,
  { primary, standby }: { readonly primary: Postgres; readonly standby: Standby },
): Promise<Outcome> {
  const fleetDevices: FleetDevice[] = []
  for (let at = 0; at < devices; at += 10) {
    fleetDevices.push(...(await Promise.all(Array.from({ length: 10 }, () => fleet.enrol()))))
  }
  const [first, ...others] = fleetDevices
  if (first === undefined) throw new Error('there is no device')
  const tokensOfOneProof = await replay(fleet, first)
  const [revoked, loaded] = [others.slice(0, 10), others.slice(10)]
  const stop = new AbortController()
  const load = loaded.map((device) => mintUntil(device, stop.signal))
  await untilAll(loaded, 2)
  fleet.servers[2]?.child.kill('SIGKILL')
  const serverKilledMs = await untilAll(loaded, 1)
  for (const { id } of revoked) await fleet.admin('/admin/revoke-device', { deviceId: id })
  const taken = loaded.flatMap((device) => device.taken)
  await primary.stop('immediate')
  const promoted = standby.promote()
  const databaseKilledMs = await untilAll(loaded, 1)
  await promoted
  stop.abort()
  await Promise.all(load)
  return {
    tokensOfOneProof,
    serverKilledMs,
    databaseKilledMs,
    proofs: taken.length,
    mintedTwice: await countTaken(fleet, taken),
    revoked: revoked.length,
    revocationsLost: await countAlive(revoked),
  }
}

/** Addresses change, since failed proofs count against where they come from. */
async function replay(fleet: Fleet, device: FleetDevice): Promise<number> {
  await device.mint()
  const sent = await device.prepare()
  const send = async (at: number): Promise<number> => {
    const server = fleet.servers[at % fleet.servers.length]
    return server === undefined ? 0 : sendTo(server, sent, `127.0.2.${1 + (at % 250)}`)
  }
  const statuses = await Promise.all(Array.from({ length: replays }, (_, at) => send(at)))
  return statuses.filter((status) => status === 200).length
}

async function mintUntil(device: FleetDevice, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await device.mint().catch(() => {})
    await wait(pauseMs)
  }
}

/** Milliseconds until each has had so many tokens more. */
async function untilAll(some: readonly FleetDevice[], more: number): Promise<number> {
  const start = performance.now()
  const before = some.map(({ taken }) => taken.length)
  while (some.some(({ taken }, at) => taken.length < (before[at] ?? 0) + more)) await wait(5)
  return performance.now() - start
}

async function countTaken(fleet: Fleet, proofs: readonly Sent[]): Promise<number> {
  let count = 0
  for (const [at, sent] of proofs.entries()) {
    const server = fleet.servers[at % 2]
    if (server !== undefined && (await sendTo(server, sent, `127.0.1.${1 + (at % 250)}`)) === 200) count++
  }
  return count
}

async function countAlive(some: readonly FleetDevice[]): Promise<number> {
  let count = 0
  for (const device of some) {
    const answer = await device.mint()
    if (!('fault' in answer) || answer.fault.code !== 'device-revoked') count++
  }
  return count
}

function resultOf(outcome: Outcome): BenchResult {
  return {
    name: 'failover',
    figures: { ...outcome },
    peers: {},
    ratios: {},
    bars: [
      bar('tokensOfOneProof', outcome.tokensOfOneProof, '<=', 1),
      bar('tokensOfOneProof', outcome.tokensOfOneProof, '>=', 1),
      bar('mintedTwice', outcome.mintedTwice, '<=', 0),
      bar('revocationsLost', outcome.revocationsLost, '<=', 0),
    ],
  }
}
