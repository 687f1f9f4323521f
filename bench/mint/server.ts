// The server under measurement: the lean way to a token on a real registry. Tells the processor time that it took.
import { machineClock } from '#base'
import { openRegistry } from '#registry'
import { publicJwkOf, signAttestation, signerOf, thumbprint } from '#token'
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { leanMint } from '../../src/programs/server/mint.ts'
import { serverNonces } from '../../src/programs/server/mint-nonces.ts'

export interface Order {
  readonly embedded: string
  /** PKCS #8, DER, base64: a key of the bench's own for each device. */
  readonly deviceKeys: readonly string[]
}

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

process.once('message', (order) => void start(order as Order))

async function start({ embedded, deviceKeys }: Order): Promise<void> {
  const clock = machineClock({ Date, performance, setTimeout })
  const registry = await openRegistry({ embedded }, clock)
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { privateKey, publicKey } = pair
  const issuer = 'https://as.example'
  const attestations: string[] = []
  for (const [index, der] of deviceKeys.entries()) {
    const jwk = publicJwkOf(
      createPrivateKey({ key: Buffer.from(der, 'base64'), format: 'der', type: 'pkcs8' }),
    )
    const [id, jkt] = [`device-${index}`, thumbprint(jwk)]
    const scopes = ['llm.infer:read']
    await registry.devices.enrol({
      id,
      tenant: 't',
      user: 'ann',
      jkt,
      jwk,
      scopes,
      label: 'bench',
      status: 'active',
    })
    attestations.push(
      await signAttestation(
        { issuer, device: id, jwk },
        { now: clock.now(), kid: 'k' },
        signerOf(privateKey),
      ),
    )
  }
  const nonces = serverNonces(randomBytes(32))
  const lean = leanMint({
    issuer,
    tokenEndpoint: `${issuer}/token`,
    registry,
    keys: { current: () => ({ kid: 'k', privateKey }), keyOf: () => publicKey },
    nonces,
    joinSecret: randomBytes(32),
    scopesAt: () => ['llm.infer:read'],
    detailsFor: () => undefined,
    sourceOf: () => 'bench',
    isSuspended: async () => false,
    onDiverged: () => {},
    onFault: (fault) => console.error(fault),
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
  })
  const server = createServer((request, response) => void lean.handle(request, response))
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ port, attestations, nonce: nonces.next(clock.now()), boundMicros: boundMicros(pair) })
  })
  process.on('message', (what) => {
    if (what === 'usage') process.send?.(process.cpuUsage())
    else process.exit(0)
  })
}

/** One signature and one verification by node:crypto: what no server can leave out. */
function boundMicros({ privateKey, publicKey }: Pair): number {
  const input = randomBytes(400)
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage()
    for (let i = 0; i < 1000; i++) {
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
      verify('sha256', input, { ...key, key: publicKey }, sign('sha256', input, key))
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...rounds)
}
