// T32: a code, a token or an assertion that was taken on its way.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { importJWK, SignJWT } from 'jose'
import { thumbprint } from '#token'
import {
  audience,
  Browser,
  Device,
  enrolledFor,
  startIssuer,
  type Issuer,
} from '../../src/programs/server/sign-in-fixture.test.ts'

const redirect_uri = 'http://127.0.0.1:49152/callback'
const code_verifier = randomBytes(32).toString('base64url')
let issuer: Issuer
before(async () => void (issuer = await startIssuer()))
after(async () => await issuer.close())

/** What stands in the browser's address after the person agreed. */
async function codeFor(device: Device): Promise<string> {
  const { said } = await device.post('/par', {
    response_type: 'code',
    redirect_uri,
    scope: 'device.enrol',
    code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
    dpop_jkt: thumbprint(device.jwk),
  })
  const query = new URLSearchParams({
    client_id: 'keyreeve-device',
    request_uri: String(said['request_uri']),
  })
  const browser = await new Browser().open(`${issuer.url}/authorize?${query.toString()}`)
  await browser.signInAs('alice')
  await browser.submit({ answer: 'allow' })
  return browser.sentTo?.searchParams.get('code') ?? assert.fail(browser.html)
}

const exchanged = (code: string) => ({ grant_type: 'authorization_code', code, redirect_uri, code_verifier })

async function enrolWith(device: Device, accessToken: string): Promise<number> {
  const headers = {
    dpop: await device.proof('/enrol', { accessToken }),
    authorization: `DPoP ${accessToken}`,
  }
  return (await fetch(`${issuer.url}/enrol`, { method: 'POST', body: '{}', headers })).status
}

test('a code gives nothing to another key, even with the verifier, and nothing after that', async () => {
  const [owner, thief] = [new Device(issuer.url), new Device(issuer.url)]
  const code = await codeFor(owner)
  assert.equal((await thief.post('/token', exchanged(code))).said['error'], 'invalid_grant')
  assert.equal((await owner.post('/token', exchanged(code))).said['error'], 'invalid_grant')
})

test('an enrolment token enrols its own key once, and no other', async () => {
  const [owner, thief] = [new Device(issuer.url), new Device(issuer.url)]
  const token = String((await owner.post('/token', exchanged(await codeFor(owner)))).said['access_token'])
  thief.nonce = owner.nonce
  assert.equal(await enrolWith(thief, token), 403)
  assert.equal(
    (await fetch(`${issuer.url}/enrol`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }))
      .status,
    401,
  )
  assert.equal(await enrolWith(owner, token), 200)
  assert.equal(await enrolWith(thief, token), 403)
})

test('a code that comes again ends the token that it gave', async () => {
  const owner = new Device(issuer.url)
  const code = await codeFor(owner)
  const token = String((await owner.post('/token', exchanged(code))).said['access_token'])
  await owner.post('/token', exchanged(code))
  assert.equal(await enrolWith(owner, token), 403)
})

test('an identity assertion gives nothing to whoever is not that person’s device, and nothing twice', async () => {
  const [alices, bobs] = [await enrolledFor(issuer, 'alice'), await enrolledFor(issuer, 'bob')]
  const claims = { client_id: 'keyreeve-device', resource: audience, scope: 'files:read' }
  const assertion = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-id-jag+jwt', kid: 'idp' })
    .setIssuer(issuer.idp.url)
    .setSubject('alice')
    .setAudience(issuer.url)
    .setJti('once')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(issuer.idp.key, 'ES256'))
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  const by = async (device: Device) => (await device.post('/token', form)).said['error']
  assert.equal(await by(bobs), 'invalid_grant')
  assert.equal(await by(new Device(issuer.url)), 'invalid_grant')
  assert.equal(await by(alices), undefined)
  assert.equal(await by(alices), 'invalid_grant')
})
