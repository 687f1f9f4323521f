// Tests of proofs; jose makes them too.
import * as fc from 'fast-check'
import * as jose from 'jose'
import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { test } from 'node:test'
import { checkDpopProof, dpopProof, publicJwkOf, signerOf, thumbprint, type ProofExpected } from './index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicJwkOf(publicKey)
const sign = signerOf(privateKey)
const now = 1_767_225_600_500
const iat = Math.floor(now / 1000)
const expected: ProofExpected = { method: 'POST', url: 'https://as.example/token', now }
const nonceUntil = (nonce: string) => (nonce === 'good' ? now + 60_000 : undefined)
const request = { ...expected, jti: 'j'.repeat(22), jwk }

/** A proof as anybody could make it. */
function forged(claims: object, header: object = {}): Promise<string> {
  const all = { jti: 'a', htm: 'POST', htu: expected.url, iat, ...claims }
  return new jose.CompactSign(Buffer.from(JSON.stringify(all)))
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { ...jwk }, ...header })
    .sign(privateKey)
}

test('dpopProof() makes a proof that jose verifies by the key in it', async () => {
  const text = await dpopProof(
    { ...request, url: `${expected.url}?a=1#b`, nonce: 'n', accessToken: 't' },
    sign,
  )
  const { payload, protectedHeader } = await jose.jwtVerify(text, jose.EmbeddedJWK, { typ: 'dpop+jwt' })
  assert.deepEqual(payload, {
    jti: request.jti,
    htm: 'POST',
    htu: expected.url,
    iat,
    nonce: 'n',
    ath: hash('sha256', 't', 'base64url'),
  })
  assert.deepEqual(protectedHeader.jwk, jwk)
})

test('checkDpopProof() tells whose proof it is and how long it must be remembered', async () => {
  const proof = await checkDpopProof(await dpopProof(request, sign), expected)
  assert.deepEqual(proof, { jkt: thumbprint(jwk), jwk, jti: request.jti, staleAt: (iat + 301) * 1000 })
  const bound = await dpopProof({ ...request, nonce: 'good' }, sign)
  const { staleAt } = await checkDpopProof(bound, { ...expected, nonceUntil })
  assert.equal(staleAt, now + 60_000)
})

test('checkDpopProof() refuses a proof as long as it could be replayed, and no longer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -320, max: 320 }), fc.nat(999), async (offset, ms) => {
      const text = await forged({ iat: iat + offset })
      const at = iat * 1000 + ms
      const proof = await checkDpopProof(text, { ...expected, now: at }).catch(() => null)
      assert.equal(proof !== null, Math.abs(offset) <= 300)
      if (proof === null) return
      await checkDpopProof(text, { ...expected, now: proof.staleAt - 1 })
      await assert.rejects(checkDpopProof(text, { ...expected, now: proof.staleAt }), {
        code: 'proof-invalid',
      })
    }),
    { numRuns: 60 },
  )
})

test('checkDpopProof() compares addresses as RFC 3986 normalises them', async () => {
  const same = [
    'HTTPS://AS.example:443/token',
    'https://as.example/a/../token',
    'https://as.example/token?x#y',
  ]
  for (const htu of same) assert.ok(await checkDpopProof(await forged({ htu }), expected), htu)
  const others = [
    'http://as.example/token',
    'https://as.example/token/',
    'https://as.example:8443/token',
    '/token',
    '',
    7,
  ]
  for (const htu of others) {
    await assert.rejects(checkDpopProof(await forged({ htu }), expected), { code: 'proof-invalid' })
  }
})

test('checkDpopProof() refuses what RFC 9449 says it must', async () => {
  const claims = [
    { jti: undefined },
    { jti: '' },
    { jti: 1 },
    { jti: 'j'.repeat(257) },
    { htm: 'GET' },
    { htm: 'post' },
    { iat: undefined },
    { iat: String(iat) },
    { iat: 0 },
    { nonce: 5 },
    { ath: undefined },
  ]
  const withToken = { ...expected, accessToken: 't' }
  for (const claim of claims) {
    const text = await forged({ ath: hash('sha256', 't', 'base64url'), ...claim })
    await assert.rejects(checkDpopProof(text, withToken), { code: 'proof-invalid' })
  }
  const other = publicJwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
  const headers = [
    { typ: 'JWT' },
    { jwk: undefined },
    { jwk: other },
    { jwk: { ...jwk, y: jwk.x } },
    { jwk: privateKey.export({ format: 'jwk' }) },
  ]
  for (const header of headers) {
    await assert.rejects(checkDpopProof(await forged({}, header), expected), { code: 'proof-invalid' })
  }
  const text = await forged({})
  await assert.rejects(checkDpopProof(`${text.slice(0, -4)}AAAA`, expected), { code: 'proof-invalid' })
})

test('checkDpopProof() with nonces asks for one, whatever the clock of the other side says', async () => {
  const wanted = { ...expected, nonceUntil }
  for (const claims of [{}, { nonce: '' }, { nonce: 'old' }, { iat: 1 }]) {
    await assert.rejects(checkDpopProof(await forged(claims), wanted), { code: 'proof-nonce-needed' })
  }
  assert.ok(await checkDpopProof(await forged({ nonce: 'good', iat: iat - 86_400 }), wanted))
  const unsigned = await forged({})
  await assert.rejects(checkDpopProof(`${unsigned.slice(0, -4)}AAAA`, wanted), { code: 'proof-invalid' })
})

test('checkDpopProof() takes the key that it is given for a thumbprint', async () => {
  const asked: string[] = []
  const keyOf = (jkt: string) => (asked.push(jkt), publicKey)
  await checkDpopProof(await forged({}), { ...expected, keyOf })
  assert.deepEqual(asked, [thumbprint(jwk)])
})
