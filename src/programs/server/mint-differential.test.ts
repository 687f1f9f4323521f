// The lean way to a token against oidc-provider: the same request to both, however bent; equal in what is given and refused.
import { machineClock, type Random } from '#base'
import { openRegistry, type Registry } from '#registry'
import { deviceClient, publicJwkOf, thumbprint } from '#token'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { fullMint } from '../../../test/full-mint.ts'
import { leanMint } from './mint.ts'
import { serverNonces } from './mint-nonces.ts'
import { listening } from './sign-in-fixture.test.ts'

const issuer = 'https://as.example'
const real = machineClock({ Date, performance, setTimeout })
let ticks = 0
/** No limit is met: they are the lean way's own. */
const clock = { ...real, monotonic: () => (ticks += 60_000) }
const random: Random = (length) => Uint8Array.from(randomBytes(length))
const audiences: Readonly<Record<string, readonly string[]>> = {
  'https://gateway.example': ['llm.infer:read', 'files:read'],
  'https://files.example': ['files:read'],
}
const states = ['active', 'pending', 'quarantined', 'revoked'] as const
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

interface Known {
  readonly id: string
  readonly privateKey: KeyObject
  joinState: string
}

/** What one request says, and how it is bent. Undefined: left out. */
interface Asked {
  readonly state: (typeof states)[number]
  readonly form: Readonly<Record<string, string | undefined>>
  readonly twice: string | undefined
  readonly proof: Readonly<Record<string, unknown>>
  readonly header: Readonly<Record<string, unknown>>
  readonly jwk: 'own' | 'other' | 'private' | 'none'
  readonly signedBy: 'own' | 'other'
  readonly attestation: Readonly<Record<string, unknown>>
  readonly attestedBy: 'server' | 'other'
  readonly attestationType: string
  readonly isSentTwice: boolean
}

describe('leanMint() beside oidc-provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-differential-'))
  const server = pair()
  const other = pair().privateKey
  const secret = randomBytes(32)
  const nonces = serverNonces(secret)
  const known = new Map<string, Known>()
  const closing: (() => void)[] = []
  let registry: Registry
  let urls: { lean: string; full: string }

  before(async () => {
    registry = await openRegistry({ embedded: folder }, clock)
    for (const state of states) known.set(state, await enrol(state))
    const scopesAt = (resource: string) => audiences[resource]
    const lean = leanMint({
      issuer,
      tokenEndpoint: `${issuer}/token`,
      registry,
      keys: {
        current: () => ({ kid: 'k', privateKey: server.privateKey }),
        keyOf: (kid) => (kid === 'k' ? server.publicKey : undefined),
      },
      nonces,
      joinSecret: randomBytes(32),
      scopesAt,
      detailsFor: () => undefined,
      sourceOf: () => 'here',
      isSuspended: async () => false,
      onDiverged: () => assert.fail('join states fell apart'),
      onFault: (fault) => assert.fail(fault),
      clock,
      random,
    })
    const full = fullMint({ issuer, pair: server, kid: 'k', registry, nonceSecret: secret, scopesAt })
    urls = { lean: await serve((...exchange) => lean.handle(...exchange)), full: await serve(full) }
  })
  after(async () => {
    closing.forEach((close) => close())
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function serve(handle: ReturnType<typeof fullMint>): Promise<string> {
    const { server: http, url } = await listening()
    http.on('request', (request, response) => void handle(request, response))
    closing.push(() => (http.closeAllConnections(), http.close()))
    return `${url}/token`
  }

  async function enrol(state: (typeof states)[number]): Promise<Known> {
    const { privateKey } = pair()
    const jwk = publicJwkOf(privateKey)
    const id = `dev_${state}`
    const device = { id, tenant: 't', user: 'ann', jkt: thumbprint(jwk), jwk, label: '' }
    const status = state === 'pending' ? 'pending' : 'active'
    await registry.devices.enrol({ ...device, scopes: ['llm.infer:read', 'files:read'], status })
    if (state === 'quarantined') await registry.devices.quarantine(id)
    if (state === 'revoked') await registry.devices.revoke(id)
    return { id, privateKey, joinState: '' }
  }

  function compact(header: object, claims: object, key: KeyObject): string {
    const input = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }

  function proofOf({ proof, header, jwk, signedBy }: Asked, { privateKey }: Known): string {
    const keys = {
      own: { jwk: publicJwkOf(privateKey) },
      other: { jwk: publicJwkOf(other) },
      private: { jwk: privateKey.export({ format: 'jwk' }) },
      none: {},
    }
    const usual = {
      jti: randomBytes(16).toString('hex'),
      htm: 'POST',
      htu: `${issuer}/token`,
      iat: Math.floor(Date.now() / 1000),
      nonce: nonces.next(Date.now()),
    }
    const head = { alg: 'ES256', typ: 'dpop+jwt', ...keys[jwk], ...header }
    const longest = proof['jti'] === 'long' ? { jti: usual.jti.padEnd(256, 'j') } : {}
    return compact(head, { ...usual, ...proof, ...longest }, signedBy === 'own' ? privateKey : other)
  }

  async function attestationOf(
    { attestation, attestedBy, attestationType }: Asked,
    device: Known,
  ): Promise<string> {
    const iat = Math.floor(Date.now() / 1000)
    const { kty, crv, x, y } = publicJwkOf(device.privateKey)
    const usual = {
      iss: issuer,
      sub: deviceClient,
      device: device.id,
      cnf: { jwk: { kty, crv, x, y } },
      iat,
      exp: iat + 3600,
    }
    const head = { alg: 'ES256', typ: attestationType, kid: 'k' }
    return compact(head, { ...usual, ...attestation }, attestedBy === 'server' ? server.privateKey : other)
  }

  interface Given {
    readonly status: number
    readonly said: Readonly<Record<string, unknown>>
  }

  async function post(url: string, body: string, headers: Record<string, string>): Promise<Given> {
    const type = 'application/x-www-form-urlencoded'
    const answer = await fetch(url, { method: 'POST', body, headers: { ...headers, 'content-type': type } })
    return { status: answer.status, said: (await answer.json()) as Record<string, unknown> }
  }

  /** What both say, once to each; or what they say the second time. */
  async function ask(asked: Asked): Promise<{ lean: Given; full: Given }> {
    const device = known.get(asked.state) ?? assert.fail(asked.state)
    const headers = {
      dpop: proofOf(asked, device),
      'oauth-client-attestation': await attestationOf(asked, device),
    }
    const fields = Object.entries(asked.form).filter(
      (field): field is [string, string] => field[1] !== undefined,
    )
    if (asked.twice !== undefined) fields.push([asked.twice, asked.form[asked.twice] ?? 'x'])
    const send = async () => {
      const joined = device.joinState === '' ? [] : [['join_state', device.joinState]]
      const [lean, full] = await Promise.all([
        post(urls.lean, new URLSearchParams([...fields, ...joined]).toString(), headers),
        post(urls.full, new URLSearchParams(fields).toString(), headers),
      ])
      const next = lean.said['join_state']
      if (typeof next === 'string') device.joinState = next
      return { lean, full }
    }
    const first = await send()
    return asked.isSentTwice ? send() : first
  }

  /**
   * Claims and answer, but for what differs from token to token. A token that is good for nothing counts as refused: the
   * lean way says so, oidc-provider gives one without a scope.
   */
  function comparable({ status, said }: Given): unknown {
    if (status !== 200 || said['scope'] === undefined) return 'refused'
    const { access_token: token, join_state: _state, ...rest } = said
    const { jti, iat = 0, exp = 0, ...claims } = decodeJwt(String(token))
    assert.equal(typeof jti, 'string')
    return { ...rest, claims, life: exp - iat }
  }

  const some = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(usual) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    )

  const without = <Value>(arbitrary: fc.Arbitrary<Value>, name: string) =>
    arbitrary.map((value) => (value === undefined ? {} : { [name]: value }))

  const now = () => Math.floor(Date.now() / 1000)

  const asking: fc.Arbitrary<Asked> = fc.record({
    state: some<Asked['state']>('active', ...states),
    form: fc.record({
      grant_type: some<string | undefined>(
        'client_credentials',
        undefined,
        '',
        'password',
        'authorization_code',
      ),
      scope: fc.constantFrom(
        'llm.infer:read',
        'files:read',
        'files:read llm.infer:read',
        'llm.infer:read other',
        'files:read files:read',
      ),
      resource: some<string | undefined>(
        'https://gateway.example',
        'https://files.example',
        'https://other.example',
        undefined,
        '',
        'x',
        'https://gateway.example#f',
        'https://gateway.example/',
      ),
      client_id: some<string | undefined>(deviceClient, 'another'),
      lifetime: some<string | undefined>(
        undefined,
        '60',
        '900',
        '901',
        '999999999',
        '0',
        '-1',
        '1.5',
        'x',
        '',
      ),
    }),
    twice: some<string | undefined>(undefined, 'grant_type', 'scope', 'client_id'),
    proof: fc
      .record({
        htm: some<unknown>('POST', 'post', 'GET', 1),
        htu: some<unknown>(
          `${issuer}/token`,
          `${issuer}/token?x=1`,
          `${issuer}/token#x`,
          `${issuer}:443/token`,
          'HTTPS://AS.example/token',
          `${issuer}/x/../token`,
          `${issuer}/token/`,
          `${issuer}/TOKEN`,
          'http://as.example/token',
          '/token',
          7,
        ),
        iat: fc.oneof(
          { weight: 12, arbitrary: fc.constant(0).map(now) },
          {
            weight: 3,
            arbitrary: fc.constantFrom(-3600, -310, -290, 290, 310, 3600).map((by) => now() + by),
          },
          { weight: 1, arbitrary: fc.constantFrom<unknown>(0, 'now', null, 1.5) },
        ),
        nonce: fc.oneof(
          { weight: 12, arbitrary: fc.constant(0).map<unknown>(() => nonces.next(Date.now())) },
          { weight: 1, arbitrary: fc.constant(0).map<unknown>(() => nonces.next(Date.now() - 120_000)) },
          { weight: 1, arbitrary: fc.constantFrom<unknown>('made up', '', 7, null, undefined) },
        ),
      })
      .chain((fixed) =>
        without(some<unknown>(undefined, '', 7, null, 'long'), 'jti').map((jti) => ({
          ...fixed,
          ...jti,
        })),
      ),
    header: without(some<unknown>(undefined, 'JWT', 'DPOP+JWT', 7), 'typ').chain((typ) =>
      without(some<unknown>(undefined, 'none', 'HS256', 'ES384'), 'alg').map((alg) => ({ ...typ, ...alg })),
    ),
    jwk: some<Asked['jwk']>('own', 'other', 'private', 'none'),
    signedBy: some<Asked['signedBy']>('own', 'other'),
    attestation: some<Record<string, unknown>>(
      {},
      { iss: 'https://evil.example' },
      { sub: 'another' },
      { device: 'dev_pending' },
      { device: undefined },
      { exp: now() - 60 },
      { exp: 'never' },
      { exp: undefined },
      { iat: undefined },
      { cnf: undefined },
      { cnf: { jwk: publicJwkOf(other) } },
    ),
    attestedBy: some<Asked['attestedBy']>('server', 'other'),
    attestationType: some('oauth-client-attestation+jwt', 'JWT', 'at+jwt'),
    isSentTwice: some(false, true),
  })

  test('leanMint() gives and refuses what oidc-provider does, claim for claim', async () => {
    let given = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(asking, async (asked) => {
        const { lean, full } = await ask(asked)
        assert.deepEqual(comparable(lean), comparable(full), JSON.stringify([lean, full]))
        if (lean.status === 200) given++
        else refused++
      }),
      { numRuns: 120 },
    )
    assert.ok(given > 10 && refused > 10, `${given} given, ${refused} refused`)
  })

  const plain: Asked = {
    state: 'active',
    form: {
      grant_type: 'client_credentials',
      scope: 'files:read',
      resource: 'https://gateway.example',
      client_id: deviceClient,
    },
    twice: undefined,
    proof: {},
    header: {},
    jwk: 'own',
    signedBy: 'own',
    attestation: {},
    attestedBy: 'server',
    attestationType: 'oauth-client-attestation+jwt',
    isSentTwice: false,
  }

  test('leanMint() is stricter where its page says so, and nowhere else', async () => {
    const stricter: readonly [Partial<Asked>, unknown][] = [
      [{ form: { ...plain.form, scope: 'other' } }, 'invalid_scope'],
      [{ form: { ...plain.form, scope: undefined } }, 'invalid_scope'],
      [{ twice: 'resource' }, 'invalid_request'],
      [{ proof: { jti: 'j'.repeat(257) } }, 'invalid_dpop_proof'],
    ]
    for (const [bent, error] of stricter) {
      const { lean, full } = await ask({ ...plain, ...bent })
      assert.deepEqual([full.status, lean.said['error']], [200, error], JSON.stringify(bent))
    }
  })
})
