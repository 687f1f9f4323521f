// Tests of access tokens, attestations and scopes.
import * as fc from 'fast-check'
import * as jose from 'jose'
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import {
  checkAccessToken,
  checkAttestation,
  narrowScope,
  parseScope,
  publicJwkOf,
  signAccessToken,
  signAttestation,
  signCompact,
  signerOf,
  thumbprint,
  type AccessTokenClaims,
} from './index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sign = signerOf(privateKey)
const now = 1_767_225_600_000
const iat = now / 1000
const claims: AccessTokenClaims = {
  iss: 'https://as.example',
  aud: 'https://gateway.example',
  sub: 'ann',
  client_id: 'keyreeve-device',
  device: 'd1',
  tenant: 't1',
  scope: 'llm.infer:read',
  epoch: 3,
  iat,
  exp: iat + 900,
  jti: 'j',
  cnf: { jkt: thumbprint(publicJwkOf(publicKey)) },
  authorization_details: [{ type: 'llm', models: ['small'] }],
}
const keyOf = (kid: string) => (kid === 'k1' ? publicKey : undefined)
const expected = { issuer: claims.iss, audience: claims.aud, now, keyOf }

test('signAccessToken() makes what jose takes for a token of RFC 9068', async () => {
  const text = await signAccessToken(claims, 'k1', sign)
  const { payload, protectedHeader } = await jose.jwtVerify(text, publicKey, {
    typ: 'at+jwt',
    issuer: claims.iss,
    audience: claims.aud,
    currentDate: new Date(now),
  })
  assert.deepEqual(payload, claims)
  assert.deepEqual(protectedHeader, { alg: 'ES256', typ: 'at+jwt', kid: 'k1' })
})

test('checkAccessToken() gives what was signed, and the name of the key', async () => {
  const { scope: _, authorization_details: __, ...least } = claims
  for (const some of [claims, least]) {
    assert.deepEqual(await checkAccessToken(await signAccessToken(some, 'k1', sign), expected), {
      ...some,
      kid: 'k1',
    })
  }
})

test('checkAccessToken() keeps to its time with 30 seconds to spare', async () => {
  const text = await signAccessToken(claims, 'k1', sign)
  const at = (ms: number) => checkAccessToken(text, { ...expected, now: now + ms })
  await at(-30_000)
  await assert.rejects(at(-30_001), { code: 'token-invalid' })
  await at(929_999)
  await assert.rejects(at(930_000), { code: 'token-expired' })
})

test('checkAccessToken() refuses what lacks or bends a claim', async () => {
  const bent = [
    { iss: 'https://other.example' },
    { aud: 'https://other.example' },
    { aud: [claims.aud] },
    { sub: undefined },
    { device: 7 },
    { tenant: '' },
    { epoch: -1 },
    { epoch: '3' },
    { exp: undefined },
    { exp: 1e300 },
    { iat: 1.5 },
    { jti: null },
    { cnf: undefined },
    { cnf: { jkt: 1 } },
    { cnf: [] },
    { scope: 1 },
    { authorization_details: {} },
    { authorization_details: [{}] },
  ]
  for (const claim of bent) {
    const text = await signCompact({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' }, { ...claims, ...claim }, sign)
    await assert.rejects(checkAccessToken(text, expected), { code: 'token-invalid' }, JSON.stringify(claim))
  }
})

test('checkAccessToken() takes the published keys only, and no other kind of token', async () => {
  await assert.rejects(checkAccessToken(await signAccessToken(claims, 'k2', sign), expected), {
    code: 'token-invalid',
  })
  const other = signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  await assert.rejects(checkAccessToken(await signAccessToken(claims, 'k1', other), expected), {
    code: 'token-invalid',
  })
  const attestation = await signCompact(
    { alg: 'ES256', typ: 'oauth-client-attestation+jwt', kid: 'k1' },
    claims,
    sign,
  )
  await assert.rejects(checkAccessToken(attestation, expected), { code: 'token-invalid' })
})

test('checkAttestation() takes what signAttestation() made, for 90 days', async () => {
  const jwk = publicJwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
  const text = await signAttestation({ issuer: claims.iss, device: 'd1', jwk }, { now, kid: 'k1' }, sign)
  const attestation = await checkAttestation(text, expected)
  const expiresAt = now + 90 * 86_400_000
  assert.deepEqual(attestation, { issuer: claims.iss, device: 'd1', jwk, jkt: thumbprint(jwk), expiresAt })
  await checkAttestation(text, { ...expected, now: expiresAt + 29_999 })
  await assert.rejects(checkAttestation(text, { ...expected, now: expiresAt + 30_000 }), {
    code: 'token-expired',
  })
  await assert.rejects(checkAttestation(text, { ...expected, issuer: 'https://other.example' }), {
    code: 'token-invalid',
  })
  await assert.rejects(checkAttestation(text, { ...expected, keyOf: () => undefined }), {
    code: 'token-invalid',
  })
})

test('parseScope() keeps to the grammar of RFC 6749', () => {
  assert.deepEqual(parseScope('a b a llm.infer:read'), ['a', 'b', 'llm.infer:read'])
  for (const text of ['', ' ', ' a', 'a ', 'a  b', 'a\tb', 'a"b', 'a\\b', 'ä', 'a\n', 'a'.repeat(2049)]) {
    assert.throws(() => parseScope(text), { code: 'scope-invalid' })
  }
})

test('narrowScope() never gives more than was asked for, nor than was granted', () => {
  const scopes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
  fc.assert(
    fc.property(scopes, scopes, scopes, (asked, device, place) => {
      const given = new Set(narrowScope(asked, device, place))
      assert.deepEqual(given, new Set(asked).intersection(new Set(device)).intersection(new Set(place)))
    }),
  )
})
