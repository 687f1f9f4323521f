import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stocked } from './mint-random.ts'

test('stocked() gives each byte once, and asks rarely', () => {
  let asked = 0
  const random = stocked((length) => {
    asked++
    return Uint8Array.from({ length }, (_, at) => (asked * 4096 + at) % 251)
  })
  const given = Array.from({ length: 512 }, () => random(16))
  assert.equal(asked, 2)
  const expected = Array.from({ length: 8192 }, (_, at) => (4096 + at) % 251)
  assert.deepEqual(
    given.flatMap((bytes) => [...bytes]),
    expected,
  )
  assert.equal(random(5000).length, 5000)
})
