// Gateways hear over a real NATS server what they would hear from the token server, and lose nothing when it stops.
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Stand, token, until } from './feed-fixture.test.ts'
import { natsSource, openNats } from './nats.ts'
import { httpSource } from './source.ts'

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }
const isHere = spawnSync('nats-server', ['--version'], { env }).status === 0
const skip = isHere || process.env['CI'] === 'true' ? false : 'no nats-server here'
const deny = { kind: 'device', id: 'd1', minEpoch: 3 } as const

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

async function startNats(port: number): Promise<ChildProcess> {
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env })
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isUp) return child
    await wait(10)
  }
  throw new Error('nats-server does not start')
}

test('natsSource() hears what hubs tell NATS, and whatever NATS lost from the server', { skip }, async () => {
  const port = await freePort()
  const child = await startNats(port)
  const place = { servers: [`127.0.0.1:${port}`], subject: 'keyreeve.feed' }
  const [server, gateways] = [await openNats(place), await openNats(place)]
  const stand = await new Stand(undefined, 0, server.tell).listen()
  const gateway = stand.gateway({ source: natsSource(gateways, httpSource({ url: stand.url })) })
  const { subscriber, clock } = gateway
  await until(() => subscriber.status.state === 'live')
  await stand.hub.early({ deny, until: token.iat + 960 })
  await until(() => subscriber.verdict(token) === 'deny')
  await stand.deny(1, deny)
  await until(() => subscriber.status.seq === 1)
  assert.equal(stand.asked.length, 1)
  server.tell('forged')
  await until(() => subscriber.status.ended === 1)
  await stand.deny(2, { kind: 'user', id: 'bob', issuedBefore: token.iat })
  await until(() => {
    clock.advance(5)
    return subscriber.status.seq === 2
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await stand.deny(3, { kind: 'user', id: 'eve', issuedBefore: token.iat })
  await until(() => {
    clock.advance(20)
    return subscriber.status.seq === 3 && subscriber.status.state === 'live'
  })
  assert.equal(subscriber.verdict({ ...token, device: 'd2', sub: 'eve' }), 'deny')
  await gateway.close()
  await Promise.all([server.close(), gateways.close()])
  await stand.kill()
})

test('openNats() says so where nobody answers', { skip }, async () => {
  const place = { servers: [`127.0.0.1:${await freePort()}`], subject: 'keyreeve.feed' }
  await assert.rejects(openNats(place), { code: 'connection-closed' })
})
