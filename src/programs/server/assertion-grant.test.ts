// Tests of the grant for enterprise MCP, over the wired server and an identity provider that signs.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt, generateKeyPair, importJWK, SignJWT, type JWTPayload } from 'jose'
import { thumbprint } from '#token'
import {
  audience,
  Device,
  enrolledFor,
  startIssuer,
  type Issuer,
  type Posted,
} from './sign-in-fixture.test.ts'

const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

describe('addAssertionGrant()', () => {
  let issuer: Issuer
  let alice: Device
  let count = 0
  before(async () => {
    issuer = await startIssuer()
    alice = await enrolledFor(issuer, 'alice')
  })
  after(async () => await issuer.close())

  interface Bent {
    readonly claims?: JWTPayload
    readonly header?: Readonly<Record<string, string>>
    readonly key?: Parameters<SignJWT['sign']>[0]
  }

  async function assertion({ claims = {}, header = {}, key }: Bent = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const whole = {
      iss: issuer.idp.url,
      sub: 'alice',
      aud: issuer.url,
      client_id: 'keyreeve-device',
      jti: `jag-${count++}`,
      iat: now,
      exp: now + 300,
      resource: audience,
      scope: 'llm.infer:read files:read',
      ...claims,
    }
    const signer = new SignJWT(JSON.parse(JSON.stringify(whole)))
    signer.setProtectedHeader({ alg: 'ES256', typ: 'oauth-id-jag+jwt', kid: 'idp', ...header })
    return signer.sign(key ?? (await importJWK(issuer.idp.key, 'ES256')))
  }

  async function ask(text: string, more: Record<string, string> = {}, device = alice): Promise<Posted> {
    return device.post('/token', { grant_type: grant, assertion: text, ...more })
  }

  test('addAssertionGrant() gives a token of the person’s own device, bound to its key', async () => {
    const { status, said } = await ask(await assertion(), { scope: 'files:read' })
    assert.deepEqual(
      [status, said['token_type'], said['scope'], said['expires_in']],
      [200, 'DPoP', 'files:read', 900],
    )
    const claims = decodeJwt(String(said['access_token']))
    assert.deepEqual(
      [claims.aud, claims['device'], claims['cnf'], claims['scope'], claims['tenant'], claims['epoch']],
      [audience, alice.enrolment?.device, { jkt: thumbprint(alice.jwk) }, 'files:read', 'eng', 1],
    )
  })

  test('addAssertionGrant() takes an assertion once, of 20 that come at once too', async () => {
    const text = await assertion()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(text)))
    assert.deepEqual(answers.filter(({ status }) => status === 200).length, 1)
    const refused = answers.filter(({ status }) => status !== 200).map(({ said }) => said['error'])
    assert.ok(
      refused.every((code) => code === 'invalid_grant' || code === 'temporarily_unavailable'),
      String(refused),
    )
  })

  test('addAssertionGrant() refuses whatever is not for this server, this client and this person', async () => {
    const device = await enrolledFor(issuer, 'alice')
    const now = Math.floor(Date.now() / 1000)
    const { privateKey } = await generateKeyPair('ES256')
    const bent: readonly Bent[] = [
      { claims: { iss: 'https://evil.example' } },
      { claims: { aud: 'https://other.example' } },
      { claims: { aud: [issuer.url, 'https://other.example'] } },
      { claims: { client_id: 'another' } },
      { claims: { sub: 'bob' } },
      { claims: { jti: '' } },
      { claims: { jti: 'j'.repeat(257) } },
      { claims: { exp: now - 60, iat: now - 300 } },
      { claims: { iat: now - 3600, exp: now + 300 } },
      { claims: { exp: now + 3600 } },
      { claims: { iat: now + 300, exp: now + 600 } },
      { claims: { cnf: { jkt: thumbprint(alice.jwk) } } },
      { claims: { cnf: { kid: 'x' } } },
      { header: { typ: 'JWT' } },
      { header: { kid: 'other' } },
      { key: privateKey },
    ]
    for (const one of bent) {
      const { status, said } = await ask(await assertion(one), {}, device)
      assert.deepEqual([status, said['error']], [400, 'invalid_grant'], JSON.stringify(one))
    }
    const { said } = await ask('a.b.c', {}, device)
    assert.equal(said['error'], 'invalid_grant')
    assert.equal((await ask(await assertion(), {}, new Device(issuer.url))).said['error'], 'invalid_grant')
  })

  test('addAssertionGrant() never gives more than the assertion says, the device has and the resource knows', async () => {
    const bob = await enrolledFor(issuer, 'bob')
    const of = async (claims: JWTPayload, more: Record<string, string> = {}) => {
      const { status, said } = await ask(await assertion({ claims: { sub: 'bob', ...claims } }), more, bob)
      return status === 200 ? said['scope'] : said['error']
    }
    assert.equal(await of({}), 'files:read')
    assert.equal(await of({ scope: 'llm.infer:read' }), 'invalid_scope')
    assert.equal(await of({ scope: 'files:read' }, { scope: 'llm.infer:read' }), 'invalid_scope')
    assert.equal(await of({ scope: undefined }), 'invalid_scope')
    assert.equal(await of({ scope: undefined }, { scope: 'files:read' }), 'files:read')
    assert.equal(await of({ resource: 'https://other.example' }), 'invalid_target')
    assert.equal(await of({}, { resource: 'https://other.example' }), 'invalid_target')
  })

  test('addAssertionGrant() gives nothing to a device that was revoked', async () => {
    const device = await enrolledFor(issuer, 'alice')
    await issuer.admin('/admin/revoke-device', { deviceId: device.enrolment?.device ?? '' })
    assert.equal((await ask(await assertion(), {}, device)).said['error'], 'invalid_grant')
  })

  test('addAssertionGrant() wants a fresh proof with a nonce of the server', async () => {
    const device = await enrolledFor(issuer, 'alice')
    const proof = await device.proof('/token')
    const first = await device.post('/token', { grant_type: grant, assertion: await assertion() }, { proof })
    assert.equal(first.said['error'], 'use_dpop_nonce')
    const good = await device.proof('/token')
    const form = async () => ({ grant_type: grant, assertion: await assertion() })
    assert.equal((await device.post('/token', await form(), { proof: good })).status, 200)
    assert.equal(
      (await device.post('/token', await form(), { proof: good })).said['error'],
      'invalid_dpop_proof',
    )
    const elsewhere = await device.proof('/par')
    assert.equal(
      (await device.post('/token', await form(), { proof: elsewhere })).said['error'],
      'invalid_dpop_proof',
    )
  })
})
