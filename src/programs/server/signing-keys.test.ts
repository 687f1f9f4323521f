import { Fault, ManualClock, Secret, type Random } from '#base'
import { openRegistry } from '#registry'
import { signCompact, signerOf, decodeCompact, verifyCompact } from '#token'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openSigningKeys } from './signing-keys.ts'

const random: Random = (length) => Uint8Array.from(randomBytes(length))
const day = 86_400_000

async function place(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-keys-'))
  const clock = new ManualClock()
  const registry = await openRegistry({ embedded: folder }, clock)
  t.after(async () => {
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const wrapping = random(32)
  const open = (key = wrapping) =>
    openSigningKeys({ records: registry.signingKeys, wrappingKey: Secret.own(key.slice()), clock, random })
  return { clock, registry, open }
}

test('openSigningKeys() makes two keys, wrapped, and gives all processes the same', async (t) => {
  const { registry, open } = await place(t)
  const [one, other] = await Promise.all([open(), open()])
  assert.equal(one.current().kid, other.current().kid)
  assert.equal(one.published().length, 2)
  const signed = await signCompact({ alg: 'ES256', typ: 'x' }, {}, signerOf(other.current().privateKey))
  const key = one.keyOf(one.current().kid)
  assert.ok(
    key !== undefined && (await verifyCompact(decodeCompact(signed, { longest: 999, typ: 'x' }), key)),
  )
  const { keys } = await registry.signingKeys.read()
  assert.ok(!JSON.stringify(keys).includes(String(one.current().privateKey.export({ format: 'jwk' }).d)))
  await assert.rejects(
    open(random(32)),
    (thrown) => thrown instanceof Fault && thrown.code === 'server-key-invalid',
  )
})

test('refresh() lets the next key follow after its notice, and publishes the old one for as long as it is good', async (t) => {
  const { clock, open } = await place(t)
  const keys = await open()
  const first = keys.current().kid
  const next = keys.published().find(({ kid }) => kid !== first)?.kid
  clock.advance(29 * day)
  await keys.refresh()
  assert.equal(keys.current().kid, first)
  clock.advance(2 * day)
  await keys.refresh()
  assert.equal(keys.current().kid, next)
  assert.ok(keys.keyOf(first) !== undefined)
  assert.equal(keys.published().length, 3)
})

test('deny() ends a key at once, in every process that looks', async (t) => {
  const { open } = await place(t)
  const [one, other] = [await open(), await open()]
  const { kid } = one.current()
  await one.deny(kid)
  await other.refresh()
  for (const keys of [one, other]) {
    assert.notEqual(keys.current().kid, kid)
    assert.equal(keys.keyOf(kid), undefined)
    assert.ok(keys.published().every((jwk) => jwk.kid !== kid))
  }
  assert.equal(one.current().kid, other.current().kid)
  await assert.rejects(
    one.deny('unknown'),
    (thrown) => thrown instanceof Fault && thrown.code === 'key-invalid',
  )
})
