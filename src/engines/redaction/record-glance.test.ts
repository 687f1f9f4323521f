// A glance passes what a walk would give back as it is, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isClearRecord, type Seeing } from './record-glance.ts'
import { KeyMeanings } from './record-keys.ts'
import { RecordWalk } from './record-walk.ts'
import { isClear } from './redact.ts'

const token = `ghp_${'A1b2'.repeat(9)}`
const limits = { depth: 32, values: 50_000, characters: 2 ** 22 }
const meanings = new KeyMeanings({}, [])
const seeing: Seeing = { meanings, isClear: (text) => isClear(text, {}), isUnsteady: () => false }

const leaves: readonly unknown[] = [
  ['done', '/orders/48211', token, '--password', 'Authorization', 'hunter2', 'ghp_', 'A1b2'.repeat(9)],
  ['password=', Buffer.from(token), [...Buffer.from(token)], new Error(token), new Map([['a', token]])],
  [200, 4111111111111111, 1764039898123, 7n, Symbol(token), true, null, undefined],
  [new Date(0), () => token, { toJSON: () => token }, new Set([token]), new URL(`https://h/?token=${token}`)],
].flat()
const leaf = fc.nat({ max: leaves.length - 1 }).map((index) => leaves[index])
const key = fc.constantFrom(
  'status',
  'url',
  'password',
  'apiKey',
  'name',
  'value',
  'data',
  'type',
  '0',
  token,
)
const record = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(key, tie('any'), { maxKeys: 4 }),
  ),
})).any

test('isClearRecord() passes nothing that a walk would change', () => {
  fc.assert(
    fc.property(record, (value) => {
      if (!isClearRecord(value, seeing)) return
      assert.equal(new RecordWalk({}, limits, meanings).value(value, { depth: 0 }), value)
    }),
    { numRuns: 3000 },
  )
})

test('isClearRecord() passes what most calls of a log hold', () => {
  for (const value of [
    {
      req: { method: 'GET', url: '/api/v1/orders/48211?page=2' },
      status: 200,
      ms: 12.4,
      time: 1764039898123,
    },
    { userId: 'u_48213', plan: 'team', seats: [1, 2], isNew: false, ref: null },
    ['request completed', { rows: 42 }],
  ]) {
    assert.equal(isClearRecord(value, seeing), true)
  }
})

test('isClearRecord() passes nothing that shows one thing now and another later, or is too much for a glance', () => {
  const getter = Object.defineProperty({}, 'a', { enumerable: true, get: () => 'word' })
  const self: Record<string, unknown> = { a: 1 }
  self['self'] = self
  const many = Array.from({ length: 300 }, () => 'word')
  for (const value of [getter, [getter], self, many, 'word '.repeat(10_000)]) {
    assert.equal(isClearRecord(value, seeing), false)
  }
  assert.equal(isClearRecord({ a: 1 }, { ...seeing, isUnsteady: () => true }), false)
})
