// T27: a person who was suspended and goes on, and a device that is made to delete its key.
import { machineClock, type Random } from '#base'
import { publicJwkOf, signAttestation, signerOf, signRevocationStatement, thumbprint } from '#token'
import {
  deviceMint,
  enrolByInvitation,
  issuerKeys,
  posterTo,
  type Enrolment,
  type MintAnswer,
} from '#tokenclient'
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { readServerConfig } from '../../src/programs/server/config.ts'
import { startServer, type TokenServer } from '../../src/programs/server/server.ts'

const clock = machineClock({ Date, performance, setTimeout })
const random: Random = (length) => Uint8Array.from(randomBytes(length))
const gateway = 'https://gateway.example'

describe('T27: suspended, and going on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-t27-'))
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicJwkOf(key.publicKey)
  const sign = signerOf(key.privateKey)
  let server: TokenServer
  let issuer: string
  let enrolment: Enrolment

  before(async () => {
    issuer = `http://127.0.0.1:${await freePort()}`
    const audiences = [{ url: gateway, scopes: ['llm.infer:read'] }]
    const config = readServerConfig(null, { issuer, listen: issuer.slice('http://'.length) })
    const rest = { vaultKey: null, sharedKey: null, database: null, version: '0.0.0', say: () => {} }
    server = await startServer({ ...rest, config: { ...config, audiences }, folder, clock, random })
    enrolment = await enrol(key)
  })
  after(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function enrol(pair: typeof key): Promise<Enrolment> {
    const { invitation } = JSON.parse(await admin('/admin/invite', { user: 'ann', tenant: 't1' }))
    const who = { label: 'laptop', jwk: publicJwkOf(pair.publicKey), sign: signerOf(pair.privateKey) }
    return (await enrolByInvitation({ issuer, ...who, clock, random }, invitation)).done
  }

  function admin(path: string, body: object): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: server.adminSocket, path, method: 'POST' }, (response) => {
        void text(response).then(resolve, reject)
      })
      sent.on('error', reject)
      sent.end(JSON.stringify(body))
    })
  }

  const states: string[] = []
  function minter(of: Partial<Enrolment> = {}, kept: string[] = []) {
    const keys = issuerKeys(`${issuer}/jwks`, clock)
    const place = { ...enrolment, ...of }
    const mint = deviceMint(
      {
        ...place,
        jwk,
        sign,
        keyOf: keys.of,
        keepAttestation: async ({ attestation }) => void kept.push(attestation),
        joinState: { read: async () => states.at(-1), write: async (state) => void states.push(state) },
      },
      { post: posterTo(place.tokenEndpoint), clock, random },
    )
    return async (): Promise<MintAnswer> => {
      await keys.learn('').catch(() => {})
      return mint({ resource: gateway, scope: ['llm.infer:read'] })
    }
  }

  const outcomeOf = (answer: MintAnswer) => ('token' in answer ? 'token' : answer.fault.code)

  test('who is suspended gets no token, no attestation and no new device, and one administrator does not end it', async () => {
    const mint = minter()
    assert.equal(outcomeOf(await mint()), 'token')
    await admin('/admin/revoke-user', { user: 'ann' })
    await new Promise((resolve) => setTimeout(resolve, 1100))
    assert.equal(outcomeOf(await mint()), 'issuer-refused')
    await assert.rejects(enrol(generateKeyPairSync('ec', { namedCurve: 'P-256' })), {
      code: 'enrolment-failed',
    })
    const { pending } = JSON.parse(await admin('/admin/release-user', { user: 'ann' }))
    assert.match(await admin('/admin/confirm', { pendingId: pending.id }), /second-person-needed/)
    assert.equal(outcomeOf(await mint()), 'issuer-refused')
  })

  test('no answer but the own issuer’s signed word makes a device call itself revoked', async () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const statement = { iss: issuer, device: enrolment.device, jkt: thumbprint(jwk), reason: 'x', iat: 1 }
    const revocation = await signRevocationStatement(statement, 'k', signerOf(foreign.privateKey))
    const forged = await signAttestation({ issuer, device: 'dev_other', jwk }, { now: 1, kid: 'k' }, sign)
    const answers = [
      { error: 'invalid_client', revocation },
      { error: 'invalid_client', attestation: forged, device: 'dev_other', scope: 'x' },
      { error: 'invalid_client' },
    ]
    for (const answer of answers) {
      const impostor = createServer((_request, response) => {
        response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      })
      await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve))
      const bound = impostor.address()
      const at = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`
      const kept: string[] = []
      const said = await minter({ tokenEndpoint: `${at}/token`, issuer }, kept)()
      assert.equal(outcomeOf(said), 'issuer-refused')
      impostor.closeAllConnections()
      impostor.close()
    }
  })
})

async function freePort(): Promise<number> {
  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const bound = free.address()
  await new Promise((resolve) => free.close(resolve))
  return bound !== null && typeof bound === 'object' ? bound.port : assert.fail('no port')
}
