// The hub gives each listener what it lacks, and keeps nothing for those who do not take it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { Stand, token, until } from './feed-fixture.test.ts'

function user(seq: number) {
  return { kind: 'user', id: `user-${seq}-${'x'.repeat(400)}`, issuedBefore: token.iat } as const
}

test('FeedHub gives a thousand revocations in their order to whoever comes', async () => {
  const stand = await new Stand(undefined, 41).listen()
  await stand.hub.append(Array.from({ length: 1000 }, (_, at) => stand.sequenced(42 + at, user(at))))
  const gateway = stand.gateway()
  await until(() => gateway.subscriber.status.seq === 1041)
  assert.deepEqual(gateway.subscriber.status.refused, 0)
  await gateway.close()
  await stand.kill()
})

test('FeedHub.append() refuses what is not in its place', async () => {
  const stand = new Stand(undefined, 5)
  await assert.rejects(stand.deny(7, user(7)), { code: 'internal' })
  await assert.rejects(stand.deny(5, user(5)), { code: 'internal' })
  await stand.deny(6, user(6))
  assert.equal(stand.hub.seq, 6)
  stand.hub.close()
})

test('FeedHub drops whoever does not take what comes, and holds no more for it than its connection', async () => {
  const stand = await new Stand().listen()
  const socket = connect(Number(stand.url.port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  socket.write('GET /feed?nonce=n HTTP/1.1\r\nhost: x\r\n\r\n')
  await until(() => stand.hub.listeners === 1)
  for (let round = 0; round < 8; round++) {
    const next = stand.hub.seq + 1
    await stand.hub.append(Array.from({ length: 1000 }, (_, at) => stand.sequenced(next + at, user(at))))
  }
  assert.ok(stand.hub.waiting < 200_000)
  assert.equal(stand.hub.listeners, 1)
  for (let second = 0; second < 7; second++) {
    stand.clock.advance(1000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await until(() => stand.hub.listeners === 0)
  socket.destroy()
  await stand.kill()
})

test('FeedHub.serve() takes so many listeners and no more', async () => {
  const stand = await new Stand().listen()
  const gateways = Array.from({ length: 8 }, () => stand.gateway())
  await until(() => stand.hub.listeners === 8)
  assert.equal((await fetch(new URL('?nonce=n', stand.url))).status, 503)
  await Promise.all(gateways.map((gateway) => gateway.close()))
  await until(() => stand.hub.listeners === 0)
  await stand.kill()
})
