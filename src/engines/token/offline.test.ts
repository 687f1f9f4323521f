// Tests of enrolling by files: what is proved, what is refused, and that nothing old comes again.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import {
  publicJwkOf,
  readOfflineAnswer,
  readOfflineRequest,
  signerDigits,
  signerOf,
  signOfflineAnswer,
  signOfflineRequest,
  thumbprint,
  voiceDigits,
  type OfflineAnswer,
} from './index.ts'

const issuer = 'https://tokens.example'
const [device, server, other] = [1, 2, 3].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
assert.ok(device && server && other)
const jwk = publicJwkOf(device.publicKey)
const key = publicJwkOf(server.publicKey)
const kid = thumbprint(key)
const asked = { issuer, label: 'laptop', recipient: 'age1recipient' }
const at = { jwk, jti: 'j', now: 1_767_225_600_000 }
const answer: OfflineAnswer = {
  iss: issuer,
  device: 'd1',
  jkt: thumbprint(jwk),
  seq: 7,
  keys: [key],
  content: 'c',
  attestation: 'a',
}
const expected = { issuer, jkt: answer.jkt, after: 6, content: 'c', trusted: [{ ...key, kid }] }

test('readOfflineRequest() takes what the device made, days later, and nothing that was changed', async () => {
  const text = await signOfflineRequest(asked, at, signerOf(device.privateKey))
  const read = await readOfflineRequest(text, issuer)
  assert.deepEqual([read.label, read.recipient, read.jkt], ['laptop', 'age1recipient', answer.jkt])
  const { v, body, proof } = JSON.parse(text)
  const forged = Buffer.from(JSON.stringify({ ...asked, recipient: 'age1thief' })).toString('base64url')
  const cases = [
    '',
    '{}',
    JSON.stringify({ v, body: forged, proof }),
    JSON.stringify({ v, body, proof: 'x.y.z' }),
  ]
  for (const one of cases) await assert.rejects(readOfflineRequest(one, issuer), { code: 'proof-invalid' })
  await assert.rejects(readOfflineRequest(text, 'https://other.example'), { code: 'proof-invalid' })
  const foreign = await signOfflineRequest(asked, at, signerOf(other.privateKey))
  await assert.rejects(readOfflineRequest(foreign, issuer), { code: 'proof-invalid' })
})

test('readOfflineAnswer() takes the issuer’s word by a known key, or by one whose fingerprint was heard', async () => {
  const text = await signOfflineAnswer(answer, kid, signerOf(server.privateKey))
  assert.equal((await readOfflineAnswer(text, expected)).attestation, 'a')
  const digits = signerDigits(text)
  assert.match(digits, /^(\d{5} ){5}\d{5}$/)
  const byVoice = { ...expected, trusted: { fingerprint: digits.replaceAll(' ', '-') } }
  assert.equal((await readOfflineAnswer(text, byVoice)).device, 'd1')
  const wrong = { ...expected, trusted: { fingerprint: voiceDigits(answer.jkt) } }
  await assert.rejects(readOfflineAnswer(text, wrong), { code: 'fingerprint-wrong' })
})

test('readOfflineAnswer() refuses what is old, for another, of another, or was put together', async () => {
  const text = await signOfflineAnswer(answer, kid, signerOf(server.privateKey))
  const refused: [object, string][] = [
    [{ after: 7 }, 'answer-old'],
    [{ after: 8 }, 'answer-old'],
    [{ jkt: 'other' }, 'token-invalid'],
    [{ issuer: 'https://other.example' }, 'token-invalid'],
    [{ content: 'd' }, 'token-invalid'],
    [{ trusted: [] }, 'token-invalid'],
  ]
  for (const [more, code] of refused)
    await assert.rejects(readOfflineAnswer(text, { ...expected, ...more }), { code })
  // Names the known key, and is signed by another; brings its own key, which nobody knows.
  const forged = await signOfflineAnswer(answer, kid, signerOf(other.privateKey))
  await assert.rejects(readOfflineAnswer(forged, expected), { code: 'token-invalid' })
  const foreign = publicJwkOf(other.publicKey)
  const own = await signOfflineAnswer(
    { ...answer, keys: [foreign] },
    thumbprint(foreign),
    signerOf(other.privateKey),
  )
  await assert.rejects(readOfflineAnswer(own, expected), { code: 'token-invalid' })
})
