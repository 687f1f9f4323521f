import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { timeOrderedId } from './index.ts'

const random = (length: number) => Uint8Array.from(randomBytes(length))

test('timeOrderedId() is a UUID of version 7 that sorts by its time', () => {
  const form = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
  const time = fc.integer({ min: 0, max: 2 ** 48 - 2 })
  fc.assert(
    fc.property(time, (now) => {
      const [first, second] = [timeOrderedId(now, random), timeOrderedId(now + 1, random)]
      assert.match(first, form)
      assert.ok(first < second)
      assert.equal(Number.parseInt(first.slice(0, 13).replace('-', ''), 16), now)
    }),
  )
})
