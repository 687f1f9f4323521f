import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fronted, standIn } from './front.ts'
import { redact, scan } from './redact.ts'
import { parseRules } from './rules.ts'
import { StreamRedactor } from './stream.ts'

let loads = 0
const front = fronted(() => {
  loads++
  return { scan, redact }
})

test('fronted() tells of a plain line that nothing is in it, and loads nothing for that', () => {
  loads = 0
  assert.deepEqual(front.scan('nothing to find'), [])
  assert.deepEqual(front.redact('nothing to find'), { text: 'nothing to find', findings: [] })
  assert.equal(loads, 0)
})

test('fronted() leaves to the whole what may hold something, and what a glance cannot tell', () => {
  const key = new Uint8Array(32)
  const rules = parseRules({ rules: [{ id: 'x-badge', anchors: ['badge-'], form: 'alnum:24' }] })
  const cases = [
    ['password: hunter2xyz', { key }],
    ['mail jane@example.com', { key, pii: true }],
    [`badge-${'Q7z2'.repeat(6)}`, { key, rules }],
    ['Q7z2vB9x'.repeat(6), { key, policy: 'strict' }],
    [Buffer.from('nothing to find'), { key }],
  ] as const
  for (const [input, options] of cases) {
    assert.deepEqual(front.scan(input, options), scan(input, options))
    assert.deepEqual(front.redact(input, options), redact(input, options))
  }
})

test('standIn() is made, asked and extended as the class that it stands for', () => {
  let isLoaded = false
  const StandIn = standIn(() => {
    isLoaded = true
    return StreamRedactor
  })
  assert.equal(isLoaded, false)
  class Mine extends StandIn {}
  for (const redactor of [new StandIn(), new Mine()]) {
    assert.ok(redactor instanceof StreamRedactor)
    assert.ok(redactor instanceof StandIn)
    assert.equal(redactor.isHolding, false)
  }
  assert.ok(new Mine() instanceof Mine)
  assert.equal(StandIn.name, 'StreamRedactor')
})
