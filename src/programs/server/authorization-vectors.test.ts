// Everything that the authorization server must refuse, as data in vectors/token, each over the wired server.
import { Fault } from '#base'
import { enrolInBrowser } from '#tokenclient'
import { thumbprint } from '#token'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { Browser, clock, Device, random, startIssuer, type Issuer } from './sign-in-fixture.test.ts'

interface Case {
  readonly id: string
  readonly at: 'par' | 'authorize' | 'token' | 'device_authorization' | 'device_token' | 'enrol' | 'callback'
  readonly source: string
  readonly says: string
  readonly expect: {
    readonly status?: number
    readonly error?: string
    readonly page?: number
    /** Sent back: where the pushed request says, or with an error. */
    readonly redirect?: string
    readonly fault?: string
  }
  /** Members that stand for others; null takes one away. */
  readonly form?: Readonly<Record<string, string | null>>
  readonly twice?: string
  readonly proof?: Bend
  readonly again?: 'proof' | 'authorize' | 'token'
  /** Uses up what it is tried on. */
  readonly fresh?: boolean
  readonly request?: string
  readonly query?: Readonly<Record<string, string | null>>
  readonly scheme?: string
  readonly token?: string | null
}

interface Bend {
  readonly left?: 'out'
  readonly text?: string
  readonly path?: string
  readonly key?: 'other'
  readonly jwk?: 'private' | 'other'
  readonly alg?: string
  readonly typ?: string
  readonly [claim: string]: string | null | undefined
}

const file = new URL('../../../vectors/token/authorization.json', import.meta.url)
const { cases }: { readonly cases: readonly Case[] } = JSON.parse(readFileSync(file, 'utf8'))
const redirect = 'http://127.0.0.1:49152/callback'
const paths = {
  par: '/par',
  token: '/token',
  device_authorization: '/device_authorization',
  device_token: '/token',
  enrol: '/enrol',
}
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

describe('openAuthorization() over its vectors', () => {
  let issuer: Issuer
  let device: Device
  let other: Device
  let made: { code: string; userCode: string; deviceCode: string; token: string }

  before(async () => {
    issuer = await startIssuer()
    device = new Device(issuer.url)
    other = new Device(issuer.url)
    const { said } = await device.post('/device_authorization', { scope: 'device.enrol' })
    await device.post('/token', { grant_type: 'authorization_code', code: 'x', redirect_uri: redirect })
    other.nonce = device.nonce
    const [userCode, deviceCode] = [String(said['user_code']), String(said['device_code'])]
    const token = (await exchange(await freshCode())).said['access_token']
    made = { code: await freshCode(), userCode, deviceCode, token: String(token) }
  })
  after(async () => await issuer.close())

  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')

  const pushed = () => ({
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'device.enrol',
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    dpop_jkt: thumbprint(device.jwk),
  })

  const exchanged = (code: string) => ({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirect,
    code_verifier: verifier,
  })

  const exchange = (code: string) => device.post('/token', exchanged(code))

  async function freshUrl(): Promise<string> {
    const { said } = await device.post('/par', pushed())
    const query = new URLSearchParams({
      client_id: 'keyreeve-device',
      request_uri: String(said['request_uri']),
    })
    return `${issuer.url}/authorize?${query.toString()}`
  }

  async function agreedAt(url: string): Promise<URL> {
    const browser = await new Browser().open(url)
    await browser.signInAs('alice')
    await browser.submit({ answer: 'allow' })
    return browser.sentTo ?? assert.fail(browser.html)
  }

  async function freshCode(): Promise<string> {
    return (await agreedAt(await freshUrl())).searchParams.get('code') ?? assert.fail('no code')
  }

  function goodForm(at: Case['at'], code: string): Record<string, string> {
    if (at === 'par') return pushed()
    if (at === 'device_authorization') return { scope: 'device.enrol' }
    return at === 'device_token' ? { grant_type: deviceGrant, device_code: made.deviceCode } : exchanged(code)
  }

  function bodyOf({ at, form = {}, twice }: Case, code: string): string {
    const fields = new URLSearchParams({ client_id: 'keyreeve-device', ...goodForm(at, code) })
    for (const [name, value] of Object.entries(form)) {
      if (value === null) fields.delete(name)
      else fields.set(name, value.replace('{challenge}', challenge).replace('{user_code}', made.userCode))
    }
    if (twice !== undefined) fields.append(twice, fields.get(twice) ?? '')
    return fields.toString()
  }

  async function bentProof(path: string, bend: Bend = {}, accessToken?: string): Promise<string | null> {
    const { left, text, path: elsewhere = path, key, jwk, alg = 'ES256', typ = 'dpop+jwt', ...bent } = bend
    if (left !== undefined) return null
    if (text !== undefined) return text
    const signer = key === 'other' ? other : device
    const shown = { private: signer.privateJwk, other: other.jwk, own: signer.jwk }[jwk ?? 'own']
    const claims = {
      jti: randomBytes(16).toString('base64url'),
      htm: 'POST',
      htu: `${issuer.url}${elsewhere}`,
      iat: Math.floor(Date.now() / 1000),
      nonce: device.nonce,
      ...(accessToken !== undefined && { ath: createHash('sha256').update(accessToken).digest('base64url') }),
      ...bent,
    }
    const parts = [
      { alg, typ, jwk: shown },
      Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null)),
    ]
    const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature =
      alg === 'none' ? '' : Buffer.from(await signer.sign(Buffer.from(input))).toString('base64url')
    return `${input}.${signature}`
  }

  interface Said {
    readonly status: number
    readonly error: unknown
  }

  async function send(path: string, body: string, headers: Record<string, string>): Promise<Said> {
    const type = path === '/enrol' ? 'application/json' : 'application/x-www-form-urlencoded'
    const answer = await fetch(`${issuer.url}${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': type },
    })
    const said = (await answer.json()) as { error?: unknown }
    return { status: answer.status, error: said.error }
  }

  async function posted(one: Case & { at: keyof typeof paths }): Promise<Said> {
    const path = paths[one.at]
    const code = one.fresh === true ? await freshCode() : made.code
    const proof = await bentProof(path, one.proof)
    const headers: Record<string, string> = proof === null ? {} : { dpop: proof }
    if (one.again === 'proof')
      await send(path, bodyOf(one, one.at === 'token' ? await freshCode() : code), headers)
    if (one.again === 'token') return sentAgain(code)
    return send(path, bodyOf(one, code), headers)
  }

  /** The second time ends what the first time gave. */
  async function sentAgain(code: string): Promise<Said> {
    const { said } = await exchange(code)
    const again = await exchange(code)
    const active = (await device.post('/introspect', { token: String(said['access_token']) })).said['active']
    assert.equal(active, false)
    return { status: again.status, error: again.said['error'] }
  }

  async function enrolled(one: Case): Promise<Said> {
    const token = one.token === undefined ? made.token : one.token
    const proof = await bentProof('/enrol', one.proof, token ?? undefined)
    const authorization = token === null ? {} : { authorization: `${one.scheme ?? 'DPoP'} ${token}` }
    return send('/enrol', '{}', { dpop: proof ?? '', ...authorization })
  }

  async function opened({ request, again, expect }: Case): Promise<void> {
    const url = new URL(await freshUrl())
    const { searchParams: query } = url
    if (request === 'plain') for (const [name, value] of Object.entries(pushed())) query.set(name, value)
    if (request === 'plain') query.delete('request_uri')
    if (request === 'made-up') query.set('request_uri', 'urn:ietf:params:oauth:request_uri:AAAA')
    if (request === 'elsewhere') query.set('request_uri', 'https://evil.example/request')
    if (request === 'other-client') query.set('client_id', 'another')
    if (request === 'override') query.set('redirect_uri', 'http://127.0.0.1:1/callback')
    if (expect.redirect === 'pushed') return assert.ok((await agreedAt(url.href)).href.startsWith(redirect))
    if (again !== undefined) await agreedAt(url.href)
    const { status, sentTo } = await new Browser().open(url.href)
    if (expect.redirect === undefined) return assert.deepEqual([status, sentTo], [expect.page, null])
    const { searchParams: back } = sentTo ?? assert.fail('nobody was sent back')
    assert.deepEqual([back.get('error'), back.get('code')], [expect.redirect, null])
  }

  async function cameBack({ query = {}, expect }: Case): Promise<void> {
    const { jwk, sign } = new Device(issuer.url)
    const { url, done } = await enrolInBrowser({
      issuer: issuer.url,
      label: 'laptop',
      jwk,
      sign,
      clock,
      random,
    })
    done.catch(() => {})
    const back = await agreedAt(url ?? '')
    for (const [name, value] of Object.entries(query)) {
      if (value === null) back.searchParams.delete(name)
      else back.searchParams.set(name, value)
    }
    await fetch(back)
    await assert.rejects(done, (thrown) => thrown instanceof Fault && thrown.code === expect.fault)
  }

  for (const one of cases) {
    test(`openAuthorization() refuses ${one.says} (${one.id})`, async () => {
      if (one.at === 'authorize') return opened(one)
      if (one.at === 'callback') return cameBack(one)
      const said = one.at === 'enrol' ? await enrolled(one) : await posted({ ...one, at: one.at })
      assert.deepEqual(said, { status: one.expect.status, error: one.expect.error })
    })
  }

  test('openAuthorization() takes the same requests without their flaws', async () => {
    assert.equal((await exchange(made.code)).status, 200)
    assert.equal((await enrolled({ ...cases[0]!, proof: {} })).status, 200)
    assert.equal((await enrolled({ ...cases[0]!, proof: { key: 'other' } })).error, 'access_denied')
  })

  test('openAuthorization() gives one token for a code that comes 100 times at once', async () => {
    const code = await freshCode()
    const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(code)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  })
})
