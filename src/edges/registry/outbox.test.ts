// Tests of what waits to be sent, and of scopes that two widen at once.
import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openRegistry } from './index.ts'

async function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-outbox-'))
  const clock = new ManualClock()
  const registry = await openRegistry({ embedded: folder }, clock)
  t.after(async () => {
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { registry, clock }
}

test('outbox.takeDue() gives each item to one caller, puts it off, and knows it again', async (t) => {
  const { registry, clock } = await open(t)
  const { outbox } = registry
  const item = { id: 'a', receiver: 'x', payload: '{}', until: clock.now() + 1000 }
  await outbox.put([item])
  await outbox.put([])
  const take = () => outbox.takeDue(5, () => 5000)
  const taken = (await Promise.all([take(), take()])).flat()
  assert.deepEqual(taken, [{ ...item, attempts: 0 }])
  assert.deepEqual(await take(), [])
  clock.advance(5000)
  assert.deepEqual(await take(), [{ ...item, attempts: 1 }])
  await outbox.remove('a')
  clock.advance(5000)
  assert.deepEqual(await take(), [])
})

test('devices.widen() adds to what an active device has, also when two do at once', async (t) => {
  const { devices } = (await open(t)).registry
  const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const
  const owner = { tenant: 't', user: 'u', scopes: ['a'], label: '' }
  await devices.enrol({ id: 'd', jkt: 'j', jwk, ...owner, status: 'active' })
  await Promise.all([devices.widen('d', ['b']), devices.widen('d', ['c', 'a'])])
  assert.deepEqual((await devices.byId('d'))?.scopes.toSorted(), ['a', 'b', 'c'])
  await devices.quarantine('d')
  assert.equal(await devices.widen('d', ['e']), null)
})
