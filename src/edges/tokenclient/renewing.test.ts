// Tests of renewing an attestation, against a played issuer that takes only the attestation it gave last.
import { ManualClock, type Random } from '#base'
import { publicJwkOf, signAttestation, signerOf, signRevocationStatement, thumbprint } from '#token'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { deviceMint, posterTo, type Device, type Renewed } from './index.ts'

const issuerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const deviceKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicJwkOf(deviceKey.publicKey)
const wanted = { resource: 'https://gateway.example', scope: ['llm.infer:read'] }
const random: Random = (length) => Uint8Array.from(randomBytes(length))
const day = 86_400_000

interface Answered {
  readonly status: number
  readonly document: object
}

class Played {
  readonly clock = new ManualClock()
  readonly asked: string[] = []
  readonly kept: Renewed[] = []
  takes = ''
  url = ''
  enrol: () => Promise<Answered> = async () => ({ status: 403, document: { error: 'access_denied' } })

  async attestation(device = 'd1'): Promise<string> {
    const at = { now: this.clock.now(), kid: 'k1' }
    return signAttestation({ issuer: this.url, device, jwk }, at, signerOf(issuerKey.privateKey))
  }

  async attests(device = 'd1'): Promise<Answered> {
    const attestation = await this.attestation(device)
    this.takes = attestation
    return { status: 200, document: { status: 'active', device, attestation, scope: 'llm.infer:read' } }
  }

  mint(attestation: string) {
    const tokenEndpoint = `${this.url}/token`
    const device: Device = {
      issuer: this.url,
      device: 'd1',
      tokenEndpoint,
      jwk,
      sign: signerOf(deviceKey.privateKey),
      attestation,
      keepAttestation: async (renewed) => void this.kept.push(renewed),
      keyOf: (kid) => (kid === 'k1' ? issuerKey.publicKey : undefined),
      joinState: { read: async () => 's', write: async () => {} },
    }
    return deviceMint(device, { post: posterTo(tokenEndpoint), clock: this.clock, random })
  }

  async answer(path: string, attestation: unknown): Promise<Answered> {
    const { url } = this
    const endpoints = { token_endpoint: `${url}/token`, jwks_uri: `${url}/jwks` }
    if (path.startsWith('/.well-known'))
      return {
        status: 200,
        document: { issuer: url, ...endpoints, keyreeve_enrolment_endpoint: `${url}/enrol` },
      }
    this.asked.push(path)
    if (path === '/enrol') return this.enrol()
    if (attestation !== this.takes) return { status: 401, document: { error: 'invalid_client' } }
    return { status: 200, document: { access_token: 't', token_type: 'DPoP', expires_in: 900 } }
  }
}

async function play(t: TestContext): Promise<Played> {
  const played = new Played()
  const server = createServer((request, response) => {
    const serve = async (): Promise<void> => {
      await buffer(request)
      const { 'oauth-client-attestation': shown } = request.headers
      const { status, document } = await played.answer(request.url ?? '', shown)
      response.writeHead(status).end(JSON.stringify(document))
    }
    void serve()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => (server.closeAllConnections(), server.close()))
  const bound = server.address()
  assert.ok(bound !== null && typeof bound === 'object')
  played.url = `http://127.0.0.1:${bound.port}`
  return played
}

const minted = { token: 't', life: 900_000 }

test('deviceMint() has its key attested anew when the issuer takes the attestation no more', async (t) => {
  const played = await play(t)
  played.enrol = () => played.attests()
  const mint = played.mint('an old one')
  assert.deepEqual(await mint(wanted), minted)
  assert.deepEqual(await mint(wanted), minted)
  assert.deepEqual(played.asked, ['/token', '/enrol', '/token', '/token'])
  assert.deepEqual(
    played.kept.map(({ attestation }) => attestation),
    [played.takes],
  )
})

test('deviceMint() renews an attestation ahead of its end, and goes on with it where that fails', async (t) => {
  const played = await play(t)
  const attestation = await played.attestation()
  played.takes = attestation
  const mint = played.mint(attestation)
  played.clock.advance(59 * day)
  assert.deepEqual(await mint(wanted), minted)
  assert.deepEqual(played.asked, ['/token'])
  played.clock.advance(2 * day)
  assert.deepEqual(await mint(wanted), minted)
  assert.deepEqual(played.asked, ['/token', '/enrol', '/token'])
  assert.deepEqual(played.kept, [])
  played.clock.advance(3_600_000)
  played.enrol = () => played.attests()
  assert.deepEqual(await mint(wanted), minted)
  assert.equal(played.kept.length, 1)
})

test('deviceMint() asks for a new attestation ever more rarely while the issuer gives none', async (t) => {
  const played = await play(t)
  const mint = played.mint('an old one')
  const renewals = async (): Promise<number> => {
    for (let minute = 0; minute < 60; minute++) {
      const answer = await mint(wanted)
      assert.equal('fault' in answer && answer.fault.code, 'issuer-refused')
      played.clock.advance(60_000)
    }
    return played.asked.filter((path) => path === '/enrol').length
  }
  const first = await renewals()
  assert.ok(first >= 5 && first <= 8, `${first} in the first hour`)
  const next = (await renewals()) - first
  assert.ok(next <= 3, `${next} in the second hour`)
})

test('deviceMint() takes no attestation of another device, and keeps what it has', async (t) => {
  const played = await play(t)
  played.enrol = () => played.attests('d2')
  const answer = await played.mint('an old one')(wanted)
  assert.equal('fault' in answer && answer.fault.code, 'issuer-refused')
  assert.deepEqual([played.kept, played.asked], [[], ['/token', '/enrol']])
})

test('deviceMint() believes that its device is revoked only by what the issuer signed, also where it enrols', async (t) => {
  const played = await play(t)
  const told = { iss: played.url, device: 'd1', jkt: thumbprint(jwk), reason: 'revoked', iat: 1 }
  const revocation = await signRevocationStatement(told, 'k1', signerOf(deviceKey.privateKey))
  played.enrol = async () => ({ status: 403, document: { error: 'access_denied', revocation } })
  const forged = await played.mint('an old one')(wanted)
  assert.equal('fault' in forged && forged.fault.code, 'issuer-refused')
  const signed = await signRevocationStatement(told, 'k1', signerOf(issuerKey.privateKey))
  played.enrol = async () => ({ status: 403, document: { error: 'access_denied', revocation: signed } })
  const revoked = await played.mint('an old one')(wanted)
  assert.equal('fault' in revoked && revoked.fault.code, 'device-revoked')
})
