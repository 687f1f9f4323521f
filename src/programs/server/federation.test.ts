// Tests of signing a person in, against an identity provider that answers wrongly.
import { Fault, machineClock } from '#base'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { federationWith, type Federation } from './federation.ts'
import { closeServer, listening } from './sign-in-fixture.test.ts'

const clock = machineClock({ Date, performance, setTimeout })
const redirectUri = 'http://127.0.0.1:1/signin/callback'

/** What the provider does otherwise than it should. */
interface Flaw {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key?: 'other'
  readonly unsigned?: true
  readonly query?: Readonly<Record<string, string | null>>
  readonly status?: number
  readonly noToken?: true
}

describe('federationWith()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-federation-'))
  const keys = Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')])
  let provider: Awaited<ReturnType<typeof listening>>
  let federation: Federation
  let flaw: Flaw = {}
  let nonce = ''

  before(async () => {
    writeFileSync(join(folder, 'secret'), 'a secret\n')
    provider = await listening()
    provider.server.on('request', (request, response) => {
      void answer(request).then(({ status = 200, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
    })
    federation = federationWith({ config: config(provider.url), redirectUri, clock })
  })
  after(async () => {
    federation.close()
    await closeServer(provider.server)
    rmSync(folder, { recursive: true, force: true })
  })

  const config = (issuer: string) => ({
    issuer,
    clientId: 'us',
    secretFile: join(folder, 'secret'),
    scope: 'openid email',
    groupsClaim: 'groups',
    admit: [],
  })

  async function answer({ url = '' }: IncomingMessage): Promise<{ status?: number; body: object }> {
    const [own] = await keys
    if (url === '/jwks')
      return { body: { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'ES256' }] } }
    if (url === '/token') return { status: flaw.status ?? 200, body: await tokens() }
    const at = (path: string) => `${provider.url}${path}`
    return {
      body: {
        issuer: provider.url,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        jwks_uri: at('/jwks'),
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ['ES256'],
      },
    }
  }

  async function tokens(): Promise<object> {
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: provider.url, sub: 'ann', aud: 'us', iat: now, exp: now + 300, nonce }
    const claims: JWTPayload = {
      ...usual,
      email: 'Ann@Org.example',
      email_verified: true,
      groups: ['a', 7],
      ...flaw.claims,
    }
    const [own, other] = await keys
    const signed = new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(flaw.key === 'other' ? other.privateKey : own.privateKey)
    const token = flaw.unsigned === true ? new UnsecuredJWT(claims).encode() : await signed
    return { access_token: 'x', token_type: 'Bearer', ...(flaw.noToken !== true && { id_token: token }) }
  }

  async function signIn(wrong: Flaw) {
    flaw = wrong
    const { url, ...begun } = await federation.begin()
    nonce = begun.nonce
    const sent = new URL(url).searchParams
    assert.deepEqual([sent.get('code_challenge_method'), sent.get('redirect_uri')], ['S256', redirectUri])
    const query = new URLSearchParams({ code: 'c', state: begun.state, iss: provider.url })
    for (const [name, value] of Object.entries(wrong.query ?? {})) {
      if (value === null) query.delete(name)
      else query.set(name, value)
    }
    return federation.finish(query, begun)
  }

  test('federationWith() gives the person that the provider vouches for', async () => {
    assert.deepEqual(await signIn({}), {
      issuer: provider.url,
      subject: 'ann',
      email: 'ann@org.example',
      groups: ['a'],
      label: 'ann@org.example',
    })
    const { email, label } = await signIn({ claims: { email_verified: 'true' } })
    assert.deepEqual(
      [email, label],
      [undefined, 'ann'],
      'an address counts only if it is verified, as a truth value',
    )
  })

  test('federationWith() takes nobody on a word that is not whole, not ours, not fresh or not signed', async () => {
    const now = Math.floor(Date.now() / 1000)
    const flaws: readonly Flaw[] = [
      { query: { iss: 'https://evil.example' } },
      { query: { iss: null } },
      { query: { state: 'another' } },
      { query: { state: null } },
      { query: { code: null } },
      { query: { error: 'access_denied' } },
      { claims: { nonce: 'another' } },
      { claims: { nonce: undefined } },
      { claims: { aud: 'another' } },
      { claims: { iss: 'https://evil.example' } },
      { claims: { sub: undefined } },
      { claims: { exp: now - 600, iat: now - 900 } },
      { claims: { azp: 'another', aud: ['us', 'another'] } },
      { key: 'other' },
      { unsigned: true },
      { noToken: true },
      { status: 500 },
    ]
    for (const one of flaws) {
      await assert.rejects(
        signIn(one),
        (thrown) => thrown instanceof Fault && thrown.code === 'issuer-refused',
        JSON.stringify(one),
      )
    }
  })

  test('federationWith() refuses a secret that is not there, and starts while the provider is away', async () => {
    const wanting = (path: string) => () =>
      federationWith({ config: { ...config(provider.url), secretFile: path }, redirectUri, clock })
    writeFileSync(join(folder, 'empty'), '\n')
    for (const path of ['missing', 'empty']) {
      assert.throws(
        wanting(join(folder, path)),
        (thrown) => thrown instanceof Fault && thrown.code === 'config-invalid',
      )
    }
    const away = federationWith({ config: config('http://127.0.0.1:1'), redirectUri, clock })
    await assert.rejects(
      away.begin(),
      (thrown) => thrown instanceof Fault && thrown.code === 'issuer-unreachable',
    )
    away.close()
  })
})
