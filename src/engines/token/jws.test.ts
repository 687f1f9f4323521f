// Tests of keys and compact signatures, with jose as the oracle.
import * as fc from 'fast-check'
import * as jose from 'jose'
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import {
  decodeCompact,
  publicJwkOf,
  publicKeyOf,
  readPublicJwk,
  signCompact,
  signerOf,
  thumbprint,
  verifyCompact,
} from './index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sign = signerOf(privateKey)
const limits = { longest: 4096, typ: 'test+jwt' }
const header = { alg: 'ES256', typ: 'test+jwt' } as const

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

test('thumbprint() is the one that jose computes', async () => {
  for (let i = 0; i < 20; i++) {
    const jwk = publicJwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
    assert.equal(thumbprint(jwk), await jose.calculateJwkThumbprint({ ...jwk }))
  }
})

test('readPublicJwk() takes public keys on P-256 only, and drops what else they say', () => {
  const jwk = publicJwkOf(publicKey)
  assert.deepEqual(readPublicJwk({ ...jwk, kid: 'a', extra: 1 }), jwk)
  const bad = [
    null,
    [],
    'x',
    {},
    { ...jwk, kty: 'RSA' },
    { ...jwk, crv: 'P-384' },
    { ...jwk, d: jwk.x },
    { ...jwk, x: `${jwk.x}A` },
    { ...jwk, x: `${jwk.x.slice(0, -1)}B` },
    { ...jwk, y: 7 },
  ]
  for (const value of bad) assert.throws(() => readPublicJwk(value), { code: 'key-invalid' })
})

test('publicKeyOf() refuses a point that is not on the curve', () => {
  const jwk = publicJwkOf(publicKey)
  assert.ok(publicKeyOf(jwk).equals(publicKey))
  assert.throws(() => publicKeyOf({ ...jwk, y: jwk.x }), { code: 'key-invalid' })
})

test('publicJwkOf() gives the public part of a private key', () => {
  assert.deepEqual(publicJwkOf(privateKey), publicJwkOf(publicKey))
})

test('signCompact() makes what jose verifies, and verifyCompact() takes what jose signs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (claims) => {
      const ours = await signCompact(header, claims, sign)
      const { payload } = await jose.compactVerify(ours, publicKey)
      assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), JSON.parse(JSON.stringify(claims)))
      const theirs = await new jose.CompactSign(payload).setProtectedHeader(header).sign(privateKey)
      assert.ok(await verifyCompact(decodeCompact(theirs, { ...limits, longest: 1e6 }), publicKey))
    }),
    { numRuns: 50 },
  )
})

test('verifyCompact() is false once any bit differs', async () => {
  const text = await signCompact(header, { a: 1 }, sign)
  const decoded = decodeCompact(text, limits)
  for (const field of ['input', 'signature'] as const) {
    const bytes = Buffer.from(decoded[field])
    bytes[3] = (bytes[3] ?? 0) ^ 1
    assert.equal(await verifyCompact({ ...decoded, [field]: bytes }, publicKey), false)
  }
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  assert.equal(await verifyCompact(decoded, other), false)
})

test('decodeCompact() refuses what is not exactly three parts of JSON', async () => {
  const good = await signCompact(header, { a: 1 }, sign)
  const [head = '', body = '', tail = ''] = good.split('.')
  const bad = [
    '',
    '..',
    `${head}.${body}`,
    `${good}.`,
    ` ${good}`,
    `${good}=`,
    `${head}.${body}.${tail.slice(1)}`,
    `${head}.${part('[1]')}.${tail}`,
    `${head}.${part('null')}.${tail}`,
    `${head}.${part('{')}.${tail}`,
    `${head}.${part('\uFEFF{}')}.${tail}`,
    `${head}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.${tail}`,
    `${head}.${body.slice(0, -1)}${String.fromCharCode(body.charCodeAt(body.length - 1) + 1)}.${tail}`,
    ...[
      { alg: 'none' },
      { alg: 'HS256' },
      { alg: 'ES384' },
      { crit: ['b64'], b64: false },
      { typ: 'other+jwt' },
      { typ: undefined },
    ].map((other) => `${part({ ...header, ...other })}.${body}.${tail}`),
  ]
  for (const text of bad) assert.throws(() => decodeCompact(text, limits), { code: 'token-invalid' }, text)
  assert.throws(() => decodeCompact(good, { ...limits, longest: good.length - 1 }), { code: 'token-invalid' })
  const inFull = await signCompact({ ...header, typ: 'application/Test+JWT' }, {}, sign)
  assert.ok(decodeCompact(inFull, limits))
})

test('decodeCompact() never throws anything but its fault, and quotes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `${part(header)}.${text}.${'A'.repeat(86)}`),
      ),
      (text) => {
        try {
          decodeCompact(text, limits)
        } catch (thrown) {
          assert.equal((thrown as { code: string }).code, 'token-invalid')
          assert.ok(text.length < 9 || !(thrown as Error).message.includes(text))
        }
      },
    ),
  )
})
