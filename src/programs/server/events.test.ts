// Security events in and out: signed by jose as a provider would, between two real servers, and to a receiver that is away.
import { machineClock, ManualClock, type Random } from '#base'
import type { FleetEvent } from '#journal'
import { openRegistry, type Registry } from '#registry'
import assert from 'node:assert/strict'
import { hash, randomBytes, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { publicJwkOf } from '#token'
import { readServerConfig } from './config.ts'
import { Emitting } from './emitting-events.ts'
import { startServer, type TokenServer } from './server.ts'
import { accountOf } from './accounts.ts'

const random: Random = (length) => Uint8Array.from(randomBytes(length))
const clock = machineClock({ Date, performance, setTimeout })
const caep = 'https://schemas.openid.net/secevent/caep/event-type'
const us = 'http://127.0.0.1:8470'

function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'keyreeve-events-'))
}

async function startWith(folder: string, settings: string): Promise<TokenServer> {
  const file = join(folder, 'server.toml')
  writeFileSync(file, settings)
  return startServer({
    config: readServerConfig(file, {}),
    folder: join(folder, 'state'),
    vaultKey: null,
    sharedKey: null,
    database: null,
    version: '0.0.0',
    clock,
    random,
    say: () => {},
  })
}

function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<{
  readonly url: string
  readonly close: () => void
}> {
  const server = createServer(handle)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      const port = typeof bound === 'object' ? bound?.port : undefined
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => (server.closeAllConnections(), server.close()),
      })
    })
  })
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 2000; round++) {
    if (await holds()) return
    await wait(5)
  }
  assert.fail('it did not come')
}

describe('receivingEvents()', () => {
  const folder = scratch()
  let server: TokenServer
  let registry: Registry
  let provider: Awaited<ReturnType<typeof listen>>
  let keys: Record<'RS256' | 'ES256', Awaited<ReturnType<typeof generateKeyPair>>>
  let idp: string

  before(async () => {
    keys = { RS256: await generateKeyPair('RS256'), ES256: await generateKeyPair('ES256') }
    const jwks = await Promise.all(
      (['RS256', 'ES256'] as const).map(async (kid) => ({ ...(await exportJWK(keys[kid].publicKey)), kid })),
    )
    provider = await listen((_request, response) => void response.end(JSON.stringify({ keys: jwks })))
    idp = `${provider.url}/`
    const transmitter = `issuer = "${idp}"\njwks = "${provider.url}/jwks"\nsuspendOn = ["credential-change"]\n`
    server = await startWith(
      folder,
      `issuer = "${us}"\nlisten = "127.0.0.1:0"\n[[events.transmitters]]\n${transmitter}`,
    )
    registry = await openRegistry({ embedded: join(folder, 'state', 'registry') }, clock)
  })
  after(async () => {
    await registry.close()
    await server.stop()
    provider.close()
    rmSync(folder, { recursive: true, force: true })
  })

  interface Wish {
    readonly alg?: 'RS256' | 'ES256'
    readonly typ?: string
    readonly claims?: JWTPayload
  }

  function signed(
    event: string,
    details: object,
    { alg = 'RS256', typ = 'secevent+jwt', claims = {} }: Wish = {},
  ) {
    const payload = {
      iss: idp,
      aud: us,
      iat: Math.floor(Date.now() / 1000),
      jti: randomBytes(8).toString('hex'),
      events: { [`${caep}/${event}`]: details },
      ...claims,
    }
    return new SignJWT(payload).setProtectedHeader({ alg, typ, kid: alg }).sign(keys[alg].privateKey)
  }

  async function push(token: string, type = 'application/secevent+jwt'): Promise<[number, unknown]> {
    const response = await fetch(`http://${server.address}/events`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: token,
    })
    const body = await response.text()
    return [response.status, body === '' ? undefined : JSON.parse(body).err]
  }

  const seqs = async () => (await registry.revocations.after(0)).map(({ deny }) => deny)

  test('denies what a person has whose session is revoked, by their name at the provider', async () => {
    const subject = { format: 'iss_sub', iss: idp, sub: 'u-7' }
    for (const alg of ['RS256', 'ES256'] as const) {
      assert.deepEqual(
        await push(await signed('session-revoked', {}, { alg, claims: { sub_id: subject } })),
        [202, undefined],
      )
    }
    assert.deepEqual(
      await push(await signed('session-revoked', { subject })),
      [202, undefined],
      'an older form',
    )
    const denied = await seqs()
    const user = accountOf({ issuer: idp, subject: 'u-7' })
    assert.deepEqual(
      denied.map(({ kind, id }) => [kind, id]),
      [1, 2, 3].map(() => ['user', user]),
    )
    assert.deepEqual(await registry.suspensions.list(), [])
  })

  test('suspends where the settings say so, holds a device up, and widens nothing', async () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const
    const owner = { tenant: 't', user: 'ann', scopes: [], label: '', status: 'active' } as const
    await registry.devices.enrol({ id: 'd1', jkt: hash('sha256', 'd1'), jwk, ...owner })
    const device = { format: 'complex', device: { format: 'opaque', id: 'd1' } }
    const tell = async (status: string) =>
      push(
        await signed('device-compliance-change', { current_status: status }, { claims: { sub_id: device } }),
      )
    await tell('compliant')
    assert.equal((await registry.devices.byId('d1'))?.status, 'active')
    await tell('not-compliant')
    await tell('compliant')
    assert.equal((await registry.devices.byId('d1'))?.status, 'quarantined')
    const ann = { format: 'email', email: 'ann@example.org' }
    await push(await signed('credential-change', { change_type: 'revoke' }, { claims: { sub_id: ann } }))
    assert.deepEqual(
      (await registry.suspensions.list()).map(({ id }) => id),
      ['ann@example.org'],
    )
    const elsewhere = { format: 'opaque', id: 'not-ours' }
    const unknown = { current_status: 'not-compliant' }
    assert.deepEqual(
      await push(await signed('device-compliance-change', unknown, { claims: { sub_id: elsewhere } })),
      [202, undefined],
    )
  })

  test('acts once on a token, however often it comes', async () => {
    const who = { format: 'opaque', id: 'cyd' }
    const token = await signed('session-revoked', {}, { claims: { sub_id: who } })
    const first = await push(token)
    assert.deepEqual(
      [first, await push(token)],
      [
        [202, undefined],
        [202, undefined],
      ],
    )
    assert.equal((await seqs()).filter(({ id }) => id === 'cyd').length, 1)
  })

  test('refuses what is not signed for it by whom it trusts, and says which it is', async () => {
    const before = (await seqs()).length
    const who = { sub_id: { format: 'opaque', id: 'dan' } }
    const claims = (more: JWTPayload): Wish => ({ claims: { ...who, ...more } })
    const now = Math.floor(Date.now() / 1000)
    const good = await signed('session-revoked', {}, claims({}))
    const [head = '', body = '', signature = ''] = good.split('.')
    const unsigned = `${Buffer.from('{"alg":"none","typ":"secevent+jwt","kid":"RS256"}').toString('base64url')}.${body}.AA`
    const confused = `${Buffer.from('{"alg":"ES256","typ":"secevent+jwt","kid":"RS256"}').toString('base64url')}.${body}.${signature}`
    const cases: [string, string][] = [
      [await signed('session-revoked', {}, claims({ iss: 'https://other.example' })), 'invalid_issuer'],
      [await signed('session-revoked', {}, claims({ aud: 'https://other.example' })), 'invalid_audience'],
      [await signed('session-revoked', {}, claims({ iat: now + 600 })), 'invalid_request'],
      [await signed('session-revoked', {}, claims({ iat: now - 31 * 86_400 })), 'invalid_request'],
      [await signed('session-revoked', {}, { ...claims({}), typ: 'JWT' }), 'invalid_request'],
      [`${head}.${body}.${signature.slice(4)}AAAA`, 'invalid_key'],
      [unsigned, 'invalid_key'],
      [confused, 'invalid_key'],
      ['x', 'invalid_request'],
      ['', 'invalid_request'],
    ]
    for (const [token, err] of cases) assert.deepEqual(await push(token), [400, err])
    assert.deepEqual(await push(good, 'application/json'), [400, 'invalid_request'])
    assert.deepEqual(await push('x'.repeat(20_000)), [400, 'invalid_request'])
    assert.equal((await seqs()).length, before)
  })
})

test('Emitting tells another server, which denies too, and neither echoes the other', async (t) => {
  const [there, here] = [scratch(), scratch()]
  const place = `127.0.0.1:${await freePort()}`
  const places = { here: await freePort(), there: place }
  const settings = (listenAt: string, [other, jwks]: [string, string]) =>
    `issuer = "http://${listenAt}"\nlisten = "${listenAt}"\n` +
    `[[events.transmitters]]\nissuer = "http://${other}"\njwks = "http://${jwks}/jwks"\nsuspendOn = ["session-revoked"]\n` +
    `[[events.receivers]]\nurl = "http://${other}/events"\naudience = "http://${other}"\n`
  const ours = `127.0.0.1:${places.here}`
  const second = await startWith(there, settings(place, [ours, ours]))
  const first = await startWith(here, settings(ours, [place, place]))
  t.after(async () => {
    await Promise.all([first.stop(), second.stop()])
    for (const folder of [there, here]) rmSync(folder, { recursive: true, force: true })
  })
  await ask(first.adminSocket, '/admin/revoke-user', { user: 'ann' })
  const suspendedAt = async (server: TokenServer) => ask(server.adminSocket, '/admin/suspended')
  await until(async () => /"ann"/.test(await suspendedAt(second)))
  const registry = await openRegistry({ embedded: join(here, 'state', 'registry') }, clock)
  assert.equal((await registry.revocations.after(0)).length, 1, 'no echo')
  await registry.close()
})

test('Emitting signs what others can check, tries again where nobody answers, and gives up what is refused', async (t) => {
  const clock = new ManualClock()
  const folder = scratch()
  const registry = await openRegistry({ embedded: folder }, clock)
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const got: { token: string; authorization: string | undefined }[] = []
  const status = { next: 503 }
  const other = await listen((request, response) => {
    if (request.url === '/jwks') {
      response.end(JSON.stringify({ keys: [{ ...publicJwkOf(pair.publicKey), kid: 'k1' }] }))
      return
    }
    const { authorization } = request.headers
    const take = async (): Promise<void> => {
      got.push({ token: await text(request), authorization })
      response.writeHead(status.next).end()
    }
    void take()
  })
  t.after(async () => {
    other.close()
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const secret = join(folder, 'authorization')
  writeFileSync(secret, 'Basic of-a-test\n')
  const recorded: FleetEvent[] = []
  const emitting = new Emitting({
    issuer: us,
    receivers: [{ url: `${other.url}/ssf`, audience: 'https://app.example', authorization: secret }],
    registry,
    keys: {
      current: () => ({ kid: 'k1', privateKey: pair.privateKey, publicJwk: publicJwkOf(pair.publicKey) }),
    },
    record: async (event) => void recorded.push(event),
    clock,
    random,
  })
  const revoked: FleetEvent = {
    v: 1,
    kind: 'fleet',
    what: 'revoke',
    device: 'd1',
    user: 'ann',
    by: 'cert:bob',
  }
  await emitting.note({ ...revoked, what: 'approve' })
  await emitting.note({ ...revoked, by: 'event:https://idp.example' })
  await emitting.note(revoked)
  await emitting.deliver()
  await emitting.deliver()
  assert.equal(got.length, 1, 'not again at once')
  clock.advance(5000)
  status.next = 202
  await emitting.deliver()
  clock.advance(3_600_000)
  await emitting.deliver()
  assert.deepEqual([got.length, got[1]?.authorization], [2, 'Basic of-a-test'])
  const verified = await jwtVerify(got[1]?.token ?? '', createRemoteJWKSet(new URL(`${other.url}/jwks`)), {
    issuer: us,
    audience: 'https://app.example',
    typ: 'secevent+jwt',
    currentDate: new Date(clock.now()),
  })
  assert.deepEqual(Object.keys(verified.payload['events'] ?? {}), [`${caep}/session-revoked`])
  assert.deepEqual(verified.payload['sub_id'], {
    format: 'complex',
    user: { format: 'opaque', id: 'ann' },
    device: { format: 'opaque', id: 'd1' },
  })
  status.next = 400
  await emitting.note({ ...revoked, what: 'quarantine' })
  await emitting.deliver()
  clock.advance(3_600_000)
  await emitting.deliver()
  assert.equal(got.length, 3)
  assert.deepEqual(
    recorded.map(({ what }) => what),
    ['event-delayed', 'event-sent', 'event-given-up'],
  )
})

async function freePort(): Promise<number> {
  const free = await listen(() => {})
  free.close()
  return Number(new URL(free.url).port)
}

function ask(socketPath: string, path: string, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      void text(response).then(resolve, reject)
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
