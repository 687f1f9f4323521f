// The clock of the tests does what a clock does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from './time.ts'

test('ManualClock stands still until it is moved', () => {
  const clock = new ManualClock(1000)
  assert.deepEqual([clock.now(), clock.monotonic()], [1000, 0])
  clock.advance(5)
  assert.deepEqual([clock.now(), clock.monotonic()], [1005, 5])
})

test('ManualClock runs what falls due in order, each at its own time', () => {
  const clock = new ManualClock(0)
  const seen: [string, number][] = []
  clock.after(20, () => seen.push(['late', clock.now()]))
  clock.after(10, () => seen.push(['early', clock.now()]))
  clock.after(31, () => seen.push(['never', clock.now()]))
  clock.advance(30)
  assert.deepEqual(seen, [
    ['early', 10],
    ['late', 20],
  ])
})

test('ManualClock runs what was asked for while it moves', () => {
  const clock = new ManualClock(0)
  const seen: number[] = []
  const again = (): void => {
    seen.push(clock.monotonic())
    clock.after(10, again)
  }
  clock.after(10, again)
  clock.advance(35)
  assert.deepEqual(seen, [10, 20, 30])
})

test('ManualClock runs nothing that was cancelled, and everything once', () => {
  const clock = new ManualClock()
  let runs = 0
  const cancel = clock.after(10, () => runs++)
  clock.after(10, () => runs++)
  cancel()
  cancel()
  clock.advance(10)
  clock.advance(100)
  assert.equal(runs, 1)
})
