// What is sealed opens only where, and for what, it was sealed.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { base64url, fromBase64url, Secret, utf8 } from '#base'
import * as fc from 'fast-check'
import { SealingKey, sealTo } from './sealed.ts'

const key = new SealingKey()
const random = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length))

function seal(text: string, purpose = 'secret.set', to = key.publicKey): string {
  return sealTo(to, Secret.own(utf8(text)), purpose, random)
}

function opened(sealed: string, purpose = 'secret.set'): string {
  return key.open(sealed, purpose).lend((bytes) => Buffer.from(bytes).toString())
}

test('SealingKey.open() gives back what sealTo() took', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) =>
      assert.equal(opened(seal(text)), text),
    ),
    { numRuns: 20 },
  )
})

test('sealTo() never gives the same twice', () => {
  assert.notEqual(seal('same'), seal('same'))
  const [one, other] = [1, 2].map(() =>
    sealTo(key.publicKey, Secret.own(utf8('same')), 'p', (length) => new Uint8Array(length)),
  )
  assert.notEqual(one, other)
})

test('SealingKey.open() refuses another purpose', () => {
  for (const purpose of ['vault.unlock', '', 'secret.set\0', 'secret.se']) {
    assert.throws(() => key.open(seal('text'), purpose), { code: 'seal-invalid' })
  }
})

test('SealingKey.open() refuses what was sealed to another key', () => {
  assert.throws(() => key.open(seal('text', 'secret.set', new SealingKey().publicKey), 'secret.set'), {
    code: 'seal-invalid',
  })
})

test('SealingKey.open() refuses every change of a single bit', () => {
  const bytes = fromBase64url(seal('text'))
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      const changed = bytes.with(index, byte ^ bit)
      assert.throws(() => opened(base64url(changed)), { code: 'seal-invalid' }, `byte ${index}, bit ${bit}`)
    }
  }
})

test('SealingKey.open() refuses what was cut, lengthened or is no such thing', () => {
  const bytes = fromBase64url(seal('text'))
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => opened(base64url(bytes.subarray(0, length))), { code: 'seal-invalid' })
  }
  for (const text of [
    '',
    'é',
    '====',
    base64url(new Uint8Array([...bytes, 0])),
    base64url(new Uint8Array(200)),
  ]) {
    assert.throws(() => opened(text), { code: 'seal-invalid' })
  }
})

test('SealingKey.open() does not quote what it could not open', () => {
  assert.throws(
    () => key.open('secret-looking-text', 'secret.set'),
    (fault: Error) => !fault.message.includes('secret-looking'),
  )
})

test('sealTo() refuses what is no public key, among them points that give everybody the same key', () => {
  const one = new Uint8Array(32)
  one[0] = 1
  for (const publicKey of [
    '',
    'AAAA',
    '!',
    base64url(new Uint8Array(32)),
    base64url(one),
    base64url(new Uint8Array(33)),
  ]) {
    assert.throws(() => seal('text', 'secret.set', publicKey), { code: 'message-invalid' }, publicKey)
  }
})

test('SealingKey has a new key at each start', () => {
  assert.match(key.publicKey, /^[\w-]{43}$/)
  assert.notEqual(new SealingKey().publicKey, key.publicKey)
})
