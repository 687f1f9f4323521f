// A server and its administrators: over its socket, and over the network with certificates and sessions.
import { machineClock, type Random } from '#base'
import { dpopProof, publicJwkOf, signerOf } from '#token'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as plain, type IncomingMessage } from 'node:http'
import { Agent, request as secure } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Authority, type Certified } from '../../../test/certificates.ts'
import { readServerConfig } from './config.ts'
import { startServer, type TokenServer } from './server.ts'
import { openState } from './state.ts'

export const random: Random = (length) => Uint8Array.from(randomBytes(length))
const real = machineClock({ Date, performance, setTimeout })

/** What came back. */
export interface Answered {
  readonly status: number
  readonly body: { readonly [name: string]: unknown }
}

/** A server with both listeners. */
export class AdminSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyreeve-admin-'))
  readonly authority = new Authority(this.folder)
  /** What the server's clock is ahead of ours. */
  ahead = 0
  readonly clock = { ...real, now: () => real.now() + this.ahead }
  #server: TokenServer | undefined

  async start(more = ''): Promise<this> {
    const { certificate, key } = this.authority.server()
    const settings = join(this.folder, 'server.toml')
    writeFileSync(
      settings,
      `issuer = "http://127.0.0.1:8470"\nlisten = "127.0.0.1:0"\n` +
        `[[audiences]]\nurl = "https://gateway.example"\nscopes = ["llm.infer:read", "files:read"]\n` +
        `[enrolment]\nscopes = ["llm.infer:read"]\n` +
        `[admin]\nlisten = "127.0.0.1:0"\nclients = "${this.authority.certificate}"\n` +
        `tls = { certificate = "${certificate}", key = "${key}" }\n${more}`,
    )
    this.#server = await startServer({
      config: readServerConfig(settings, {}),
      folder: join(this.folder, 'state'),
      vaultKey: null,
      sharedKey: null,
      database: null,
      version: '0.0.0',
      clock: this.clock,
      random,
      say: () => {},
    })
    return this
  }

  get server(): TokenServer {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server
  }

  /** What the server recorded; it ends for that. */
  async events(): Promise<Readonly<Record<string, unknown>>[]> {
    await this.server.stop()
    const kept = { folder: join(this.folder, 'state'), vaultKey: null, sharedKey: null }
    const state = await openState({ ...kept, clock: this.clock, random })
    try {
      const entries = await state.log.list({ limit: 1000 })
      return entries.flatMap(({ event }) => (event?.['kind'] === 'fleet' ? [event] : [])).toReversed()
    } finally {
      await state.close()
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Asks over the socket, as the user who runs the tests. */
  local(path: string, body?: object): Promise<Answered> {
    const sent = plain({ socketPath: this.server.adminSocket, path, method: methodOf(body) })
    return exchange(sent, body)
  }

  remote(certified: Certified | null, ca: string = this.authority.certificate): Remote {
    return new Remote(`https://${this.server.adminAddress}`, { certified, ca })
  }
}

/** An administrator elsewhere, with a key of their own. */
export class Remote {
  readonly #url: string
  readonly #agent: Agent
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #nonce: string | undefined
  session: string | undefined

  constructor(url: string, { certified, ca }: { readonly certified: Certified | null; readonly ca: string }) {
    this.#url = url
    const shown = certified && {
      cert: readFileSync(certified.certificate),
      key: readFileSync(certified.key),
    }
    this.#agent = new Agent({ ca: readFileSync(ca), ...shown })
  }

  /** Begins a session, and asks in it from then on. */
  async begin(): Promise<Answered> {
    const begun = await this.ask('/admin/session', {})
    const { session } = begun.body
    if (typeof session === 'string') this.session = session
    return begun
  }

  /** Asks once more with the nonce that the server wants. */
  async ask(path: string, body?: object): Promise<Answered> {
    const first = await this.send(path, body, await this.proof(path, body))
    if (first.body['error'] !== 'proof-nonce-needed') return first
    return this.send(path, body, await this.proof(path, body))
  }

  proof(path: string, body?: object): Promise<string> {
    const request = { method: methodOf(body), url: this.#url + path, nonce: this.#nonce, now: Date.now() }
    const jti = randomBytes(16).toString('hex')
    const { publicKey, privateKey } = this.#key
    const of = { ...request, jti, accessToken: this.session, jwk: publicJwkOf(publicKey) }
    return dpopProof(of, signerOf(privateKey))
  }

  async send(path: string, body: object | undefined, dpop: string): Promise<Answered> {
    const authorization = this.session === undefined ? {} : { authorization: `DPoP ${this.session}` }
    const headers = { dpop, ...authorization }
    const sent = secure(this.#url + path, { agent: this.#agent, method: methodOf(body), headers })
    sent.once('response', ({ headers: given }) => {
      if (typeof given['dpop-nonce'] === 'string') this.#nonce = given['dpop-nonce']
    })
    return exchange(sent, body)
  }
}

function methodOf(body: object | undefined): string {
  return body === undefined ? 'GET' : 'POST'
}

function exchange(sent: ReturnType<typeof plain>, body: object | undefined): Promise<Answered> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response: IncomingMessage) => {
      const read = async (): Promise<Answered> => ({
        status: response.statusCode ?? 0,
        body: JSON.parse(await text(response)),
      })
      read().then(resolve, reject)
    })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
