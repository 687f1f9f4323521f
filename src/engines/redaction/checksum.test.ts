import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasChecksum, type Checksum } from './checksum.ts'

const check = (kind: Checksum, anchor: string, ...body: readonly string[]): boolean =>
  hasChecksum(kind, Buffer.from(anchor), Buffer.from(body.join('')))

test('hasChecksum() agrees with the example of the provider whose checksum is in base 64', () => {
  const start = ['T8d8RzkNseTMEDKcjNM1BZTFPH', 'qRn/dQm9q7w6SjzZ12wZfwjaJdip']
  assert.ok(check('crc32-base64', 'cflt', ...start, 'HZtDjw'))
  assert.ok(!check('crc32-base64', 'cflt', ...start, 'HZtDjx'))
})

test('hasChecksum() pads a checksum in base 62 with zeros in front', () => {
  // CRC-32 of nothing but "a" is 0xe8b7be43.
  assert.ok(check('crc32-base62', 'x_', 'a', inBase62(0xe8b7be43).padStart(6, '0')))
  assert.ok(!check('crc32-base62', 'x_', 'a', '000000'))
  assert.ok(!check('crc32-base62', 'x_', '000000'))
})

test('hasChecksum() takes what is valid in BIP 173 and refuses what is not', () => {
  assert.ok(check('bech32', 'A1', '2UEL5L'))
  assert.ok(check('bech32', 'abcdef1', 'qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw'))
  assert.ok(!check('bech32', 'A1', '2UEL5M'))
  assert.ok(!check('bech32', 'abcdef1', 'bpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw'))
})

function inBase62(value: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return value === 0 ? '' : inBase62(Math.floor(value / 62)) + digits[value % 62]!
}
