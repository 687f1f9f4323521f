// Passkeys and receipts: what real ones give is taken, and anything else is named.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { checkAssertion, checkRegistration, type Assertion, type Registration } from './assertion.ts'
import { parseAuthenticatorData } from './authenticator-data.ts'
import { parseClientData } from './client-data.ts'
import { algorithms, readPublicKey } from './public-key.ts'
import { challengeOf, type ConsentRequest } from './receipt.ts'
import { SoftwarePasskey, type Signing } from './software-passkey.test.ts'

interface Vector {
  readonly origin: string
  readonly registration: Registration & { readonly challenge: string }
  readonly assertion: Assertion & { readonly challenge: string }
  readonly counter: number
}

// Made by Chromium's virtual authenticator; @simplewebauthn/server 14.0.3 took each of them.
const vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/receipts/chromium.json', import.meta.url), 'utf8'),
) as Vector[]

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

for (const vector of vectors) {
  test(`checkAssertion() and checkRegistration() take what Chromium made, algorithm ${vector.registration.algorithm}`, () => {
    const { registration, assertion, counter } = vector
    assert.equal(
      checkRegistration(registration, { origin: vector.origin, challenge: registration.challenge }).flaw,
      null,
    )
    const checked = checkAssertion(assertion, registration, {
      origin: vector.origin,
      challenge: assertion.challenge,
    })
    assert.deepEqual(checked, { flaw: null, counter, isBackupEligible: false, isBackedUp: false })
  })
}

test('the vectors are of every algorithm', () => {
  assert.deepEqual(new Set(vectors.map(({ registration }) => registration.algorithm)), new Set(algorithms))
})

const flaws: Readonly<Record<string, Partial<Signing>>> = {
  challenge: { challenge: challengeOf({ ...request, path: '/etc/shadow' }) },
  origin: { origin: 'http://console.localhost:8000' },
  type: { type: 'webauthn.create' },
  framed: { more: { crossOrigin: true } },
  'relying-party': { relyingParty: 'localhost' },
  'nobody-present': { flags: 0x04 },
  'nobody-verified': { flags: 0x01 },
  malformed: { flags: 0x15 },
}

for (const [flaw, wrong] of Object.entries(flaws)) {
  test(`checkAssertion() names the flaw "${flaw}"`, () => {
    const passkey = new SoftwarePasskey()
    const assertion = passkey.sign({ challenge, origin, ...wrong })
    assert.equal(checkAssertion(assertion, passkey, { challenge, origin }).flaw, flaw)
  })
}

test('checkAssertion() refuses another key, and every change of a byte', () => {
  for (const algorithm of algorithms) {
    const passkey = new SoftwarePasskey(algorithm)
    const assertion = passkey.sign({ challenge, origin })
    assert.equal(checkAssertion(assertion, passkey, { challenge, origin }).flaw, null)
    const other = new SoftwarePasskey(algorithm)
    assert.equal(checkAssertion(assertion, other, { challenge, origin }).flaw, 'signature')
    for (const member of ['authenticatorData', 'clientData', 'signature'] as const) {
      const bytes = Buffer.from(assertion[member], 'base64url')
      for (let at = 0; at < bytes.length; at += algorithm === -257 ? 7 : 1) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 1
        const forged = { ...assertion, [member]: changed.toString('base64url') }
        assert.notEqual(checkAssertion(forged, passkey, { challenge, origin }).flaw, null, `${member} ${at}`)
      }
    }
  }
})

test('checkAssertion() refuses a second way of writing the same bytes', () => {
  const passkey = new SoftwarePasskey(-8)
  const assertion = passkey.sign({ challenge, origin })
  const padded = { ...assertion, signature: `${assertion.signature}==` }
  assert.equal(checkAssertion(padded, passkey, { challenge, origin }).flaw, 'signature')
})

test('checkRegistration() wants the id that the authenticator gave, and a key of the algorithm', () => {
  const passkey = new SoftwarePasskey()
  const registration = passkey.register({ challenge, origin })
  assert.equal(checkRegistration(registration, { challenge, origin }).flaw, null)
  const foreign = { ...registration, id: new SoftwarePasskey().id }
  assert.equal(checkRegistration(foreign, { challenge, origin }).flaw, 'malformed')
  assert.equal(checkRegistration({ ...registration, algorithm: -8 }, { challenge, origin }).flaw, 'key')
})

test('readPublicKey() refuses weak keys, other curves and trailing bytes', () => {
  const spki = (pair: { publicKey: import('node:crypto').KeyObject }): Buffer =>
    pair.publicKey.export({ format: 'der', type: 'spki' })
  const good = Buffer.from(new SoftwarePasskey().publicKey, 'base64url')
  assert.notEqual(readPublicKey(good, -7), null)
  assert.equal(readPublicKey(Buffer.concat([good, Buffer.from([0])]), -7), null)
  assert.equal(readPublicKey(spki(generateKeyPairSync('ec', { namedCurve: 'P-384' })), -7), null)
  assert.equal(readPublicKey(spki(generateKeyPairSync('rsa', { modulusLength: 1024 })), -257), null)
  assert.equal(readPublicKey(Buffer.alloc(5000), -7), null)
})

test('parsers give null for any other bytes, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const client = parseClientData(Buffer.from(bytes))
      const said = parseAuthenticatorData(Buffer.from(bytes))
      assert.ok(client === null || typeof client.challenge === 'string')
      assert.ok(said === null || bytes.length >= 37)
    }),
  )
  for (const text of ['[]', 'null', '{"type":1}', '{"type":"a","challenge":"b"}', '\ufeff{}']) {
    assert.equal(parseClientData(Buffer.from(text)), null)
  }
})

test('challengeOf() changes with every member of the request', () => {
  for (const [name, value] of Object.entries(request)) {
    const other = { ...request, [name]: typeof value === 'number' ? value + 1 : 'other' }
    assert.notEqual(challengeOf(other), challenge, name)
  }
})
