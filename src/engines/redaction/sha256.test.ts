import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { hex, utf8 } from '#base'
import { hmacSha256, sha256 } from './sha256.ts'

// The examples of NIST for FIPS 180-4, the empty message, and a million letters.
for (const [message, expected] of [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
] as const) {
  test(`sha256() gives NIST's hash of ${message.length} letters`, () => {
    assert.equal(hex(sha256(utf8(message))), expected)
  })
}

test('hmacSha256() gives the codes of RFC 4231, also for a key that is longer than a block', () => {
  const [first, long] = [new Uint8Array(20).fill(0x0b), new Uint8Array(131).fill(0xaa)]
  assert.equal(
    hex(hmacSha256(first, utf8('Hi There'))),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  )
  assert.equal(
    hex(hmacSha256(long, utf8('Test Using Larger Than Block-Size Key - Hash Key First'))),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  )
})

test('sha256() gives what Node gives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      assert.equal(hex(sha256(message)), createHash('sha256').update(message).digest('hex'))
    }),
  )
  for (let length = 0; length < 200; length++) {
    const message = new Uint8Array(length).fill(length)
    assert.equal(hex(sha256(message)), createHash('sha256').update(message).digest('hex'))
  }
})

test('hmacSha256() gives what Node gives, of a message in parts', () => {
  const bytes = fc.uint8Array({ maxLength: 150 })
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 3 }), (key, parts) => {
      const hmac = createHmac('sha256', key)
      for (const part of parts) hmac.update(part)
      assert.equal(hex(hmacSha256(key, ...parts)), hmac.digest('hex'))
    }),
  )
})
