// A gateway follows a feed that is whole, and accepts nothing of one that is not.
import type { Deny, FeedEvent } from '#token'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issuer, Keys, Stand, token, until } from './feed-fixture.test.ts'
import { eventOf } from './sse.ts'

const deny: Deny = { kind: 'device', id: 'd1', minEpoch: 3 }
const denial = { deny, until: token.iat + 960 }
const other = { ...token, device: 'd2' }

test('FeedSubscriber denies what is revoked, at once and for those who come later', async () => {
  const stand = await new Stand().listen()
  const gateway = stand.gateway()
  const { subscriber } = gateway
  assert.equal(subscriber.verdict(token), 'deny')
  await until(() => subscriber.status.state === 'live')
  assert.equal(subscriber.verdict(token), 'allow')
  await stand.deny(1, deny)
  await until(() => subscriber.verdict(token) === 'deny')
  assert.equal(subscriber.verdict(other), 'allow')
  assert.equal(subscriber.verdict({ ...token, epoch: 3 }), 'allow')
  const late = stand.gateway()
  await until(() => late.subscriber.status.seq === 1)
  assert.equal(late.subscriber.verdict(token), 'deny')
  assert.deepEqual(subscriber.status, { state: 'live', silence: 0, seq: 1, skew: 0, refused: 0, ended: 0 })
  await Promise.all([gateway.close(), late.close()])
  await stand.kill()
})

test('FeedSubscriber denies what is not durable yet, and keeps its place', async () => {
  const stand = await new Stand().listen()
  const gateway = stand.gateway()
  await until(() => gateway.subscriber.status.state === 'live')
  await stand.hub.early(denial)
  await until(() => gateway.subscriber.verdict(token) === 'deny')
  assert.equal(gateway.subscriber.status.seq, 0)
  const late = stand.gateway()
  await until(() => late.subscriber.verdict(token) === 'deny' && late.subscriber.status.state === 'live')
  await Promise.all([gateway.close(), late.close()])
  await stand.kill()
})

const bad: Readonly<Record<string, (stand: Stand) => Promise<FeedEvent | string>>> = {
  'a gap': async () => ({ kind: 'deny', seq: 2, ...denial }),
  'a beat that is ahead': async () => ({ kind: 'beat', seq: 1 }),
  'a second start': async () => ({ kind: 'start', nonce: 'n', base: 0, seq: 0 }),
  'another issuer': ({ keys, clock }) =>
    keys.sign({ kind: 'deny', seq: 1, ...denial }, clock, { issuer: 'https://other.example' }),
  'an unknown key': ({ keys, clock }) => keys.sign({ kind: 'deny', seq: 1, ...denial }, clock, { kid: 'k9' }),
  'a forged signature': async ({ clock }) => new Keys().sign({ kind: 'deny', seq: 1, ...denial }, clock),
  'a changed claim': async ({ keys, clock }) => {
    const [head, , tail] = (await keys.sign({ kind: 'deny', seq: 1, ...denial }, clock)).split('.')
    const claims = { iss: issuer, iat: clock.now() / 1000, kind: 'deny', seq: 1, ...denial, until: 1 }
    return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), tail].join('.')
  },
  'no statement at all': async () => 'hello',
}

for (const [name, event] of Object.entries(bad)) {
  test(`FeedSubscriber accepts nothing after ${name}, and connects anew from where it was`, async () => {
    const stand = await new Stand().listen()
    stand.sayAfterStart(await event(stand), { kind: 'deny', seq: 1, ...denial })
    const gateway = stand.gateway()
    const { subscriber, clock } = gateway
    await until(() => subscriber.status.ended === 1)
    assert.equal(subscriber.denials.size, 0)
    stand.answer = null
    await stand.deny(1, deny)
    clock.advance(1000)
    await until(() => subscriber.verdict(token) === 'deny' && subscriber.status.state === 'live')
    assert.equal(stand.asked[1]?.searchParams.get('after'), '0')
    await gateway.close()
    await stand.kill()
  })
}

test('FeedSubscriber does not hear a place twice', async () => {
  const stand = await new Stand().listen()
  const first = { kind: 'deny', seq: 1, ...denial } as const
  const second = {
    kind: 'deny',
    seq: 2,
    deny: { kind: 'user', id: 'bob', issuedBefore: 5 },
    until: denial.until,
  } as const
  stand.sayAfterStart(first, { ...first, deny: { ...deny, id: 'd2' } }, second)
  const gateway = stand.gateway()
  await until(() => gateway.subscriber.status.seq === 2)
  assert.equal(gateway.subscriber.verdict(other), 'allow')
  assert.equal(gateway.subscriber.status.refused, 1)
  await gateway.close()
  await stand.kill()
})

test('FeedSubscriber takes no recording for the present', async () => {
  const stand = await new Stand().listen()
  const start = await stand.keys.sign({ kind: 'start', nonce: 'recorded', base: 0, seq: 0 }, stand.clock)
  stand.answer = (_, response) => void response.write(eventOf(start))
  const gateway = stand.gateway()
  await until(() => gateway.subscriber.status.ended === 1)
  assert.equal(gateway.subscriber.status.state, 'failed')
  const beat = await stand.keys.sign({ kind: 'beat', seq: 0 }, stand.clock)
  stand.clock.advance(10_000)
  stand.sayAfterStart(beat)
  gateway.clock.advance(5000)
  await until(() => gateway.subscriber.status.refused === 2)
  await gateway.close()
  await stand.kill()
})

test('FeedSubscriber goes live, degraded and failed with the silence, and lets in by the policy', async () => {
  const stand = await new Stand().listen()
  const strict = stand.gateway()
  const loose = stand.gateway({ policy: 'ride_out' })
  assert.equal(loose.subscriber.verdict(token), 'allow')
  const both = [strict, loose]
  await until(() => both.every(({ subscriber }) => subscriber.status.state === 'live'))
  await stand.kill()
  await until(() => both.every(({ subscriber }) => subscriber.status.ended > 0))
  for (const [time, state, verdicts] of [
    [3000, 'live', ['allow', 'allow']],
    [1, 'degraded', ['ask', 'ask']],
    [26_999, 'degraded', ['ask', 'ask']],
    [1, 'failed', ['deny', 'allow']],
  ] as const) {
    for (const { clock } of both) clock.advance(time)
    assert.deepEqual(
      both.map(({ subscriber }) => subscriber.status.state),
      [state, state],
    )
    assert.deepEqual(
      both.map(({ subscriber }) => subscriber.verdict(token)),
      verdicts,
    )
  }
  await Promise.all(both.map((gateway) => gateway.close()))
})

test('FeedSubscriber stays live by beats alone, and ends a connection that has gone silent', async () => {
  const stand = await new Stand().listen()
  const gateway = stand.gateway()
  const { subscriber, clock } = gateway
  await until(() => subscriber.status.state === 'live')
  for (let second = 0; second < 40; second++) {
    clock.advance(1000)
    const before = subscriber.status
    stand.clock.advance(1000)
    await until(() => subscriber.status.state === 'live' && subscriber.status.silence === 0)
    assert.equal(before.ended, 0)
  }
  clock.advance(3000)
  await until(() => subscriber.status.ended === 1)
  await gateway.close()
  await stand.kill()
})

test('FeedSubscriber comes back after ten minutes, and after an hour when all is forgotten', async () => {
  const stand = await new Stand().listen()
  const gateway = stand.gateway()
  const { subscriber, clock } = gateway
  await stand.deny(1, { kind: 'user', id: 'bob', issuedBefore: token.iat })
  await until(() => subscriber.status.seq === 1)
  const { port } = stand.url
  await stand.kill()
  await until(() => subscriber.status.ended > 0)
  clock.advance(600_000)
  assert.equal(subscriber.verdict(token), 'deny')
  const next = new Stand(stand.keys)
  next.clock.advance(600_000)
  await next.deny(1, { kind: 'user', id: 'bob', issuedBefore: token.iat })
  await next.deny(2, deny)
  await next.listen(Number(port))
  await until(() => {
    clock.advance(100)
    return subscriber.status.state === 'live'
  })
  assert.equal(subscriber.status.seq, 2)
  assert.equal(subscriber.verdict(token), 'deny')
  assert.equal(subscriber.verdict(other), 'allow')
  assert.equal(next.asked[0]?.searchParams.get('after'), '1')
  next.clock.advance(3_600_000)
  const late = next.gateway({ now: next.clock.now() })
  await until(() => late.subscriber.status.state === 'live')
  assert.equal(late.subscriber.status.seq, 2)
  assert.equal(late.subscriber.denials.size, 0)
  await Promise.all([gateway.close(), late.close()])
  await next.kill()
})

for (const hours of [-1, 1]) {
  test(`FeedSubscriber does its work with a clock ${hours} h wrong, and measures it`, async () => {
    const stand = await new Stand().listen()
    const gateway = stand.gateway({ now: stand.clock.now() + hours * 3_600_000 })
    const { subscriber, clock } = gateway
    await until(() => subscriber.status.state === 'live')
    assert.equal(subscriber.status.skew, -hours * 3_600_000)
    await stand.deny(1, deny)
    await until(() => subscriber.verdict(token) === 'deny')
    clock.advance(900_000)
    assert.equal(subscriber.verdict({ ...token, device: 'd1' }), 'deny')
    await gateway.close()
    await stand.kill()
  })
}

test('FeedSubscriber polls where streams bring nothing, and tries a stream again', async () => {
  const stand = await new Stand().listen()
  const held: unknown[] = []
  const hub = stand.hub
  stand.answer = (url, response) => {
    const nonce = url.searchParams.get('nonce') ?? ''
    const after = url.searchParams.get('after')
    const joining = { after: after === null ? null : Number(after), nonce, isOnce: true }
    return url.searchParams.has('once') ? hub.serve(joining, response) : void held.push(response)
  }
  const gateway = stand.gateway()
  const { subscriber, clock } = gateway
  await until(() => stand.asked.length === 1)
  await until(() => {
    clock.advance(100)
    return subscriber.status.state === 'live'
  })
  await stand.deny(1, deny)
  await until(() => {
    clock.advance(10)
    return subscriber.verdict(token) === 'deny' && subscriber.status.state === 'live'
  })
  stand.answer = null
  await until(() => {
    clock.advance(50)
    return hub.listeners === 1
  })
  await gateway.close()
  await stand.kill()
})

test('FeedSubscriber knows a key that was denied no more, whoever publishes it', async () => {
  const stand = await new Stand().listen()
  const gateway = stand.gateway()
  const { subscriber, clock } = gateway
  await until(() => subscriber.status.state === 'live')
  const stolen = stand.keys.pairs.get('k1')
  assert.ok(stolen)
  stand.keys.pairs.set('k2', new Keys().pairs.get('k1') ?? stolen)
  stand.keys.current = 'k2'
  clock.advance(1000)
  await stand.deny(1, { kind: 'key', id: 'k1', issuedBefore: token.iat })
  await until(() => subscriber.verdict(token) === 'deny')
  assert.equal(subscriber.verdict({ ...token, kid: 'k2' }), 'allow')
  const forged = await stand.keys.sign(
    { kind: 'deny', seq: 2, ...denial, deny: { ...deny, id: 'd2' } },
    clock,
    { kid: 'k1' },
  )
  stand.sayAfterStart(forged)
  stand.hub.close()
  await until(() => {
    clock.advance(100)
    return subscriber.status.refused > 0
  })
  assert.equal(subscriber.verdict({ ...other, kid: 'k2' }), 'allow')
  await gateway.close()
  await stand.kill()
})

test('FeedSubscriber ends the answers under way that a revocation hits, and no other', async () => {
  const stand = await new Stand().listen()
  const gateway = stand.gateway()
  const { subscriber } = gateway
  await until(() => subscriber.status.state === 'live')
  const cut: string[] = []
  const close = subscriber.streams.open({ ...token, tenant: 't2' }, () => cut.push('over'))
  close()
  subscriber.streams.open(token, () => cut.push('d1'))
  subscriber.streams.open({ ...token, epoch: 3 }, () => cut.push('enrolled anew'))
  subscriber.streams.open(other, () => cut.push('d2'))
  subscriber.streams.open({ ...other, sub: 'bob', tenant: 't2' }, () => cut.push('bob'))
  await stand.hub.early(denial)
  await until(() => cut.length > 0)
  assert.deepEqual(cut, ['d1'])
  await stand.deny(1, { kind: 'user', id: 'ann', issuedBefore: token.iat })
  await until(() => subscriber.status.seq === 1)
  assert.deepEqual(cut, ['d1', 'enrolled anew', 'd2'])
  await stand.deny(2, { kind: 'all', issuedBefore: token.iat })
  await until(() => subscriber.status.seq === 2)
  assert.deepEqual(cut, ['d1', 'enrolled anew', 'd2', 'bob'])
  assert.equal(subscriber.streams.size, 0)
  await gateway.close()
  await stand.kill()
})
