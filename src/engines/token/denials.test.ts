// Tests of revocation: statements, the feed, what is denied, and join states.
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  checkFeedEvent,
  checkRevocationStatement,
  feedKeyOf,
  denialLife,
  Denials,
  joinCount,
  nextJoinState,
  readDeny,
  signCompact,
  signerOf,
  signFeedEvent,
  signRevocationStatement,
  type Denial,
  type Deny,
  type FeedEvent,
} from './index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sign = signerOf(privateKey)
const issuer = 'https://as.example'
const keyOf = (kid: string) => (kid === 'k1' ? publicKey : undefined)
const now = 1_767_225_600_000
const iat = now / 1000
const by = { issuer, kid: 'k1', now: now + 1 }
const statement = { iss: issuer, device: 'd1', jkt: 'thumb', reason: 'stolen', iat }
const token = { device: 'd1', epoch: 2, sub: 'ann', tenant: 't1', kid: 'k1', iat }
const denies: readonly Deny[] = [
  { kind: 'device', id: 'd1', minEpoch: 3 },
  { kind: 'user', id: 'ann', issuedBefore: iat },
  { kind: 'tenant', id: 't1', issuedBefore: iat },
  { kind: 'key', id: 'k1', issuedBefore: iat },
  { kind: 'all', issuedBefore: iat },
]

test('checkRevocationStatement() believes the own issuer about the own key only', async () => {
  const text = await signRevocationStatement(statement, 'k1', sign)
  const expected = { issuer, jkt: 'thumb', keyOf }
  assert.deepEqual(await checkRevocationStatement(text, expected), statement)
  const others = [
    { ...expected, issuer: 'https://other.example' },
    { ...expected, jkt: 'other' },
    { ...expected, keyOf: () => undefined },
    { ...expected, keyOf: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey },
  ]
  for (const other of others)
    await assert.rejects(checkRevocationStatement(text, other), { code: 'token-invalid' })
  const event = await signFeedEvent({ kind: 'beat', seq: 1 }, by, sign)
  await assert.rejects(checkRevocationStatement(event, expected), { code: 'token-invalid' })
})

test('checkFeedEvent() gives each event as it was signed, to the millisecond', async () => {
  const events: FeedEvent[] = [
    { kind: 'start', nonce: 'n', base: 3, seq: 7 },
    { kind: 'beat', seq: 7 },
    ...denies.map((deny) => ({ kind: 'deny', seq: 8, deny, until: iat + 960 }) as const),
    ...denies.map((deny) => ({ kind: 'early', deny, until: iat + 960 }) as const),
  ]
  for (const event of events) {
    const text = await signFeedEvent(event, by, sign)
    assert.equal(feedKeyOf(text), 'k1')
    assert.deepEqual(await checkFeedEvent(text, { issuer, keyOf }), { ...event, at: now + 1 })
  }
})

test('checkFeedEvent() refuses events of others, and what it does not know', async () => {
  const text = await signFeedEvent({ kind: 'beat', seq: 1 }, by, sign)
  await assert.rejects(checkFeedEvent(text, { issuer: 'https://other.example', keyOf }), {
    code: 'token-invalid',
  })
  await assert.rejects(checkFeedEvent(text, { issuer, keyOf: () => undefined }), { code: 'token-invalid' })
  for (const deny of [
    { kind: 'planet', id: 'x' },
    { kind: 'user', id: 'x' },
    { kind: 'device', minEpoch: 1 },
    [],
    'all',
  ]) {
    const bad = await signCompact(
      { alg: 'ES256', typ: 'keyreeve-feed+jwt', kid: 'k1' },
      { iss: issuer, kind: 'deny', seq: 1, iat, deny, until: 1 },
      sign,
    )
    await assert.rejects(checkFeedEvent(bad, { issuer, keyOf }), { code: 'token-invalid' })
  }
  const unknown = { iss: issuer, kind: 'undo', seq: 1, iat }
  for (const claims of [
    unknown,
    { ...unknown, kind: 'beat', iat: -1 },
    { ...unknown, kind: 'beat', seq: 0.5 },
  ]) {
    const bad = await signCompact({ alg: 'ES256', typ: 'keyreeve-feed+jwt', kid: 'k1' }, claims, sign)
    await assert.rejects(checkFeedEvent(bad, { issuer, keyOf }), { code: 'token-invalid' })
  }
  assert.throws(() => readDeny({}), { code: 'token-invalid' })
})

test('Denials.isDenied() denies what came before, and nothing that came after', () => {
  for (const deny of denies) {
    const denials = new Denials()
    assert.equal(denials.isDenied(token, now), false)
    denials.deny({ deny, until: iat + 960 }, now)
    assert.ok(denials.isDenied(token, now), deny.kind)
    assert.ok(denials.isDenied(token, now + 959_999))
    assert.equal(denials.isDenied(token, now + 960_000), false)
    assert.equal(denials.isDenied({ ...token, epoch: 3, iat: iat + 1 }, now), false)
    const other = { ...token, device: 'd2', sub: 'bob', tenant: 't2', kid: 'k2' }
    assert.equal(denials.isDenied(other, now), deny.kind === 'all')
  }
})

test('Denials.deny() never loosens, whatever the order', () => {
  const denial = fc.record({ minEpoch: fc.nat(9), until: fc.integer({ min: iat + 1, max: iat + 960 }) })
  fc.assert(
    fc.property(fc.array(denial, { minLength: 1 }), fc.nat(9), (some, epoch) => {
      const denials = new Denials()
      for (const { minEpoch, until } of some) {
        const one: Denial = { deny: { kind: 'device', id: 'd1', minEpoch }, until }
        denials.deny(one, now)
      }
      const least = Math.max(...some.map(({ minEpoch }) => minEpoch))
      assert.equal(denials.isDenied({ ...token, epoch }, now), epoch < least)
    }),
  )
})

test('Denials.deny() lets the dead go', () => {
  const denials = new Denials()
  const until = (now + denialLife) / 1000
  for (let i = 0; i < 1000; i++)
    denials.deny({ deny: { kind: 'device', id: `d${i}`, minEpoch: 1 }, until }, now)
  assert.equal(denials.size, 1000)
  const later = now + denialLife
  denials.deny({ deny: { kind: 'user', id: 'ann', issuedBefore: iat }, until: until + 960 }, later)
  assert.equal(denials.size, 1)
})

test('nextJoinState() counts, differs each time, and is only for its device and its server', () => {
  const key = { secret: randomBytes(32), device: 'd1' }
  const random = (length: number) => Uint8Array.from(randomBytes(length))
  const first = nextJoinState(undefined, key, random)
  const second = nextJoinState(first, key, random)
  assert.deepEqual([joinCount(first, key), joinCount(second, key)], [1, 2])
  assert.notEqual(nextJoinState(first, key, random), second)
  assert.equal(joinCount(first, { ...key, device: 'd2' }), null)
  assert.equal(joinCount(first, { ...key, secret: randomBytes(32) }), null)
  fc.assert(fc.property(fc.string(), (text) => joinCount(text, key) === null))
  const bytes = Buffer.from(first, 'base64url')
  for (let i = 0; i < bytes.length; i++) {
    const bent = Buffer.from(bytes)
    bent[i] = (bent[i] ?? 0) ^ 1
    assert.equal(joinCount(bent.toString('base64url'), key), null)
  }
})
