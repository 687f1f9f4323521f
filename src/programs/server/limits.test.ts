// Tests of limits and of nonces.
import { ManualClock } from '#base'
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Limit, networkOf, sourcing } from './limits.ts'
import { serverNonces } from './mint-nonces.ts'

test('Limit.take() lets a burst through, then so many a minute', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000), { maxLength: 60 }), (gaps) => {
      const clock = new ManualClock()
      const limit = new Limit({ burst: 5, perMinute: 6 }, clock)
      const taken = gaps.filter((gap) => {
        clock.advance(gap)
        const wait = limit.waitOf('a')
        assert.equal(limit.take('b') === 0 || limit.waitOf('b') > 0, true)
        return wait === 0 && limit.take('a') === 0
      }).length
      assert.ok(taken <= 5 + clock.monotonic() / 10_000)
      clock.advance(limit.waitOf('a'))
      assert.equal(limit.take('a'), 0)
    }),
    { numRuns: 50 },
  )
})

test('Limit forgets the name that was asked for longest ago', () => {
  const limit = new Limit({ burst: 1, perMinute: 1 }, new ManualClock())
  limit.take('first')
  assert.ok(limit.waitOf('first') > 0)
  for (let i = 0; i < 100_000; i++) limit.take(`n${i}`)
  assert.equal(limit.waitOf('first'), 0)
})

test('networkOf() is an IPv4 address, or the first 64 bits of another', () => {
  assert.equal(networkOf(undefined), 'unknown')
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1')
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2')
  assert.equal(networkOf('2001:db8::7'), networkOf('2001:db8::8'))
  assert.notEqual(networkOf('2001:db8::7'), networkOf('2001:db8:0:1::7'))
})

test('serverNonces() takes a nonce as long as it says, from any process with the secret', () => {
  const secret = randomBytes(32)
  const now = 1_767_225_600_000
  fc.assert(
    fc.property(fc.integer({ min: -400_000, max: 400_000 }), (offset) => {
      const nonce = serverNonces(secret).next(now)
      const until = serverNonces(secret).until(nonce, now + offset)
      if (until === undefined) return offset < -60_000 || offset >= 240_000
      return until === now + 240_000 && offset < 240_000
    }),
  )
  assert.equal(serverNonces(randomBytes(32)).until(serverNonces(secret).next(now), now), undefined)
  assert.equal(serverNonces(secret).until('', now), undefined)
})

test('sourcing() believes only what proxies of ours wrote', () => {
  const from = (hops: number, header?: string) => {
    const headers = header === undefined ? {} : { 'x-forwarded-for': header }
    return sourcing(hops)({ headers, socket: { remoteAddress: '10.0.0.1' } })
  }
  assert.equal(from(0, '192.0.2.1'), '10.0.0.1')
  assert.equal(from(1, '198.51.100.9, 192.0.2.1'), '192.0.2.1')
  assert.equal(from(2, '203.0.113.5, 198.51.100.9, 192.0.2.1'), '198.51.100.9')
  assert.equal(from(1, '[2001:db8:1:2:3::4]:443'), '2001:db8:1:2')
  assert.equal(from(1, '192.0.2.1:443'), '192.0.2.1')
  for (const bad of [undefined, '', 'unknown', "' OR 1=1", '192.0.2.1,'])
    assert.equal(from(1, bad), '10.0.0.1')
  assert.equal(from(2, '192.0.2.1'), '10.0.0.1')
})
