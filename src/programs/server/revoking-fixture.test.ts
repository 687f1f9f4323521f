// Servers that share a register, with their feed and administration on loopback, and a gateway that follows.
import { ManualClock, type Fault, type Random } from '#base'
import { FeedSubscriber, httpSource } from '#feed'
import type { FleetEvent } from '#journal'
import { openRegistry, type Registry } from '#registry'
import { dpopProof, publicJwkOf, PublishedKeys, signAccessToken, signerOf, thumbprint } from '#token'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { feedRoute, feedScope } from './feed-route.ts'
import { serverNonces } from './mint-nonces.ts'
import { Revoking } from './revoking.ts'
import { answer } from './routes.ts'

export const issuer = 'https://as.example'
const random: Random = (length) => Uint8Array.from(randomBytes(length))
const nonceSecret = randomBytes(32)

/** One server process. */
export interface Process {
  readonly registry: Registry
  readonly keys: Keys
  readonly revoking: Revoking
  readonly http: Server
  readonly port: number
  readonly events: FleetEvent[]
  readonly faults: Fault[]
}

/** The keys that all processes of a site sign with. */
export class Keys {
  #pairs = [newPair()]

  current() {
    const [first] = this.#pairs
    if (first === undefined) throw new Error('no key')
    return first
  }

  deny(kid: string): void {
    this.#pairs = [newPair(), ...this.#pairs.filter((pair) => pair.kid !== kid)]
  }

  readonly keyOf = (kid: string) => this.#pairs.find((pair) => pair.kid === kid)?.publicKey

  published() {
    return this.#pairs.map(({ kid, publicKey }) => ({ ...publicJwkOf(publicKey), kid }))
  }
}

function newPair() {
  return { kid: randomBytes(4).toString('hex'), ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
}

export class Site {
  readonly clock = new ManualClock()
  readonly folder = mkdtempSync(join(tmpdir(), 'keyreeve-revoking-'))
  readonly keys = new Keys()
  readonly gatewayKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #t: TestContext

  constructor(t: TestContext) {
    this.#t = t
    t.after(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  async start(): Promise<Process> {
    const { clock, folder } = this
    const registry = await openRegistry({ embedded: folder }, clock)
    const { keys } = this
    const [events, faults]: [FleetEvent[], Fault[]] = [[], []]
    const record = async (event: FleetEvent) => void events.push(event)
    const onFault = (fault: Fault) => void faults.push(fault)
    const denyKey = async (kid: string) => keys.deny(kid)
    const revoking = await Revoking.open({ registry, keys, denyKey, issuer, clock, record, onFault })
    const nonces = serverNonces(nonceSecret)
    const feed = feedRoute({ issuer, revoking, keyOf: keys.keyOf, nonces, once: registry.once, clock })
    const exact = new Map([['/feed', feed] as const])
    const http = createServer((request, response) => {
      void answer(
        { exact, otherwise: (_, response) => void response.writeHead(404).end() },
        request,
        response,
      )
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    const address = http.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    this.#t.after(async () => {
      revoking.close()
      http.closeAllConnections()
      http.close()
      await registry.close()
    })
    return { registry, keys, revoking, http, port, events, faults }
  }

  async enrol({ registry }: Process, id: string): Promise<void> {
    const jwk = publicJwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
    const { kty, crv, x, y } = jwk
    const key = { jkt: thumbprint(jwk), jwk: { kty, crv, x, y } }
    const owner = { tenant: 't1', user: 'ann', scopes: ['files:read'], label: 'laptop' }
    await registry.devices.enrol({ id, ...key, ...owner, status: 'active' })
  }

  token({ keys }: Process, more: { scope?: string } = {}): Promise<string> {
    const iat = Math.floor(this.clock.now() / 1000)
    const { kid, privateKey } = keys.current()
    const cnf = { jkt: thumbprint(publicJwkOf(this.gatewayKey.publicKey)) }
    const who = { sub: 'gateway', client_id: 'keyreeve-device', device: 'g1', tenant: 't1', epoch: 1 }
    const claims = {
      iss: issuer,
      aud: issuer,
      ...who,
      scope: feedScope,
      iat,
      exp: iat + 900,
      jti: 'j',
      cnf,
      ...more,
    }
    return signAccessToken(claims, kid, signerOf(privateKey))
  }

  proof(accessToken: string, nonce: string | undefined, by = this.gatewayKey): Promise<string> {
    const request = { method: 'GET', url: `${issuer}/feed`, nonce, accessToken, now: this.clock.now() }
    const jti = randomBytes(16).toString('hex')
    return dpopProof({ ...request, jti, jwk: publicJwkOf(by.publicKey) }, signerOf(by.privateKey))
  }

  /** A gateway that shows its token and proves its key. */
  gateway(process: Process): FeedSubscriber {
    const { clock } = this
    const headers = async (_method: string, _url: URL, nonce: string | undefined) => {
      const token = await this.token(process)
      return { authorization: `DPoP ${token}`, dpop: await this.proof(token, nonce) }
    }
    const source = httpSource({ url: new URL(`http://127.0.0.1:${process.port}/feed`), headers })
    const keys = new PublishedKeys({
      clock,
      fetch: async () => JSON.stringify({ keys: process.keys.published() }),
    })
    const subscriber = new FeedSubscriber({ source, keys, issuer, clock, random })
    const followed = subscriber.follow()
    this.#t.after(async () => {
      subscriber.close()
      await followed
    })
    return subscriber
  }
}

/** Waits for what must come; the time only bounds how long a test hangs. */
export async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 4000; round++) {
    if (holds()) return
    await wait(1)
  }
  throw new Error('it did not come')
}
