// Receipts by themselves: a good one is taken, whatever is changed in it is named.
import { challengeOf, fingerprintOf, makeReceipt, type ConsentRequest } from '#receipts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { SoftwarePasskey } from '../../engines/receipts/software-passkey.test.ts'
import { checkReceipt } from './receipt.ts'

const origin = 'http://console.localhost:7999'
const request: ConsentRequest = {
  v: 1,
  purpose: 'consent',
  card: 'AAAAAAAAAAAAAAAAAAAAAA',
  digest: 'ab'.repeat(32),
  assistant: 'claude-desktop',
  kind: 'read',
  path: '/home/ada/acme/key.pem',
  lines: [[1, 6]],
  sha256: 'cd'.repeat(32),
  scope: 'once',
  items: null,
  expiresAt: 1_795_440_000_000,
}
const challenge = challengeOf(request)

function receipt(passkey = new SoftwarePasskey()) {
  const { algorithm, publicKey } = passkey
  return makeReceipt(request, passkey.sign({ challenge, origin }), { algorithm, publicKey, origin })
}

test('checkReceipt() takes a receipt as it comes back from JSON, and names its key', () => {
  const passkey = new SoftwarePasskey()
  const found = checkReceipt(JSON.parse(JSON.stringify(receipt(passkey))))
  assert.ok(typeof found === 'object')
  assert.equal(found.passkey, fingerprintOf(Buffer.from(passkey.publicKey, 'base64url')))
  assert.ok(JSON.stringify(found).length < 2000)
})

test('checkReceipt() refuses another request, page or key, and what is no receipt', () => {
  const good = receipt()
  const { passkey, publicKey } = receipt()
  assert.equal(checkReceipt({ ...good, request: { ...request, path: '/etc/shadow' } }), 'challenge')
  assert.equal(checkReceipt({ ...good, request: { ...request, scope: 'folder-hour' } }), 'challenge')
  assert.equal(checkReceipt({ ...good, request: { ...request, more: 1 } }), 'challenge')
  assert.equal(checkReceipt({ ...good, origin: 'http://console.localhost:1' }), 'origin')
  assert.equal(checkReceipt({ ...good, origin: 'http://evil.example' }), 'origin')
  assert.equal(checkReceipt({ ...good, passkey }), 'key')
  assert.equal(checkReceipt({ ...good, passkey, publicKey }), 'signature')
  for (const value of [null, 1, {}, [], { ...good, request: null }, { ...good, algorithm: -37 }]) {
    assert.equal(checkReceipt(value), 'malformed')
  }
  assert.equal(checkReceipt({ ...good, request: { bad: '\ud800' } }), 'malformed')
})

test('checkReceipt() gives no receipt for any JSON', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => typeof checkReceipt(value) === 'string'))
})
