// Protobuf of any kind: as it came where nothing is found, and refused where it cannot be read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Fault } from '#base'
import { RecordMask } from './masking.ts'
import { maskProtobuf } from './otlp-protobuf.ts'
import { bytesOf } from './protobuf.ts'

const mask = new RecordMask({})

const field = fc.letrec<{ message: Uint8Array }>((tie) => ({
  message: fc
    .array(
      fc.oneof(
        { depthSize: 'small' },
        fc
          .tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom('', 'word', 'é', 'a b'))
          .map(([at, text]) => bytesOf(at, Buffer.from(text))),
        fc.constantFrom(
          Uint8Array.of(0x08, 0x96, 0x01),
          Uint8Array.of(0x15, 1, 2, 3, 4),
          Uint8Array.of(0x09, 1, 2, 3, 4, 5, 6, 7, 8),
        ),
        fc.tuple(fc.integer({ min: 1, max: 15 }), tie('message')).map(([at, inner]) => bytesOf(at, inner)),
      ),
      { maxLength: 5 },
    )
    .map((parts) => Uint8Array.from(Buffer.concat(parts))),
})).message

test('maskProtobuf() gives what holds nothing byte for byte, or refuses it', () => {
  fc.assert(
    fc.property(field, fc.constantFrom('logs', 'traces'), (bytes, signal) => {
      try {
        assert.deepEqual(Buffer.from(maskProtobuf(bytes, signal, mask)), Buffer.from(bytes))
      } catch (thrown) {
        assert.ok(thrown instanceof Fault && thrown.code === 'message-invalid', String(thrown))
      }
    }),
    { numRuns: 500 },
  )
})

test('maskProtobuf() reads any bytes, or refuses them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        maskProtobuf(bytes, 'logs', mask)
      } catch (thrown) {
        assert.ok(thrown instanceof Fault && thrown.code === 'message-invalid', String(thrown))
      }
    }),
    { numRuns: 2000 },
  )
})

test('maskProtobuf() refuses what is nested too deep or has too many fields', () => {
  let bytes: Uint8Array = bytesOf(1, Buffer.from('x'))
  for (let depth = 0; depth < 100; depth++) bytes = bytesOf(depth % 2 === 0 ? 1 : 5, bytes)
  const deep = bytesOf(1, bytesOf(2, bytesOf(2, bytesOf(5, bytes))))
  for (const body of [deep, Buffer.alloc(300_002, Uint8Array.of(0x08, 0x01))]) {
    assert.throws(() => maskProtobuf(body, 'logs', mask), { code: 'message-invalid' })
  }
})

test('maskProtobuf() masks a value whose key comes after it, or comes twice, by itself', () => {
  const token = `ghp_${'A1b2'.repeat(9)}`
  const key = bytesOf(1, Buffer.from('name'))
  const value = bytesOf(2, bytesOf(1, Buffer.from(token)))
  for (const parts of [[value, key], [key, value, value], [key, key, value], [value]]) {
    const body = bytesOf(1, bytesOf(2, bytesOf(2, bytesOf(6, Buffer.concat(parts)))))
    assert.ok(!Buffer.from(maskProtobuf(body, 'logs', mask)).includes('ghp_'))
  }
})
