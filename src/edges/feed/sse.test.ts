// Events are read alike however their bytes are cut.
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventReader, eventOf } from './sse.ts'

test('EventReader.push() gives the same data however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[\w.-]{1,200}$/), { maxLength: 8 }),
      fc.array(fc.nat(64), { minLength: 1 }),
      (data, cuts) => {
        const bytes = Buffer.from(`: hello\n\n${data.map(eventOf).join('id: 7\n')}`)
        const reader = new EventReader()
        const read: string[] = []
        for (let at = 0, round = 0; at < bytes.length; round++) {
          const end = at + 1 + (cuts[round % cuts.length] ?? 0)
          read.push(...reader.push(bytes.subarray(at, end)))
          at = end
        }
        assert.deepEqual(read, data)
      },
    ),
  )
})

test('EventReader.push() refuses a line without end', () => {
  const reader = new EventReader()
  reader.push(Buffer.from('data: '))
  assert.throws(
    () => {
      for (let round = 0; round < 10; round++) reader.push(Buffer.alloc(1000, 'x'))
    },
    { code: 'frame-oversized' },
  )
})
