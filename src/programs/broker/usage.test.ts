// Counts of a day survive a restart; so does a stop, and a damaged file counts as one.
import { ManualClock } from '#base'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Usage } from './usage.ts'

const call = {
  intent: 1,
  assistant: 'a',
  route: 'model',
  status: 200,
  took: 1,
  sent: { bytes: 1, sha256: null },
  received: { bytes: 1, sha256: null },
  tokens: { input: 3, output: 4, isEstimated: false },
  cost: 0.5,
}

test('Usage counts, goes on after a restart, and begins anew at midnight', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-usage-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'usage')
  const clock = new ManualClock()
  const usage = new Usage(file, clock)
  usage.add([call, call])
  usage.add([{ ...call, assistant: 'b' }])
  clock.advance(2000)
  const again = new Usage(file, clock)
  assert.deepEqual(again.list(), [
    { assistant: 'a', route: 'model', requests: 2, input: 6, output: 8, cost: 1 },
    { assistant: 'b', route: 'model', requests: 1, input: 3, output: 4, cost: 0.5 },
  ])
  clock.advance(86_400_000)
  assert.deepEqual(again.list(), [])
})

test('Usage stays stopped over a restart, and a damaged file counts as stopped', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-usage-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'usage')
  const clock = new ManualClock()
  assert.equal(new Usage(file, clock).isStopped, false)
  new Usage(file, clock).stop(true)
  assert.equal(new Usage(file, clock).isStopped, true)
  new Usage(file, clock).stop(false)
  assert.equal(new Usage(file, clock).isStopped, false)
  for (const text of ['', '{', '{"day":1}', '[]']) {
    writeFileSync(file, text)
    assert.equal(new Usage(file, clock).isStopped, true, text)
  }
})
