// Tests of minting over HTTP: nonces, join states, and what it takes to call a device revoked.
import { ManualClock } from '#base'
import { checkDpopProof, publicJwkOf, signerOf, signRevocationStatement, thumbprint } from '#token'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { deviceMint, posterTo, type Device } from './index.ts'

const issuerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const deviceKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicJwkOf(deviceKey.publicKey)
const issuer = 'https://as.example'
const wanted = { resource: 'https://gateway.example', scope: ['llm.infer:read'] }
const good = { access_token: 't', token_type: 'DPoP', expires_in: 900 }

type Handler = (form: URLSearchParams, response: ServerResponse, dpop: string) => unknown

async function setUp(t: TestContext, handle: Handler) {
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      return handle(new URLSearchParams(body.toString()), response, String(request.headers['dpop']))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => (server.closeAllConnections(), server.close()))
  const tokenEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const kept: { state: string | undefined } = { state: undefined }
  const device: Device = {
    issuer,
    device: 'd1',
    tokenEndpoint,
    jwk,
    sign: signerOf(deviceKey.privateKey),
    attestation: 'attestation',
    keepAttestation: async () => {},
    keyOf: (kid) => (kid === 'k1' ? issuerKey.publicKey : undefined),
    joinState: {
      read: async () => kept.state,
      write: async (state) => {
        kept.state = state
      },
    },
  }
  const clock = new ManualClock()
  const random = (length: number) => Uint8Array.from(randomBytes(length))
  return {
    mint: deviceMint(device, { post: posterTo(tokenEndpoint), clock, random }),
    kept,
    clock,
    tokenEndpoint,
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers).end(JSON.stringify(body))
}

test('deviceMint() proves its key, takes the nonce it is given, and keeps it', async (t) => {
  const nonces: unknown[] = []
  const { mint, clock, tokenEndpoint } = await setUp(t, async (form, response, dpop) => {
    const nonceUntil = (nonce: string) => (
      nonces.push(nonce),
      nonce === 'n1' ? clock.now() + 1000 : undefined
    )
    const proof = await checkDpopProof(dpop, {
      method: 'POST',
      url: tokenEndpoint,
      now: clock.now(),
      nonceUntil,
    }).catch(() => null)
    if (proof === null) return answer(response, 400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n1' })
    assert.equal(proof.jkt, thumbprint(jwk))
    assert.deepEqual(Object.fromEntries(form), {
      grant_type: 'client_credentials',
      client_id: 'keyreeve-device',
      resource: wanted.resource,
      scope: 'llm.infer:read',
      lifetime: '60',
      authorization_details: '[{"type":"llm"}]',
    })
    answer(response, 200, good)
  })
  const all = { ...wanted, life: 60_999, details: [{ type: 'llm' }] }
  assert.deepEqual(await mint(all), { token: 't', life: 900_000 })
  assert.deepEqual(await mint(all), { token: 't', life: 900_000 })
  assert.deepEqual(nonces, ['n1', 'n1'])
})

test('deviceMint() mints one after the other, each with the join state of the last', async (t) => {
  const seen: (string | null)[] = []
  let open = 0
  const { mint, kept } = await setUp(t, async (form, response) => {
    assert.equal(++open, 1)
    seen.push(form.get('join_state'))
    await new Promise((resolve) => setTimeout(resolve, 2))
    open--
    answer(response, 200, { ...good, join_state: `s${seen.length}` })
  })
  await Promise.all(Array.from({ length: 5 }, () => mint(wanted)))
  assert.deepEqual(seen, [null, 's1', 's2', 's3', 's4'])
  assert.equal(kept.state, 's5')
})

test('deviceMint() calls a device revoked only by a signed statement about its own key', async (t) => {
  const statement = { iss: issuer, device: 'd1', jkt: thumbprint(jwk), reason: 'stolen', iat: 1 }
  const signs = signerOf(issuerKey.privateKey)
  const cases: [unknown, string][] = [
    [undefined, 'issuer-refused'],
    [7, 'issuer-refused'],
    ['nonsense', 'issuer-refused'],
    [await signRevocationStatement(statement, 'k2', signs), 'issuer-refused'],
    [await signRevocationStatement({ ...statement, jkt: 'other' }, 'k1', signs), 'issuer-refused'],
    [await signRevocationStatement(statement, 'k1', signerOf(deviceKey.privateKey)), 'issuer-refused'],
    [await signRevocationStatement(statement, 'k1', signs), 'device-revoked'],
  ]
  let now = cases[0]
  const { mint } = await setUp(t, (_, response) =>
    answer(response, 401, { error: 'invalid_client', revocation: now?.[0] }),
  )
  for (const each of cases) {
    now = each
    const got = await mint(wanted)
    assert.equal('fault' in got && got.fault.code, each[1])
  }
})

test('deviceMint() refuses what is not an answer, and passes on when to ask again', async (t) => {
  let give: (response: ServerResponse) => void = () => {}
  const { mint } = await setUp(t, (_, response) => give(response))
  const cases: [(response: ServerResponse) => void, string, number | undefined][] = [
    [(response) => response.writeHead(200).end('<html>'), 'issuer-refused', undefined],
    [(response) => answer(response, 200, { ...good, token_type: 'Bearer' }), 'issuer-refused', undefined],
    [(response) => answer(response, 200, { ...good, expires_in: '900' }), 'issuer-refused', undefined],
    [
      (response) => answer(response, 302, {}, { location: 'http://127.0.0.1:1/' }),
      'issuer-refused',
      undefined,
    ],
    [(response) => answer(response, 429, {}, { 'retry-after': '7' }), 'issuer-unreachable', 7000],
    [(response) => answer(response, 503, {}, { 'retry-after': '999999' }), 'issuer-unreachable', 3_600_000],
    [
      (response) => answer(response, 400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'x' }),
      'issuer-refused',
      undefined,
    ],
  ]
  for (const [giving, code, retryAfter] of cases) {
    give = giving
    const got = await mint(wanted)
    assert.deepEqual('fault' in got && [got.fault.code, got.retryAfter], [code, retryAfter])
  }
  give = (response) => response.writeHead(200).end('x'.repeat(100_000))
  await assert.rejects(mint(wanted), { code: 'issuer-unreachable' })
  give = (response) => response.destroy()
  await assert.rejects(mint(wanted), { code: 'issuer-unreachable' })
})

test('posterTo() takes no address that would send a token in clear', () => {
  for (const url of ['http://as.example/token', 'http://localhost/token', 'ftp://127.0.0.1/', 'token', '']) {
    assert.throws(() => posterTo(url), { code: 'usage' })
  }
})
