// What is revoked is denied at once, kept, and told to every process and gateway.
import { Fault } from '#base'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { Site, until } from './revoking-fixture.test.ts'
import { Suspending } from './suspending.ts'

const cause = { by: 'local', reason: 'stolen' }
const iat = 1_767_225_600
const bearer = { device: 'd1', sub: 'ann', tenant: 't1', epoch: 1, iat, kid: 'k' }

test('Revoking.device() denies at every gateway, ends answers under way, and is kept', async (t) => {
  const site = new Site(t)
  const server = await site.start()
  await site.enrol(server, 'd1')
  const gateway = site.gateway(server)
  await until(() => gateway.status.state === 'live')
  let cuts = 0
  for (let i = 0; i < 100; i++) gateway.streams.open(bearer, () => void cuts++)
  assert.equal(await server.revoking.device('d1', cause), 1)
  await until(() => gateway.status.seq === 1)
  assert.equal(gateway.verdict(bearer), 'deny')
  assert.equal(cuts, 100)
  assert.equal((await server.registry.devices.byId('d1'))?.status, 'revoked')
  assert.deepEqual(server.events, [
    {
      v: 1,
      kind: 'fleet',
      what: 'revoke',
      device: 'd1',
      tenant: 't1',
      user: 'ann',
      seq: 1,
      by: 'local',
      reason: 'stolen',
    },
  ])
  await assert.rejects(server.revoking.device('d2', cause), { code: 'device-not-listed' })
})

test('Revoking tells every process what one of them revoked', async (t) => {
  const site = new Site(t)
  const [first, second] = [await site.start(), await site.start()]
  await site.enrol(first, 'd1')
  const gateway = site.gateway(second)
  await until(() => gateway.status.state === 'live')
  await Promise.all([
    first.revoking.device('d1', cause),
    first.revoking.all({ kind: 'user', id: 'bob' }, cause),
    second.revoking.all({ kind: 'tenant', id: 't2' }, cause),
  ])
  await until(() => {
    site.clock.advance(50)
    return first.revoking.hub.seq === 3 && gateway.status.seq === 3
  })
  assert.equal(gateway.verdict(bearer), 'deny')
  assert.equal(gateway.verdict({ ...bearer, device: 'd2', tenant: 't2' }), 'deny')
  assert.equal(gateway.verdict({ ...bearer, device: 'd2', sub: 'bob' }), 'deny')
  assert.equal(gateway.verdict({ ...bearer, device: 'd2' }), 'allow')
  assert.deepEqual([...first.faults, ...second.faults], [])
})

test('Revoking.suspend() denies what there is, stops what is new on every process, and lasts until it ends', async (t) => {
  const site = new Site(t)
  const { clock } = site
  const [first, second] = [await site.start(), await site.start()]
  const suspending = new Suspending({ registry: second.registry, clock })
  const ann = { user: 'ann', tenant: 't1' }
  assert.equal(await suspending.holds(ann), false)
  const gateway = site.gateway(second)
  await until(() => gateway.status.state === 'live')
  await first.revoking.suspend({ kind: 'user', id: 'ann' }, cause)
  await until(() => (clock.advance(50), gateway.verdict(bearer) === 'deny'))
  clock.advance(1000)
  assert.equal(await suspending.holds(ann), true)
  assert.equal(await suspending.holds({ user: 'bob', tenant: 't1' }), false)
  // What a process signed that did not know yet, on a clock that runs ahead.
  const late = { ...bearer, iat: Math.floor(clock.now() / 1000) + 60 }
  assert.equal(gateway.verdict(late), 'deny')
  const who = { kind: 'tenant', id: 't1' } as const
  await assert.rejects(second.revoking.resume(who, cause), { code: 'not-suspended' })
  await second.revoking.resume({ kind: 'user', id: 'ann' }, cause)
  clock.advance(1000)
  assert.equal(await suspending.holds(ann), false)
  assert.deepEqual(
    [...first.events, ...second.events].map(({ what }) => what),
    ['suspend', 'resume', 'resume'],
  )
})

test('Suspending.holds() lets nobody in whom it cannot ask about', async (t) => {
  const site = new Site(t)
  const { registry } = await site.start()
  const suspending = new Suspending({ registry, clock: site.clock })
  const ann = { user: 'ann', tenant: 't1' }
  assert.equal(await suspending.holds(ann), false)
  t.mock.method(registry.suspensions, 'list', () => Promise.reject(new Fault('database-unavailable', 'away')))
  assert.equal(await suspending.holds(ann), false)
  site.clock.advance(1000)
  await assert.rejects(suspending.holds(ann), { code: 'database-unavailable' })
})

test('Revoking.device() is denied though the register fails, and does not say that it is done', async (t) => {
  const site = new Site(t)
  const server = await site.start()
  await site.enrol(server, 'd1')
  const gateway = site.gateway(server)
  await until(() => gateway.status.state === 'live')
  const { revocations } = server.registry
  t.mock.method(revocations, 'append', () => Promise.reject(new Error('disk')))
  await assert.rejects(server.revoking.device('d1', cause))
  await until(() => gateway.verdict(bearer) === 'deny')
  assert.deepEqual(server.events, [])
})

test('Revoking.quarantine() denies a device until it is released, and does not end it', async (t) => {
  const site = new Site(t)
  const server = await site.start()
  await site.enrol(server, 'd1')
  await server.revoking.quarantine('d1', cause)
  assert.equal(server.revoking.denials.isDenied(bearer, site.clock.now()), true)
  const device = await server.registry.devices.release('d1')
  assert.equal(device?.status, 'active')
  assert.equal(server.revoking.denials.isDenied({ ...bearer, epoch: device.epoch }, site.clock.now()), false)
  await assert.rejects(server.revoking.quarantine('d9', cause), { code: 'device-not-listed' })
})

test('Revoking.all() takes a stolen key out of use, and goes on with another', async (t) => {
  const site = new Site(t)
  const server = await site.start()
  const { kid } = server.keys.current()
  const gateway = site.gateway(server)
  await until(() => gateway.status.state === 'live')
  site.clock.advance(1000)
  await server.revoking.all({ kind: 'key', id: kid }, cause)
  // The gateway's own token was signed with that key: it is cut off, and comes back with another.
  await until(() => {
    site.clock.advance(10)
    return gateway.status.seq === 1 && gateway.status.state === 'live'
  })
  assert.equal(gateway.verdict({ ...bearer, kid, iat: iat + 600 }), 'deny')
  assert.equal(gateway.verdict({ ...bearer, kid: server.keys.current().kid, iat: iat + 600 }), 'allow')
  assert.notEqual(server.keys.current().kid, kid)
  assert.equal(server.keys.keyOf(kid), undefined)
})

test('Revoking keeps what it has acknowledged though it is killed right after', async (t) => {
  const site = new Site(t)
  const door = new URL('../../edges/registry/index.ts', import.meta.url).href
  const script = join(site.folder, 'revoke.mjs')
  writeFileSync(
    script,
    `import { openRegistry } from '${door}'
    const registry = await openRegistry({ embedded: '${site.folder}' }, { now: () => ${site.clock.now()} })
    const deny = { kind: 'user', id: 'ann', issuedBefore: ${iat} }
    await registry.revocations.append(deny, ${site.clock.now() + 960_000})
    process.kill(process.pid, 'SIGKILL')`,
  )
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    stdio: 'inherit',
  })
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
  const server = await site.start()
  assert.equal(server.revoking.hub.seq, 1)
  assert.equal(server.revoking.denials.isDenied(bearer, site.clock.now()), true)
})

test('feedRoute() lets in who holds a token for it and the key of the token, once a proof', async (t) => {
  const site = new Site(t)
  const server = await site.start()
  const token = await site.token(server)
  const at = (headers: Record<string, string>, query = '?nonce=12345678&once=true') =>
    fetch(`http://127.0.0.1:${server.port}/feed${query}`, { headers })
  const first = await at({ authorization: `DPoP ${token}`, dpop: await site.proof(token, undefined) })
  assert.deepEqual([first.status, await first.json()], [401, { error: 'use_dpop_nonce' }])
  const nonce = first.headers.get('dpop-nonce') ?? ''
  const good = { authorization: `DPoP ${token}`, dpop: await site.proof(token, nonce) }
  assert.equal((await at(good)).status, 200)
  const narrow = await site.token(server, { scope: 'files:read' })
  const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cases: [Record<string, string>, string, number][] = [
    [good, '?nonce=12345678', 401],
    [{}, '?nonce=12345678', 401],
    [{ authorization: `Bearer ${token}` }, '?nonce=12345678', 401],
    [{ ...good, dpop: await site.proof(token, nonce, thief) }, '?nonce=12345678', 401],
    [{ authorization: `DPoP ${narrow}`, dpop: await site.proof(narrow, nonce) }, '?nonce=12345678', 403],
    [good, '', 400],
    [good, '?nonce=12345678&after=-1', 400],
    [good, `?nonce=12345678&after=${'9'.repeat(20)}`, 400],
  ]
  for (const [headers, query, status] of cases) assert.equal((await at(headers, query)).status, status)
})

test('feedRoute() cuts off a gateway that is revoked itself', async (t) => {
  const site = new Site(t)
  const server = await site.start()
  const gateway = site.gateway(server)
  await until(() => gateway.status.state === 'live')
  assert.equal(server.revoking.hub.listeners, 1)
  await server.revoking.all({ kind: 'user', id: 'gateway' }, cause)
  await until(() => server.revoking.hub.listeners === 0)
})
