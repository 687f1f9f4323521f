// Tests of who is suspended.
import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openRegistry } from './index.ts'

test('suspensions are kept once, and lifted once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-suspensions-'))
  const registry = await openRegistry({ embedded: folder }, new ManualClock())
  t.after(async () => {
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { suspensions } = registry
  const [id, since] = ["' OR 1=1 --", 1_767_225_600_000]
  const who = { kind: 'user', id } as const
  await Promise.all([suspensions.suspend(who), suspensions.suspend(who)])
  await suspensions.suspend({ kind: 'tenant', id })
  assert.deepEqual(await suspensions.list(), [
    { kind: 'tenant', id, since },
    { kind: 'user', id, since },
  ])
  assert.deepEqual([await suspensions.lift(who), await suspensions.lift(who)], [true, false])
  assert.deepEqual(await suspensions.list(), [{ kind: 'tenant', id, since }])
})
