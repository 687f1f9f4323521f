// T23: a key that an answer brings back. A few cells of the matrix that `npm run bench -- leaks` runs as a whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cells, fewNumbers, named } from '../../bench/leaks/cells.ts'
import { verdictsOf } from '../../bench/leaks/client.ts'
import { startHostile } from '../../bench/leaks/hostile.ts'
import { freshKey } from '../../bench/leaks/run.ts'
import { control, keyreeve, type Target } from '../../bench/leaks/targets.ts'

async function run(target: Target): Promise<{ leaked: string[]; reached: number }> {
  const secret = freshKey()
  const upstream = await startHostile(secret)
  const started = await target.start({ port: upstream.port, secret })
  assert.ok(typeof started !== 'string')
  const orders = { baseUrl: started.baseUrl, headers: started.headers, keyVariable: null }
  const leaked: string[] = []
  for await (const { number, hasLeaked } of verdictsOf({ ...orders, secret, numbers: fewNumbers }))
    if (hasLeaked) leaked.push(named(cells[number]!))
  await started.close()
  await upstream.close()
  return { leaked, reached: upstream.reached.size }
}

test('T23: the gateway brings nothing of a key back, wherever and however an upstream hands it back', async () => {
  const { leaked, reached } = await run(keyreeve(0, {}))
  assert.deepEqual(leaked, [])
  assert.equal(reached, fewNumbers.length)
})

test('T23: the matrix sees a key that comes back: a proxy that masks nothing leaks in each cell', async () => {
  const { leaked } = await run(control)
  assert.equal(leaked.length, fewNumbers.length)
})
