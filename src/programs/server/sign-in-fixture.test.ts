// What tests of signing in share: an identity provider, a server that trusts it, a browser without script, a device.
import { base64url, machineClock, type Random } from '#base'
import { dpopProof, publicJwkOf, signerOf, type PublicJwk, type Sign } from '#token'
import { enrolInBrowser, type Enrolment } from '#tokenclient'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Provider } from 'oidc-provider'
import { openState } from './state.ts'
import { openParts } from './parts.ts'
import { readServerConfig } from './config.ts'
import { answer, sendJson, type Routes } from './routes.ts'

export const audience = 'https://gateway.example'
export const clock = machineClock({ Date, performance, setTimeout })
export const random: Random = (length) => Uint8Array.from(randomBytes(length))

/** Somebody who answers on loopback. */
export interface Running {
  readonly url: string
  close(): Promise<void>
}

/** People of the organisation, and one who is not of it. */
const people: Readonly<Record<string, { email: string; verified: boolean; groups: readonly string[] }>> = {
  alice: { email: 'alice@org.example', verified: true, groups: ['engineering'] },
  bob: { email: 'bob@org.example', verified: true, groups: [] },
  mallory: { email: 'mallory@org.example', verified: false, groups: [] },
  eve: { email: 'eve@evil.example', verified: true, groups: [] },
}

export async function listening(): Promise<{ server: Server; url: string }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  assert.ok(bound !== null && typeof bound === 'object')
  return { server, url: `http://127.0.0.1:${bound.port}` }
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

const secret = base64url(random(24))

/** The organisation's identity provider: a second oidc-provider, whose users sign in with any password. */
export async function startIdentityProvider(
  redirectUris: () => readonly string[],
): Promise<Running & { key: object }> {
  const { server, url } = await listening()
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'idp' }
  let provider: Provider | undefined
  const make = (): Provider => {
    const made = new Provider(url, {
      jwks: { keys: [key] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
      clients: [{ client_id: 'keyreeve', client_secret: secret, redirect_uris: [...redirectUris()] }],
      cookies: {
        keys: ['k'],
        names: { session: 'idp_session', interaction: 'idp_interaction', resume: 'idp_resume' },
      },
      claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      findAccount: (_context, accountId) => {
        const { email, verified, groups } = people[accountId] ?? { email: '', verified: false, groups: [] }
        const claims = { sub: accountId, name: accountId, email, email_verified: verified, groups }
        return { accountId, claims: async () => claims }
      },
    })
    made.silent = true
    return made
  }
  server.on('request', (request, response) => void (provider ??= make()).callback()(request, response))
  return { url, key, close: () => closeServer(server) }
}

export interface Issuer extends Running {
  readonly idp: Running & { key: object }
  /** Without a body it only looks. */
  readonly admin: (path: string, body?: object) => Promise<Record<string, unknown>>
  readonly faults: unknown[]
}

/** The token server, in this process, over a registry of its own. */
export async function startIssuer(options: { approval?: boolean; prefix?: string } = {}): Promise<Issuer> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-sign-in-'))
  const { server, url: root } = await listening()
  const { prefix = '' } = options
  const url = `${root}${prefix}`
  const idp = await startIdentityProvider(() => [`${url}/signin/callback`])
  const config = readServerConfig(
    settings(folder, { url, idp: idp.url, approval: options.approval === true }),
    {},
  )
  const state = await openState({ folder, vaultKey: null, sharedKey: null, clock, random })
  const faults: unknown[] = []
  const say = (_level: string, _what: string, fields: object = {}) => void faults.push(fields)
  const place = { embedded: join(folder, 'registry') }
  const parts = await openParts({ config, place, state, clock, random, say })
  const otherwise: Routes['otherwise'] = (_request, response) =>
    sendJson(response, 404, { error: 'not_found' })
  const routes: Routes = { exact: new Map(parts.exact), below: new Map(parts.below), otherwise }
  const onFlaw = (flaw: unknown) => flaw !== undefined && faults.push(flaw)
  server.on('request', (request, response) => {
    // As a proxy does that serves several things.
    if (prefix !== '') request.url = (request.url ?? '').replace(prefix, '')
    void answer(routes, request, response).then(onFlaw)
  })
  const office = await listening()
  office.server.on('request', (request, response) => void answer(parts.admin(otherwise), request, response))
  return {
    url,
    idp,
    faults,
    admin: async (path, body) => {
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const reply = await fetch(`${office.url}${path}`, sent)
      return (await reply.json()) as Record<string, unknown>
    },
    async close() {
      await closeServer(server)
      await closeServer(office.server)
      await parts.close()
      await state.close()
      await idp.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Writes server.toml and the secret. @returns The path of server.toml. */
export function settings(folder: string, at: { url: string; idp: string; approval: boolean }): string {
  writeFileSync(join(folder, 'idp-secret'), `${secret}\n`, { mode: 0o600 })
  const file = join(folder, 'server.toml')
  writeFileSync(
    file,
    `issuer = "${at.url}"
listen = "${new URL(at.url).host}"
[[audiences]]
url = "${audience}"
scopes = ["llm.infer:read", "files:read"]
[enrolment]
approval = ${at.approval}
[signIn]
issuer = "${at.idp}"
clientId = "keyreeve"
secretFile = "${join(folder, 'idp-secret')}"
[[signIn.admit]]
group = "engineering"
tenant = "eng"
[[signIn.admit]]
domain = "org.example"
tenant = "org"
scopes = ["files:read"]
`,
  )
  return file
}

/** A browser that keeps cookies and follows redirects and refreshes of its own, but runs no script. */
export class Browser {
  readonly #cookies = new Map<
    string,
    { readonly name: string; readonly value: string; readonly path: string }
  >()
  url = ''
  status = 0
  html = ''
  headers = new Headers()
  /** Where it was sent that is not ours to follow: the address that a device waits at. */
  sentTo: URL | null = null
  /** Where it stopped, being told to. */
  stoppedAt: string | null = null
  #stop: string | null = null

  /** Does not go to that path when it is sent there. */
  stopBefore(path: string | null): this {
    this.#stop = path
    return this
  }

  async open(url: string): Promise<this> {
    return this.#go(url, { method: 'GET' })
  }

  /** Sends the page's form with its hidden fields and these. */
  async submit(fields: Readonly<Record<string, string>>): Promise<this> {
    const action = /<form[^>]* action="([^"]*)"/.exec(this.html)?.[1]
    assert.ok(action !== undefined, `no form in ${this.html}`)
    const form = new URLSearchParams(fields)
    for (const [tag] of this.html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      form.set(attribute(tag, 'name'), attribute(tag, 'value'))
    }
    return this.#go(new URL(decoded(action), this.url).href, { method: 'POST', body: form })
  }

  /** Signs in at the identity provider, whose page is open, and lets it tell us who it is. */
  async signInAs(name: string): Promise<this> {
    await this.submit({ login: name, password: 'x' })
    return this.submit({})
  }

  async #go(start: string, first: RequestInit): Promise<this> {
    let [url, init] = [start, first]
    for (let hops = 0; hops < 20; hops++) {
      if (/:\/\/[^/]+\/callback\?/.test(url)) {
        this.sentTo = new URL(url)
        return this
      }
      if (this.#stop !== null && new URL(url).pathname === this.#stop) {
        this.stoppedAt = url
        return this
      }
      const headers = { accept: 'text/html', cookie: this.cookiesFor(new URL(url)) }
      const answer = await fetch(url, { ...init, redirect: 'manual', headers })
      this.#keep(new URL(url), answer.headers.getSetCookie())
      this.url = url
      this.status = answer.status
      this.headers = answer.headers
      this.html = await answer.text()
      const next = answer.headers.get('location') ?? refreshOf(this.html)
      if (next === undefined) return this
      ;[url, init] = [new URL(next, url).href, { method: 'GET' }]
    }
    return assert.fail('sent in a circle')
  }

  cookiesFor({ host, pathname }: URL): string {
    const fits = ([key, { path }]: [string, { path: string }]) =>
      key.startsWith(`${host} `) && pathname.startsWith(path)
    const found = [...this.#cookies].filter(fits)
    return found.map(([, { name, value }]) => `${name}=${value}`).join('; ')
  }

  #keep({ host }: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...flags] = line.split(/; ?/)
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      const path = flags.find((flag) => /^path=/i.test(flag))?.slice(5) ?? '/'
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(`${host} ${path} ${name}`)
      else this.#cookies.set(`${host} ${path} ${name}`, { name, value, path })
    }
  }
}

function refreshOf(html: string): string | undefined {
  const found = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(html)?.[1]
  return found === undefined ? undefined : decoded(found)
}

function attribute(tag: string, name: string): string {
  return decoded(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

function decoded(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

export interface Posted {
  readonly status: number
  readonly said: Readonly<Record<string, unknown>>
}

interface Posting {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, and once. */
  readonly proof?: Promise<string> | string
}

/** Enrols a key for a person who signs in and agrees. */
export async function enrolledFor(
  issuer: Issuer,
  person: string,
  device = new Device(issuer.url),
): Promise<Device> {
  const { jwk, sign } = device
  const options = { issuer: issuer.url, label: 'laptop', jwk, sign, clock, random }
  const { url, done } = await enrolInBrowser(options)
  const browser = await new Browser().open(url ?? '')
  await browser.signInAs(person)
  await browser.submit({ answer: 'allow' })
  await fetch(browser.sentTo ?? '')
  device.enrolment = await done
  return device
}

/** A key that asks, with proofs that carry the nonce that the server gave last. */
export class Device {
  readonly jwk: PublicJwk
  readonly sign: Sign
  /** For what a device never does: to show its key. */
  readonly privateJwk: object
  readonly issuer: string
  nonce: string | undefined
  enrolment: Enrolment | undefined

  constructor(issuer: string) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.jwk = publicJwkOf(privateKey)
    this.sign = signerOf(privateKey)
    this.privateJwk = privateKey.export({ format: 'jwk' })
    this.issuer = issuer
  }

  /** Posts a form with a proof, once more with the nonce that the server wants. */
  async post(path: string, form: Readonly<Record<string, string>>, more: Posting = {}): Promise<Posted> {
    for (let attempt = 0; ; attempt++) {
      const headers = { dpop: await (more.proof ?? this.proof(path)), ...more.headers }
      const body = new URLSearchParams({ client_id: 'keyreeve-device', ...form })
      const answer = await fetch(`${this.issuer}${path}`, { method: 'POST', body, headers })
      this.nonce = answer.headers.get('dpop-nonce') ?? this.nonce
      const said = (await answer.json()) as Record<string, unknown>
      if (attempt > 0 || said['error'] !== 'use_dpop_nonce' || more.proof !== undefined) {
        return { status: answer.status, said }
      }
    }
  }

  proof(path: string, more: { readonly accessToken?: string; readonly jti?: string } = {}): Promise<string> {
    const url = `${this.issuer}${path}`
    const jti = more.jti ?? base64url(random(16))
    return dpopProof(
      { method: 'POST', url, nonce: this.nonce, now: Date.now(), jwk: this.jwk, ...more, jti },
      this.sign,
    )
  }
}
