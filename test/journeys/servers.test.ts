// Three token servers over one PostgreSQL with a standby, as an organisation runs them: proofs, revocations, and what
// is left of both when a server and then the database is killed.
import { feedKeyOf } from '#token'
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openNats, type NatsFeed } from '#feed'
import { Fleet, sendTo, type FleetDevice } from '../fleet.ts'
import { freePort, makeSynchronous, noPostgres, startPostgres, startStandby } from '../postgres.ts'
import type { Postgres, Standby } from '../postgres.ts'

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }
const noNats = spawnSync('nats-server', ['--version'], { env }).status !== 0 && process.env['CI'] !== 'true'
const skip = noPostgres !== false ? noPostgres : noNats ? 'no nats-server' : false

describe('three servers', { skip }, () => {
  let [primary, standby, fleet, nats, heard]: [Postgres?, Standby?, Fleet?, ChildProcess?, NatsFeed?] = []
  const told: string[] = []

  before(async () => {
    primary = await startPostgres()
    standby = await startStandby(primary)
    await makeSynchronous(primary)
    const port = await freePort()
    nats = spawn('nats-server', ['-a', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore', env })
    await untilOpen(port)
    const place = `127.0.0.1:${port}`
    const database = primary.url.replace(/@([^/]*)/, `@$1,127.0.0.1:${standby.port}`)
    fleet = await Fleet.start({ database, servers: 3, settings: `[nats]\nservers = ["${place}"]` })
    heard = await openNats({ servers: [place], subject: 'keyreeve.feed' })
    heard.hear((text) => told.push(text))
  })

  after(async () => {
    await fleet?.stop()
    await heard?.close()
    nats?.kill()
    await standby?.[Symbol.asyncDispose]()
    await primary?.[Symbol.asyncDispose]()
  })

  test('give one token for a proof that all get at once, however often', async () => {
    const device = await fleet!.enrol()
    assert.ok('token' in (await device.mint()))
    const sent = await device.prepare()
    const each = Array.from({ length: 240 }, (_, at) =>
      sendTo(fleet!.servers[at % 3]!, sent, `127.0.0.${2 + (at % 7)}`),
    )
    const statuses = await Promise.all(each)
    assert.equal(statuses.filter((status) => status === 200).length, 1)
    assert.ok(statuses.every((status) => status === 200 || status === 400))
  })

  test('deny a device everywhere that one of them revoked, and tell it to NATS', async () => {
    const device = await fleet!.enrol()
    assert.ok('token' in (await device.mint()))
    told.length = 0
    await fleet!.admin('/admin/revoke-device', { deviceId: device.id }, 2)
    for (const server of fleet!.servers) {
      assert.equal(await sendTo(server, await device.prepare(), '127.0.0.20'), 401)
    }
    const answer = await device.mint()
    assert.equal('fault' in answer && answer.fault.code, 'device-revoked')
    const kinds = () => told.map((text) => claimsOf(text)).filter(({ deny }) => deny?.id === device.id)
    while (!kinds().some(({ kind }) => kind === 'deny')) await wait(10)
    assert.deepEqual(kinds()[0]?.kind, 'early')
    assert.ok(told.every((text) => feedKeyOf(text).length > 0))
  })

  test('mint no token twice and forget no revocation when one of them and then the database is killed', async (t) => {
    const devices = await Promise.all(Array.from({ length: 8 }, () => fleet!.enrol()))
    const [revokedBefore, revokedAfter, ...loaded] = devices
    const stop = new AbortController()
    t.after(() => stop.abort())
    const load = loaded.map((device) => mintUntil(device, stop.signal))
    while (loaded.some(({ taken }) => taken.length < 2)) await wait(20)

    fleet!.servers[2]!.child.kill('SIGKILL')
    const afterServer = loaded.map(({ taken }) => taken.length)
    while (loaded.some(({ taken }, at) => taken.length < afterServer[at]! + 2)) await wait(20)

    await fleet!.admin('/admin/revoke-device', { deviceId: revokedBefore!.id })
    const taken = loaded.map((device) => [...device.taken])
    const killed = performance.now()
    await primary!.stop('immediate')
    await standby!.promote()
    const afterDatabase = loaded.map((device) => device.taken.length)
    while (loaded.some((device, at) => device.taken.length < afterDatabase[at]! + 1)) await wait(20)
    t.diagnostic(`all devices had tokens again after ${Math.round(performance.now() - killed)} ms`)
    await fleet!.admin('/admin/revoke-device', { deviceId: revokedAfter!.id })
    stop.abort()
    await Promise.all(load)

    for (const [at, sent] of taken.flat().entries()) {
      const server = fleet!.servers[at % 2]!
      assert.notEqual(await sendTo(server, sent, `127.0.1.${1 + (at % 200)}`), 200)
    }
    for (const device of [revokedBefore!, revokedAfter!]) {
      const answer = await device.mint()
      assert.equal('fault' in answer && answer.fault.code, 'device-revoked')
    }
  })
})

/** What fails is tried again, as a broker does. */
async function mintUntil(device: FleetDevice, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await device.mint().catch(() => {})
    await wait(100)
  }
}

interface FeedClaims {
  readonly kind: string
  readonly deny?: { readonly id?: string }
}

function claimsOf(text: string): FeedClaims {
  return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(Boolean, () => false)
    socket.destroy()
    if (isOpen) return
    await wait(20)
  }
  throw new Error('nothing listens')
}
