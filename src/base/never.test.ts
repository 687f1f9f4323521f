// The end of a switch that was thought to be exhaustive.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNever } from './never.ts'

test('assertNever() ends in a fault that does not repeat the value', () => {
  assert.throws(
    () => assertNever('unforeseen' as never),
    (fault: Error) => 'code' in fault && fault.code === 'internal' && !fault.message.includes('unforeseen'),
  )
})
