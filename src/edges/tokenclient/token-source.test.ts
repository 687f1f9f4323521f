// Tests of the cache: one mint however many ask, never a wait while a token is good, and no way out of revocation.
import { Fault, ManualClock, type Clock } from '#base'
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { tokenSource, type MintAnswer, type TokenSourceOptions } from './index.ts'

const life = 900_000
const unreachable: MintAnswer = { fault: new Fault('issuer-unreachable', 'away') }

/** A source whose issuer answers as `next` says; a number of its own for each token. */
function setUp({ clock = new ManualClock() }: { clock?: Clock } = {}) {
  const issuer = {
    mints: 0,
    next: (): Promise<MintAnswer> | MintAnswer => ({ token: `t${issuer.mints}`, life }),
  }
  const options: TokenSourceOptions = {
    clock,
    random: (length) => new Uint8Array(length).fill(128),
    mint: async () => {
      issuer.mints++
      return issuer.next()
    },
  }
  return { issuer, clock, source: tokenSource(options) }
}

test('TokenSource.get() mints once for 10,000 callers', async () => {
  const { issuer, source } = setUp()
  const tokens = await Promise.all(Array.from({ length: 10_000 }, () => source.get()))
  assert.deepEqual(new Set(tokens), new Set(['t1']))
  assert.equal(issuer.mints, 1)
  assert.equal(source.cached(), 't1')
})

test('TokenSource.get() does not wait for a renewal while the token is good', async () => {
  const clock = new ManualClock()
  const { issuer, source } = setUp({ clock })
  await source.get()
  issuer.next = () => new Promise(() => {})
  clock.advance(life * 0.56)
  await turn()
  assert.equal(issuer.mints, 2)
  assert.equal(await source.get(), 't1')
  clock.advance(life * 0.44 - 1)
  assert.equal(await source.get(), 't1')
  clock.advance(1)
  assert.equal(source.cached(), undefined)
})

test('TokenSource renews at half of the life, and only what was used', async () => {
  const clock = new ManualClock()
  const { issuer, source } = setUp({ clock })
  await source.get()
  clock.advance(life * 0.449)
  assert.equal(issuer.mints, 1)
  clock.advance(life * 0.102)
  await turn()
  assert.equal(issuer.mints, 2)
  clock.advance(life * 2)
  await turn()
  assert.deepEqual([issuer.mints, source.state()], [2, 'empty'])
})

test('TokenSource rides out an outage, backs off, and comes back', async () => {
  const clock = new ManualClock()
  const { issuer, source } = setUp({ clock })
  await source.get()
  const good = issuer.next
  issuer.next = () => unreachable
  for (let second = 0; second < 899; second++) {
    clock.advance(1000)
    await turn()
    assert.equal(await source.get(), 't1')
  }
  assert.equal(source.state(), 'riding-out')
  assert.ok(issuer.mints > 5 && issuer.mints < 40, String(issuer.mints))
  clock.advance(1000)
  await assert.rejects(source.get(), { code: 'issuer-unreachable' })
  assert.equal(source.state(), 'expired')
  const before = issuer.mints
  await Promise.allSettled(Array.from({ length: 1000 }, () => source.get()))
  assert.ok(issuer.mints - before <= 1)
  issuer.next = good
  clock.advance(60_000)
  assert.match(await source.get(), /^t\d+$/)
  assert.equal(source.state(), 'fresh')
})

test('TokenSource asks no sooner than Retry-After says', async () => {
  const clock = new ManualClock()
  const { issuer, source } = setUp({ clock })
  issuer.next = () => ({ ...unreachable, retryAfter: 120_000 })
  await assert.rejects(source.get())
  clock.advance(119_999)
  await assert.rejects(source.get())
  assert.equal(issuer.mints, 1)
  clock.advance(60_001)
  await assert.rejects(source.get())
  assert.equal(issuer.mints, 2)
})

test('TokenSource.evict() forgets the one token that is named', async () => {
  const { issuer, source } = setUp()
  await source.get()
  source.evict('another')
  assert.equal(source.cached(), 't1')
  source.evict('t1')
  assert.equal(source.cached(), undefined)
  await Promise.all(Array.from({ length: 100 }, async () => (source.evict('t1'), source.get())))
  assert.equal(issuer.mints, 2)
})

test('TokenSource is revoked for good by that fault alone', async () => {
  const clock = new ManualClock()
  const { issuer, source } = setUp({ clock })
  issuer.next = () => ({ fault: new Fault('issuer-refused', 'a 401 of whomever') })
  await assert.rejects(source.get(), { code: 'issuer-refused' })
  assert.equal(source.state(), 'expired')
  clock.advance(60_000)
  issuer.next = () => ({ fault: new Fault('device-revoked', 'signed') })
  await assert.rejects(source.get(), { code: 'device-revoked' })
  clock.advance(3_600_000)
  await assert.rejects(source.get(), { code: 'device-revoked' })
  assert.deepEqual([issuer.mints, source.state()], [2, 'revoked'])
})

test('TokenSource notices that the machine slept, and is not fooled by a clock that was set', async () => {
  const inner = new ManualClock()
  let jump = 0
  const clock: Clock = {
    now: () => inner.now() + jump,
    monotonic: () => inner.monotonic(),
    after: (delay, act) => inner.after(delay, act),
  }
  const { issuer, source } = setUp({ clock })
  await source.get()
  jump = -3_600_000
  assert.equal(source.cached(), 't1')
  jump = 3_600_000
  assert.equal(source.cached(), undefined)
  issuer.next = () => unreachable
  assert.equal(await source.get(), 't1')
  issuer.next = () => ({ token: 'new', life })
  inner.advance(60_000)
  await turn()
  assert.equal(await source.get(), 'new')
  assert.equal(source.cached(), 'new')
})

test('TokenSource.close() forgets, and asks no more', async () => {
  const { issuer, source } = setUp()
  await source.get()
  source.close()
  await assert.rejects(source.get(), { code: 'issuer-refused' })
  assert.equal(issuer.mints, 1)
})
