// Tests of enrolling, against a played issuer that checks what it is sent.
import { Fault, machineClock, type Random } from '#base'
import { checkDpopProof, publicJwkOf, signerOf, thumbprint } from '#token'
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { enrolByCode, enrolInBrowser, readIssuer, type EnrolmentOptions } from './index.ts'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicJwkOf(key.publicKey)
const random: Random = (length) => Uint8Array.from(randomBytes(length))
const real = machineClock({ Date, performance, setTimeout })
/** Waits are cut short, so that pauses between two questions cost a test nothing. */
const clock = {
  ...real,
  after: (_delay: number, act: () => void) => real.after(_delay > 60_000 ? _delay : 1, act),
}

interface Played {
  readonly url: string
  readonly seen: string[]
  readonly options: EnrolmentOptions
  /** What the next requests are answered. */
  pending: number
  challenge: string | null
  iss: string
  elsewhere: boolean
}

/** An issuer of one person who always signs in; nobody's proof but the device's is taken. */
async function playIssuer(t: TestContext): Promise<Played> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const { status, document, headers = {} } = await answer(request, body.toString())
    response
      .writeHead(status, { ...headers, 'content-type': 'application/json' })
      .end(JSON.stringify(document))
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => (server.closeAllConnections(), server.close()))
  const bound = server.address()
  assert.ok(bound !== null && typeof bound === 'object')
  const url = `http://127.0.0.1:${bound.port}`
  const options = { issuer: url, label: 'laptop', jwk, sign: signerOf(key.privateKey), clock, random }
  const played: Played = { url, seen: [], options, pending: 0, challenge: null, iss: url, elsewhere: false }
  return played

  async function answer(request: IncomingMessage, body: string) {
    const path = request.url ?? ''
    if (path === '/.well-known/oauth-authorization-server') return { status: 200, document: metadata() }
    const proof = String(request.headers['dpop'])
    const token = /^DPoP (.*)$/.exec(request.headers.authorization ?? '')?.[1]
    const nonceUntil = (nonce: string) => (nonce === 'n' ? Date.now() + 1000 : undefined)
    const place = { method: 'POST', url: `${url}${path}`, now: Date.now(), nonceUntil, accessToken: token }
    const proved = await checkDpopProof(proof, place).catch(() => null)
    if (proved === null)
      return { status: 400, document: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n' } }
    assert.equal(proved.jkt, thumbprint(jwk))
    played.seen.push(path)
    return { status: 200, ...steps[path]?.(new URLSearchParams(body), body) }
  }

  function metadata() {
    const at = (path: string) => `${played.elsewhere ? 'https://evil.example' : url}${path}`
    return {
      issuer: played.iss,
      token_endpoint: at('/token'),
      authorization_endpoint: at('/authorize'),
      pushed_authorization_request_endpoint: at('/par'),
      device_authorization_endpoint: at('/device'),
      keyreeve_enrolment_endpoint: at('/enrol'),
      jwks_uri: at('/jwks'),
    }
  }
}

type Step = (form: URLSearchParams, body: string) => { status?: number; document: object }

let played: Played
const steps: Record<string, Step> = {
  '/par': (form) => {
    assert.equal(form.get('code_challenge_method'), 'S256')
    assert.equal(form.get('dpop_jkt'), thumbprint(jwk))
    played.challenge = form.get('code_challenge')
    return {
      status: 201,
      document: { request_uri: `urn:r:${form.get('redirect_uri')}?state=${form.get('state')}` },
    }
  },
  '/token': (form) => {
    if (form.get('grant_type') !== 'authorization_code' && played.pending-- > 0) {
      return {
        status: 400,
        document: { error: played.pending === 1 ? 'slow_down' : 'authorization_pending' },
      }
    }
    const verifier = form.get('code_verifier')
    const challenge = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url')
    assert.equal(challenge, played.challenge)
    return { document: { access_token: 'at', token_type: 'DPoP' } }
  },
  '/device': () => ({
    document: {
      device_code: 'dc',
      user_code: 'ABCD-EFGH',
      verification_uri: `${played.url}/code`,
      interval: 1,
    },
  }),
  '/enrol': (_form, body) => {
    assert.deepEqual(JSON.parse(body), { label: 'laptop' })
    if (played.pending-- > 0) return { status: 202, document: { status: 'pending', device: 'dev_1' } }
    return { document: { status: 'active', device: 'dev_1', attestation: 'a.b.c', scope: 'llm.infer:read' } }
  },
}

/** What the person's browser does after the person signed in. */
async function comeBack(
  url: string | null,
  change: (query: URLSearchParams) => void = () => {},
): Promise<void> {
  const reference = new URL(url ?? '').searchParams.get('request_uri') ?? ''
  const target = new URL(reference.slice('urn:r:'.length))
  target.searchParams.set('code', 'c')
  target.searchParams.set('iss', played.iss)
  change(target.searchParams)
  const response = await fetch(target)
  assert.match(await response.text(), /close this page/)
}

test('enrolInBrowser() proves its key at every step, and waits for an approval', async (t) => {
  played = await playIssuer(t)
  played.pending = 2
  const { url, userCode, done } = await enrolInBrowser(played.options)
  assert.equal(userCode, null)
  await comeBack(url)
  assert.deepEqual(await done, {
    issuer: played.url,
    tokenEndpoint: `${played.url}/token`,
    jwksUri: `${played.url}/jwks`,
    device: 'dev_1',
    attestation: 'a.b.c',
    scope: 'llm.infer:read',
  })
  assert.deepEqual(played.seen, ['/par', '/token', '/enrol', '/enrol', '/enrol'])
})

test('enrolInBrowser() takes nobody back but whom it sent', async (t) => {
  const strangers: ((query: URLSearchParams) => void)[] = [
    (query) => query.set('state', 'x'),
    (query) => query.set('iss', 'https://evil.example'),
    (query) => query.delete('iss'),
    (query) => query.delete('code'),
  ]
  for (const change of strangers) {
    played = await playIssuer(t)
    const { url, done } = await enrolInBrowser(played.options)
    done.catch(() => {})
    await comeBack(url, change)
    await assert.rejects(done, coded('enrolment-failed'))
    assert.ok(!played.seen.includes('/token'))
  }
})

test('enrolInBrowser() ends when it is cancelled', async (t) => {
  played = await playIssuer(t)
  const { done, cancel } = await enrolInBrowser(played.options)
  cancel()
  await assert.rejects(done, coded('enrolment-failed'))
})

test('enrolByCode() asks at the pace that it is told, until the person has signed in', async (t) => {
  played = await playIssuer(t)
  played.pending = 3
  const { url, userCode, done } = await enrolByCode(played.options)
  assert.deepEqual([url, userCode], [`${played.url}/code`, 'ABCD-EFGH'])
  assert.equal((await done).device, 'dev_1')
  assert.deepEqual(played.seen, ['/device', '/token', '/token', '/token', '/token', '/enrol'])
})

test('readIssuer() refuses one that calls itself something else, or sends us elsewhere', async (t) => {
  played = await playIssuer(t)
  played.elsewhere = true
  await assert.rejects(readIssuer(played.url), coded('issuer-refused'))
  played.elsewhere = false
  played.iss = 'https://evil.example'
  await assert.rejects(readIssuer(played.url), coded('issuer-refused'))
  await assert.rejects(readIssuer('http://tokens.example'), coded('usage'))
  await assert.rejects(readIssuer('http://127.0.0.1:1'), coded('issuer-unreachable'))
})

function coded(code: string): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof Fault && thrown.code === code
}
