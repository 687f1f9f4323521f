// Tests of reading and knowing an issuer's keys.
import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { publicJwkOf, PublishedKeys, readKeySet } from './index.ts'

function key(kid: string) {
  return { ...publicJwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey), kid }
}

test('readKeySet() leaves out what is no named key on P-256, and keeps the rest', () => {
  const good = key('good')
  const { kid: _, ...nameless } = key('nameless')
  const off = { ...key('off'), y: good.x }
  const others = [null, 7, { kty: 'RSA', kid: 'rsa' }, nameless, off, { ...key('private'), d: good.x }]
  const keys = readKeySet(JSON.stringify({ keys: [...others, good] }))
  assert.deepEqual([...keys.keys()], ['good'])
  assert.equal(keys.get('good')?.type, 'public')
})

test('readKeySet() takes no text that is no list of keys', () => {
  for (const text of ['', 'null', '{}', '{"keys":7}', '[]']) {
    assert.throws(() => readKeySet(text), { code: 'key-invalid' })
  }
})

test('PublishedKeys asks again for an unknown name, once a second, and never for a denied one', async () => {
  const clock = new ManualClock()
  let [asked, published] = [0, [key('k1')]]
  const keys = new PublishedKeys({
    clock,
    fetch: async () => (asked++, JSON.stringify({ keys: published })),
  })
  await Promise.all([keys.learn('k1'), keys.learn('k1')])
  assert.deepEqual([asked, keys.of('k1') !== undefined, keys.of('k2')], [1, true, undefined])
  published = [key('k2')]
  await keys.learn('k2')
  assert.equal(asked, 1)
  clock.advance(1000)
  await keys.learn('k2')
  assert.deepEqual([asked, keys.of('k1'), keys.of('k2') !== undefined], [2, undefined, true])
  keys.deny('k2')
  clock.advance(1000)
  await keys.learn('k2')
  assert.deepEqual([asked, keys.of('k2')], [2, undefined])
})
