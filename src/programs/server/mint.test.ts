// Tests of the lean way to a token over HTTP, on a registry in memory.
import { ManualClock, type Fault } from '#base'
import {
  checkAccessToken,
  checkRevocationStatement,
  dpopProof,
  publicJwkOf,
  signAttestation,
  signerOf,
  thumbprint,
} from '#token'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { sourcing } from './limits.ts'
import { leanMint } from './mint.ts'
import type { MintDevice, MintRegistry } from './mint-devices.ts'
import { serverNonces } from './mint-nonces.ts'

const issuer = 'https://as.example'
const tokenEndpoint = `${issuer}/token`
const gateway = 'https://gateway.example'
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const random = (length: number) => Uint8Array.from(randomBytes(length))

/** What the registry keeps of one device, in memory; the contract is that of the real one. */
function registryOf(device: MintDevice) {
  const used = new Set<string>()
  const state = { device, present: '', before: '', takes: 0 }
  const registry: MintRegistry = {
    devices: { byThumbprint: async (jkt) => (jkt === state.device.jkt ? state.device : null) },
    mints: {
      async take({ proofKey, joinState, nextJoinState }) {
        state.takes++
        if (used.has(proofKey)) return 'replayed'
        used.add(proofKey)
        if (state.device.status !== 'active') return 'refused'
        if (joinState !== state.present && joinState !== state.before) {
          state.device = { ...state.device, status: 'quarantined' }
          return 'diverged'
        }
        state.before = joinState
        state.present = nextJoinState
        return 'minted'
      },
    },
  }
  return { state, registry }
}

interface Sent {
  readonly form?: Record<string, string> | string
  readonly headers?: Record<string, string | undefined>
}

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Record<string, unknown>
}

async function setUp(t: TestContext) {
  const [server, key] = [pair(), pair()]
  const jwk = publicJwkOf(key.publicKey)
  const clock = new ManualClock()
  const device: MintDevice = {
    id: 'd1',
    tenant: 't1',
    user: 'ann',
    jkt: thumbprint(jwk),
    epoch: 4,
    status: 'active',
    scopes: ['llm.infer:read', 'files:read'],
  }
  const { state, registry } = registryOf(device)
  const nonces = serverNonces(randomBytes(32))
  const seen: { diverged: string[]; faults: Fault[]; suspended: boolean } = {
    diverged: [],
    faults: [],
    suspended: false,
  }
  const keyOf = (kid: string) => (kid === 'k1' ? server.publicKey : undefined)
  const lean = leanMint({
    issuer,
    tokenEndpoint,
    registry,
    keys: { current: () => ({ kid: 'k1', privateKey: server.privateKey }), keyOf },
    nonces,
    joinSecret: randomBytes(32),
    scopesAt: (resource) => (resource === gateway ? ['llm.infer:read'] : undefined),
    detailsFor: (_, asked) => (Array.isArray(asked) ? (asked as []) : undefined),
    sourceOf: sourcing(0),
    isSuspended: async () => seen.suspended,
    onDiverged: ({ id }) => seen.diverged.push(id),
    onFault: (fault) => seen.faults.push(fault),
    clock,
    random,
  })
  const http = createServer((request, response) => {
    if (lean.takes(request)) void lean.handle(request, response)
    else response.writeHead(404).end('{}')
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  t.after(() => (http.closeAllConnections(), http.close()))
  const port = (http.address() as AddressInfo).port
  const attested = (jwk: ReturnType<typeof publicJwkOf>, device = 'd1') =>
    signAttestation({ issuer, device, jwk }, { now: clock.now(), kid: 'k1' }, signerOf(server.privateKey))
  const attestation = await attested(jwk)

  const prove = (more: object = {}, by = key) =>
    dpopProof(
      {
        method: 'POST',
        url: tokenEndpoint,
        nonce: nonces.next(clock.now()),
        jti: randomBytes(16).toString('hex'),
        now: clock.now(),
        jwk: publicJwkOf(by.publicKey),
        ...more,
      },
      signerOf(by.privateKey),
    )
  const right = { grant_type: 'client_credentials', resource: gateway, scope: 'llm.infer:read' }
  const send = async ({ form = right, headers = {} }: Sent = {}): Promise<Got> => {
    const all = {
      dpop: await prove(),
      'oauth-client-attestation': attestation,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    }
    const present = Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as Record<string, string>
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString()
    const request = ask({ port, host: '127.0.0.1', path: '/token', method: 'POST', headers: present })
    const [response] = (await once(request.end(body), 'response')) as [IncomingMessage]
    const { statusCode: status = 0, headers: given } = response
    return { status, headers: given, body: JSON.parse(await text(response)) as Got['body'] }
  }
  return { send, prove, attested, attestation, right, clock, state, seen, device, keyOf, jwk }
}

test('leanMint() gives an enrolled device a token for one place, bound to its key', async (t) => {
  const { send, clock, device, keyOf, right } = await setUp(t)
  const form = {
    ...right,
    scope: 'llm.infer:read files:read x',
    lifetime: '60',
    authorization_details: '[{"type":"llm"}]',
  }
  const { status, headers, body } = await send({ form })
  assert.equal(status, 200)
  assert.equal(headers['cache-control'], 'no-store')
  assert.deepEqual([body['token_type'], body['expires_in'], body['scope']], ['DPoP', 60, 'llm.infer:read'])
  const token = await checkAccessToken(String(body['access_token']), {
    issuer,
    audience: gateway,
    now: clock.now(),
    keyOf,
  })
  const iat = Math.floor(clock.now() / 1000)
  const { jti, ...claims } = token
  assert.match(jti, /^[\w-]{22}$/)
  assert.deepEqual(claims, {
    kid: 'k1',
    iss: issuer,
    aud: gateway,
    sub: 'ann',
    client_id: 'keyreeve-device',
    device: 'd1',
    tenant: 't1',
    scope: 'llm.infer:read',
    epoch: 4,
    iat,
    exp: iat + 60,
    cnf: { jkt: device.jkt },
    authorization_details: [{ type: 'llm' }],
  })
})

test('leanMint() gives never more than 900 seconds', async (t) => {
  const { send, right, state } = await setUp(t)
  const first = await send({ form: { ...right, lifetime: '86400' } })
  assert.equal(first.body['expires_in'], 900)
  assert.equal((await send({ form: { ...right, join_state: state.present } })).body['expires_in'], 900)
})

test('leanMint() gives one token for a proof, however often it comes', async (t) => {
  const { send, prove } = await setUp(t)
  const dpop = await prove()
  const all = await Promise.all(Array.from({ length: 50 }, () => send({ headers: { dpop } })))
  assert.equal(all.filter(({ status }) => status === 200).length, 1)
  assert.ok(all.every(({ status, body }) => status === 200 || body['error'] === 'invalid_dpop_proof'))
})

test('leanMint() refuses all that does not hold, in one shape that repeats nothing', async (t) => {
  const { send, prove, attested, attestation, right, state, jwk, clock } = await setUp(t)
  const other = pair()
  const cases: [Sent, number, string][] = [
    [{ headers: { dpop: await prove({ nonce: undefined }) } }, 400, 'use_dpop_nonce'],
    [{ headers: { dpop: await prove({ nonce: 'marker' }) } }, 400, 'use_dpop_nonce'],
    [{ headers: { dpop: 'marker' } }, 400, 'invalid_dpop_proof'],
    [{ headers: { dpop: await prove({ url: 'https://marker.example/token' }) } }, 400, 'invalid_dpop_proof'],
    [{ headers: { dpop: await prove({ jwk }, other) } }, 400, 'invalid_dpop_proof'],
    [{ headers: { dpop: await prove({}, other) } }, 401, 'invalid_client'],
    [{ headers: { 'oauth-client-attestation': 'marker' } }, 401, 'invalid_client'],
    [{ headers: { 'oauth-client-attestation': await attested(jwk, 'marker') } }, 401, 'invalid_client'],
    [
      {
        headers: {
          dpop: await prove({}, other),
          'oauth-client-attestation': await attested(publicJwkOf(other.publicKey)),
        },
      },
      401,
      'invalid_client',
    ],
    [{ headers: { 'oauth-client-attestation': `${attestation.slice(0, -4)}AAAA` } }, 401, 'invalid_client'],
    [{ headers: { 'content-type': 'application/json' } }, 400, 'invalid_request'],
    [{ form: 'scope=marker&scope=marker' }, 400, 'invalid_request'],
    [{ form: `a=${'m'.repeat(20_000)}` }, 400, 'invalid_request'],
    [{ form: { ...right, client_id: 'marker' } }, 400, 'invalid_request'],
    [{ form: { ...right, grant_type: '' } }, 400, 'invalid_request'],
    [{ form: { ...right, grant_type: 'marker' } }, 400, 'unsupported_grant_type'],
    [{ form: { ...right, resource: 'https://marker.example' } }, 400, 'invalid_target'],
    [{ form: { ...right, scope: 'marker' } }, 400, 'invalid_scope'],
    [{ form: { ...right, scope: 'a  b' } }, 400, 'invalid_scope'],
    [{ form: { ...right, lifetime: '-1' } }, 400, 'invalid_request'],
    [{ form: { ...right, authorization_details: '[marker' } }, 400, 'invalid_authorization_details'],
  ]
  for (const [sent, status, code] of cases) {
    const got = await send(sent)
    assert.deepEqual([got.status, got.body['error']], [status, code], JSON.stringify(sent))
    assert.deepEqual(Object.keys(got.body), ['error', 'error_description'])
    assert.doesNotMatch(JSON.stringify(got.body), /marker|mmm/)
    assert.equal(typeof got.headers['dpop-nonce'], 'string')
  }
  assert.equal(state.takes, 0)
  clock.advance(100 * 86_400_000)
  assert.equal((await send()).body['error'], 'invalid_client')
})

test('leanMint() leaves all that is not for it to the full server', async (t) => {
  const { send } = await setUp(t)
  const others = [
    { dpop: undefined },
    { 'oauth-client-attestation': undefined },
    { 'oauth-client-attestation-pop': 'x' },
    // keyreeve:allow basic-auth reason="a header that nobody knows, to be refused"
    { authorization: 'Basic eDp5' },
  ]
  for (const headers of others) assert.equal((await send({ headers })).status, 404)
})

test('leanMint() takes the present join state and the one before; another puts the device into quarantine', async (t) => {
  const { send, right, state, seen } = await setUp(t)
  const first = String((await send()).body['join_state'])
  const again = String((await send()).body['join_state'])
  assert.notEqual(first, again)
  assert.equal((await send({ form: { ...right, join_state: again } })).status, 200)
  const { status, body } = await send({ form: { ...right, join_state: first } })
  assert.deepEqual([status, body['error']], [401, 'invalid_client'])
  assert.deepEqual([state.device.status, seen.diverged], ['quarantined', ['d1']])
  assert.equal((await send({ form: { ...right, join_state: again } })).body['revocation'], undefined)
})

test('leanMint() tells a revoked device so, signed, once it has proved its key', async (t) => {
  const { send, prove, state, device, keyOf } = await setUp(t)
  assert.equal((await send()).status, 200)
  state.device = { ...device, status: 'revoked', epoch: 5 }
  const { status, body } = await send()
  assert.deepEqual([status, body['error']], [401, 'invalid_client'])
  const statement = await checkRevocationStatement(String(body['revocation']), {
    issuer,
    jkt: device.jkt,
    keyOf,
  })
  assert.equal(statement.device, 'd1')
  const foreign = await send({ headers: { dpop: await prove({}, pair()) } })
  assert.equal(foreign.body['revocation'], undefined)
})

test('leanMint() gives the device of somebody who is suspended nothing, and does not say why', async (t) => {
  const { send, seen } = await setUp(t)
  seen.suspended = true
  const { status, body } = await send()
  assert.deepEqual([status, body['error'], body['revocation']], [401, 'invalid_client', undefined])
  seen.suspended = false
  assert.equal((await send()).status, 200)
})

test('leanMint() limits a device by what it proved, and failures by their source alone', async (t) => {
  const { send, prove, right, state, clock } = await setUp(t)
  const stale = await prove()
  for (let i = 0; i < 20; i++) {
    assert.equal(
      (await send({ form: { ...right, join_state: state.present }, headers: i === 0 ? { dpop: stale } : {} }))
        .status,
      200,
    )
  }
  const full = await send()
  assert.deepEqual([full.status, full.headers['retry-after']], [429, '10'])
  clock.advance(10_000)
  for (let i = 0; i < 30; i++) assert.equal((await send({ headers: { dpop: stale } })).status, 400)
  assert.equal((await send({ form: { ...right, join_state: state.present } })).status, 200)
  for (let i = 0; i < 110; i++) await send({ headers: { dpop: 'x' } })
  const blocked = await send({ headers: { dpop: 'x' } })
  assert.deepEqual([blocked.status, blocked.body['error']], [429, 'temporarily_unavailable'])
})

test('leanMint() says nothing of what failed inside', async (t) => {
  const { send, seen, state } = await setUp(t)
  Object.defineProperty(state, 'present', {
    get() {
      throw new Error('marker')
    },
  })
  const { status, body } = await send()
  assert.equal(status, 500)
  assert.doesNotMatch(JSON.stringify(body), /marker/)
  assert.equal(seen.faults[0]?.code, 'internal')
})
