// The features that the weights belong to.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { collect, featureCount, Features } from './features.ts'
import type { Claim } from './judge.ts'
import { scoreOf } from './model.ts'
import { Text } from './text.ts'

const flat = new Uint8Array(1024).fill(40)

function claimIn(input: string, key: string, value: string): [Text, Claim] {
  const [start, keyStart] = [input.indexOf(value), input.indexOf(key)]
  const keyEnd = keyStart + key.length
  const place = input[start - 1] === '"' ? 'quoted' : 'loose'
  return [
    new Text(Buffer.from(input), true),
    {
      start,
      end: start + value.length,
      kind: 'password',
      place,
      key: { start: keyStart, nameEnd: keyEnd, quote: null, end: keyEnd },
      how: 'equals',
      isWholeLine: false,
      isListed: false,
    },
  ]
}

test('collect() gives the features that the weights were trained for: after a change, run tools/train.ts', () => {
  const hash = createHash('sha256')
  for (const claim of [
    claimIn('const password = "hunter2"', 'password', 'hunter2'),
    claimIn('  user.dbPassword = Tr0ub4dor&3;\n', 'user.dbPassword', 'Tr0ub4dor&3'),
    claimIn('x=1&api_key=0f3b9c7e1d5a8b2460f3b9c7e1d5a8b2&y', 'api_key', '0f3b9c7e1d5a8b2460f3b9c7e1d5a8b2'),
  ]) {
    const features = new Features()
    collect(...claim, flat, features)
    hash.update(features.buckets.subarray(0, features.count))
  }
  assert.equal(hash.digest('hex').slice(0, 16), '451d77f6a6266c08')
})

test('collect() gives features below their count, and never more than fit', () => {
  const long = 'aB3-'.repeat(2000)
  const features = new Features()
  collect(...claimIn(`${'word '.repeat(100)}password = "${long}"`, 'password', long), flat, features)
  assert.ok(features.count > 20 && features.count <= features.buckets.length)
  assert.ok(features.buckets.every((bucket) => bucket < featureCount))
})

test('scoreOf() is a whole number', () => {
  assert.ok(Number.isInteger(scoreOf(...claimIn('password = "hunter2"', 'password', 'hunter2'))))
})
