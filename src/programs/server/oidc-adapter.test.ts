import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once as event } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { SignJWT } from 'jose'
import { errors, Provider, type Configuration } from 'oidc-provider'
import { ManualClock } from '#base'
import { openRegistry, type RegistryPlace } from '#registry'
import { noPostgres, startPostgres } from '../../../test/postgres.ts'
import { oidcAdapter } from './oidc-adapter.ts'

const issuer = 'https://issuer.test'
const resource = 'https://gateway.test'
const callback = 'http://127.0.0.1/callback'
const verifier = 'a'.repeat(43)
const realClock = { now: () => Date.now() }
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const deviceKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('oidcAdapter() on two servers over one embedded register', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-oidc-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  races(async () => ({ embedded: folder }))

  test('oidcAdapter() remembers a proof for as long as one that is dated ahead is accepted', async () => {
    const clock = new ManualClock()
    const registry = await openRegistry({ embedded: join(folder, 'alone') }, clock)
    const adapter = oidcAdapter({ registry, clock })('ReplayDetection')
    await adapter.upsert('proof', {}, 300)
    for (const later of [1, 300_000, 359_000]) {
      clock.advance(later)
      assert.equal(await adapter.find('proof'), undefined)
      await assert.rejects(adapter.upsert('proof', {}, 300), errors.InvalidGrant)
    }
    // Good for longer than anything is remembered.
    await assert.rejects(adapter.upsert('for a day', {}, 86_400), errors.InvalidGrant)
    await registry.close()
  })

  test('oidcAdapter() finds a record by its names, and says when it was consumed', async () => {
    const clock = new ManualClock()
    const registry = await openRegistry({ embedded: join(folder, 'names') }, clock)
    const adapter = oidcAdapter({ registry, clock })('DeviceCode')
    await adapter.upsert('d', { uid: 'u', userCode: 'c', grantId: 'g' }, 60)
    for (const found of [adapter.find('d'), adapter.findByUid('u'), adapter.findByUserCode('c')]) {
      assert.deepEqual(await found, { uid: 'u', userCode: 'c', grantId: 'g' })
    }
    await adapter.consume('d')
    assert.equal((await adapter.find('d'))?.consumed, Math.floor(clock.now() / 1000))
    await assert.rejects(adapter.consume('d'), errors.InvalidGrant)
    await adapter.revokeByGrantId('g')
    assert.equal(await adapter.find('d'), undefined)
    await registry.close()
  })
})

describe('oidcAdapter() on two servers over one PostgreSQL', { skip: noPostgres }, () => {
  const started = noPostgres === false ? startPostgres() : null
  after(async () => await (await started)?.[Symbol.asyncDispose]())
  races(async () => ({ postgres: (await started)!.url }))
})

interface Running {
  readonly provider: Provider
  readonly url: string
  readonly http: Server
  close(): Promise<void>
}

function races(place: () => Promise<RegistryPlace>): void {
  let running: Promise<Running[]> | null = null
  const servers = (): Promise<Running[]> =>
    (running ??= place().then((where) => Promise.all([serve(where), serve(where)])))
  after(async () => {
    for (const server of (await running) ?? []) await server.close()
  })

  test('one assertion, sent 100 times at once, gives one token', async () => {
    const both = await servers()
    for (let round = 0; round < 2; round++) {
      const now = Math.floor(Date.now() / 1000)
      const client_assertion = await new SignJWT({
        jti: randomUUID(),
        iss: 'device',
        sub: 'device',
        aud: issuer,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'device' })
        .setIssuedAt(now)
        .setExpirationTime(now + 60)
        .sign(deviceKeys.privateKey)
      const form = {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
      }
      assert.deepEqual(await outcomes(both, form), ['200 × 1', '400 × 99'])
    }
  })

  test('one authorization code, sent 100 times at once, gives one token', async () => {
    const both = await servers()
    const code = await issued(both[0]!.provider, 'AuthorizationCode')
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    assert.deepEqual(await outcomes(both, { ...form, client_id: 'desktop' }), ['200 × 1', '400 × 99'])
  })

  test('one rotating refresh token, sent 100 times at once, gives one token', async () => {
    const both = await servers()
    const refresh_token = await issued(both[0]!.provider, 'RefreshToken')
    const form = { grant_type: 'refresh_token', refresh_token, client_id: 'desktop' }
    assert.deepEqual(await outcomes(both, form), ['200 × 1', '400 × 99'])
  })
}

/** Sends a form 50 times to each server at once, and counts the answers by status. */
async function outcomes(servers: readonly Running[], form: Record<string, string>): Promise<string[]> {
  const body = new URLSearchParams(form)
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const answer = await fetch(`${servers[at % 2]!.url}/token`, { method: 'POST', body })
      await answer.text()
      return answer.status
    }),
  )
  return Object.entries(Object.groupBy(answers, String)).map(([status, all]) => `${status} × ${all?.length}`)
}

async function issued(provider: Provider, kind: 'AuthorizationCode' | 'RefreshToken'): Promise<string> {
  const client = await provider.Client.find('desktop')
  const grant = new provider.Grant({ accountId: 'ann', clientId: 'desktop' })
  grant.addResourceScope(resource, 'files:read')
  const made = new provider[kind]({
    accountId: 'ann',
    client: client!,
    grantId: await grant.save(),
    gty: 'authorization_code',
    scope: 'files:read',
    resource,
    redirectUri: callback,
    codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
    codeChallengeMethod: 'S256',
  })
  return made.save()
}

async function serve(place: RegistryPlace): Promise<Running> {
  const registry = await openRegistry(place, realClock)
  const provider = new Provider(issuer, configuration(oidcAdapter({ registry, clock: realClock })))
  const answer = provider.callback()
  const http = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await event(http, 'listening')
  const close = async (): Promise<void> => {
    http.closeAllConnections()
    http.close()
    await registry.close()
  }
  return { provider, http, close, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

function configuration(adapter: NonNullable<Configuration['adapter']>): Configuration {
  const alg = 'ES256'
  const jwk = (key: typeof keys.publicKey, kid: string) => ({
    ...key.export({ format: 'jwk' }),
    alg,
    kid,
    use: 'sig',
  })
  return {
    adapter,
    jwks: { keys: [jwk(keys.privateKey, 'server')] },
    clientDefaults: { id_token_signed_response_alg: alg },
    clientAuthMethods: ['none', 'private_key_jwt'],
    scopes: ['files:read'],
    cookies: { keys: [randomUUID()] },
    rotateRefreshToken: true,
    issueRefreshToken: async () => false,
    clients: [
      {
        client_id: 'device',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: alg,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        jwks: { keys: [jwk(deviceKeys.publicKey, 'device')] },
      },
      {
        client_id: 'desktop',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [callback],
      },
    ],
    findAccount: async (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'files:read',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
  }
}
