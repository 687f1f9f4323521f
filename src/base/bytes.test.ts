// Bytes to text and back, with one text for one value.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { base64url, concat, fromBase64url, hex, utf8 } from './bytes.ts'

const bytes = fc.uint8Array({ maxLength: 200 })

test('base64url() agrees with RFC 4648, section 10', () => {
  const cases = {
    '': '',
    f: 'Zg',
    fo: 'Zm8',
    foo: 'Zm9v',
    foob: 'Zm9vYg',
    fooba: 'Zm9vYmE',
    foobar: 'Zm9vYmFy',
  }
  for (const [text, expected] of Object.entries(cases)) assert.equal(base64url(utf8(text)), expected)
  assert.equal(base64url(new Uint8Array([0xfb, 0xff, 0xbf])), '-_-_')
})

test('fromBase64url() gives back what base64url() took', () => {
  fc.assert(
    fc.property(bytes, (value) => assert.deepEqual(fromBase64url(base64url(value)), Uint8Array.from(value))),
  )
})

test('fromBase64url() refuses padding, the other alphabet, white space and stray bits', () => {
  for (const text of [
    'Zg==',
    'Zh',
    'Zm9=',
    '+/+/',
    'Zm 9v',
    'Zm9v\n',
    'Z',
    'Zm9vY',
    'Zé',
    'Zm9\u0000',
    '%%%%',
  ]) {
    assert.throws(() => fromBase64url(text), { code: 'message-invalid' }, JSON.stringify(text))
  }
})

test('fromBase64url() takes no two texts for one value', () => {
  const text = fc.string({
    unit: fc.constantFrom(...'A,Q,g,w,Z,z,0,9,-,_,+,/,=, ,\n'.split(',')),
    maxLength: 12,
  })
  fc.assert(
    fc.property(text, (value) => {
      try {
        assert.equal(base64url(fromBase64url(value)), value)
      } catch (thrown) {
        assert.equal((thrown as { code?: unknown }).code, 'message-invalid')
      }
    }),
  )
})

test('hex() writes two lower-case digits for each byte', () => {
  assert.equal(hex(new Uint8Array([0, 1, 0xab, 0xff])), '0001abff')
})

test('concat() gives one array of its own with the bytes of all', () => {
  const first = new Uint8Array([1, 2])
  const whole = concat(first, new Uint8Array(0), new Uint8Array([3]))
  first.fill(9)
  assert.deepEqual([...whole], [1, 2, 3])
  assert.equal(concat().length, 0)
})
