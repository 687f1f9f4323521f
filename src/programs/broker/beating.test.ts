// Tests of heartbeats.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '#base'
import { keepBeating } from './beating.ts'

test('keepBeating() writes a heartbeat every hour, until the log takes no more', async () => {
  const clock = new ManualClock()
  const kinds: string[] = []
  let isOpen = true
  const append = async ({ kind }: { kind: string }) => {
    if (!isOpen) throw new Error('closed')
    return kinds.push(kind)
  }
  keepBeating({ append }, clock)
  for (let hour = 0; hour < 3; hour++) {
    clock.advance(3_599_999)
    assert.equal(kinds.length, hour)
    clock.advance(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  isOpen = false
  clock.advance(3_600_000)
  await new Promise((resolve) => setImmediate(resolve))
  isOpen = true
  clock.advance(36_000_000)
  assert.deepEqual(kinds, ['heartbeat', 'heartbeat', 'heartbeat'])
})
