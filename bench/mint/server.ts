// The server under measurement, on a real registry: the lean way to a token, or oidc-provider.
import { machineClock } from '#base'
import { openRegistry, type RegistryPlace } from '#registry'
import { publicJwkOf, signAttestation, signerOf, thumbprint } from '#token'
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { leanMint } from '../../src/programs/server/mint.ts'
import { fullMint } from '../../test/full-mint.ts'
import { serverNonces } from '../../src/programs/server/mint-nonces.ts'

export interface Order {
  readonly place: RegistryPlace
  readonly by: 'lean' | 'full'
  /** PKCS #8, DER, base64: a key of the bench's own for each device. */
  readonly deviceKeys: readonly string[]
}

const enrolledAtOnce = 8
const boundsAtOnce = 5
const everyMs = 50

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const scopesAt = () => ['llm.infer:read']

process.once('message', (order) => void start(order as Order))

async function start({ place, by, deviceKeys }: Order): Promise<void> {
  const clock = machineClock({ Date, performance, setTimeout })
  const registry = await openRegistry(place, clock)
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { privateKey, publicKey } = pair
  const issuer = 'https://as.example'
  const attest = async (der: string, index: number): Promise<string> => {
    const key = createPrivateKey({ key: Buffer.from(der, 'base64'), format: 'der', type: 'pkcs8' })
    const jwk = publicJwkOf(key)
    const device = { id: `device-${index}`, tenant: 't', user: 'ann', jkt: thumbprint(jwk), jwk }
    await registry.devices.enrol({ ...device, scopes: ['llm.infer:read'], label: '', status: 'active' })
    const attested = { issuer, device: device.id, jwk }
    return signAttestation(attested, { now: clock.now(), kid: 'k' }, signerOf(privateKey))
  }
  const attestations: string[] = []
  for (let at = 0; at < deviceKeys.length; at += enrolledAtOnce) {
    const some = deviceKeys.slice(at, at + enrolledAtOnce)
    attestations.push(...(await Promise.all(some.map((der, more) => attest(der, at + more)))))
  }
  const nonceSecret = randomBytes(32)
  const nonces = serverNonces(nonceSecret)
  const lean = leanMint({
    issuer,
    tokenEndpoint: `${issuer}/token`,
    registry,
    keys: { current: () => ({ kid: 'k', privateKey }), keyOf: () => publicKey },
    nonces,
    joinSecret: randomBytes(32),
    scopesAt,
    detailsFor: () => undefined,
    sourceOf: () => 'bench',
    isSuspended: async () => false,
    onDiverged: () => {},
    onFault: (fault) => console.error(fault),
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
  })
  const full = fullMint({ issuer, pair, kid: 'k', registry, nonceSecret, scopesAt })
  const handle = by === 'full' ? full : lean.handle.bind(lean)
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ port, attestations, nonce: nonces.next(clock.now()) })
  })
  const bounds = boundsOf(pair)
  process.on('message', () => process.send?.(bounds.splice(0)))
}

/**
 * Milliseconds of one signature and one verification by node:crypto, which no server can leave out: a few every now and
 * then, while the server serves, so that whatever else the machine does hits both alike.
 */
function boundsOf({ privateKey, publicKey }: Pair): number[] {
  const times: number[] = []
  const input = randomBytes(400)
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  setInterval(() => {
    for (let i = 0; i < boundsAtOnce; i++) {
      const start = performance.now()
      verify('sha256', input, { ...key, key: publicKey }, sign('sha256', input, key))
      times.push(performance.now() - start)
    }
  }, everyMs)
  return times
}
