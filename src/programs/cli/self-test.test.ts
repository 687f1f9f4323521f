import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { machineAt } from './fake-broker.test.ts'
import { selfTest, selfTestLine, type SelfTestStep } from './self-test.ts'

const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('keyreeve-self-test-'))

test('selfTest() ends at the first step that fails, says why, and leaves nothing behind', async () => {
  const before = leftovers()
  const machine = machineAt('/nonexistent', { main: '/nonexistent/cli/main.ts' })
  const steps: SelfTestStep[] = []
  for await (const step of selfTest(machine, new AbortController().signal)) steps.push(step)
  assert.deepEqual(
    steps.map(({ name, ok, detail }) => [name, ok, detail]),
    [
      ['start', false, 'the broker ended before it was ready (program-gone)'],
      ['live state', false, 'no broker runs for this home (not-running)'],
    ],
  )
  assert.deepEqual(leftovers(), before)
})

test('selfTest() gives nothing more once it was interrupted', async () => {
  const machine = machineAt('/nonexistent', { main: '/nonexistent/cli/main.ts' })
  const steps: SelfTestStep[] = []
  for await (const step of selfTest(machine, AbortSignal.abort())) steps.push(step)
  assert.deepEqual(steps, [])
})

test('selfTestLine() shows a failure as one and no control character', () => {
  const step = { name: 'card', ok: false, ms: 12, detail: 'a\u001bb' }
  assert.equal(selfTestLine(step, { styled: (text) => text }), '  FAILED  card           12 ms  a\\u{1b}b')
})
