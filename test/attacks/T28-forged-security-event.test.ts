// T28: a security event that is forged, replayed, or used to widen.
import { ManualClock } from '#base'
import type { FleetEvent } from '#journal'
import { openRegistry } from '#registry'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { receivingEvents } from '../../src/programs/server/receiving-events.ts'

const caep = 'https://schemas.openid.net/secevent/caep/event-type'
const us = 'https://tokens.example'

test('T28: only what the provider signed for this server acts, once, and never widens', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-t28-'))
  const clock = new ManualClock(Date.now())
  const registry = await openRegistry({ embedded: folder }, clock)
  const [real, foreign] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(real.publicKey)), kid: 'k' }] })
  const acts: string[] = []
  const act = (what: string) => async () => {
    acts.push(what)
    return acts.length
  }
  const recorded: FleetEvent[] = []
  const server = createServer((request, response) => {
    if (request.url === '/jwks') response.end(jwks)
    else void handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  const url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`
  const handle = receivingEvents({
    issuer: us,
    transmitters: [{ issuer: 'https://idp.example', jwks: `${url}/jwks`, suspendOn: [] }],
    registry,
    revoking: { all: act('deny'), suspend: act('suspend'), quarantine: act('quarantine') },
    sourceOf: () => 'here',
    record: async (event) => void recorded.push(event),
    clock,
  })
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const sign = (details: object, claims: JWTPayload = {}, by = real) => {
    const now = Math.floor(clock.now() / 1000)
    const sub_id = { format: 'opaque', id: 'd1' }
    const events = { [`${caep}/device-compliance-change`]: details }
    const all = {
      iss: 'https://idp.example',
      aud: us,
      iat: now,
      jti: randomBytes(8).toString('hex'),
      sub_id,
      events,
    }
    const header = { alg: 'RS256', typ: 'secevent+jwt', kid: 'k' }
    return new SignJWT({ ...all, ...claims }).setProtectedHeader(header).sign(by.privateKey)
  }
  const push = async (body: string) => {
    const headers = { 'content-type': 'application/secevent+jwt' }
    return (await fetch(`${url}/events`, { method: 'POST', headers, body })).status
  }

  const bad = { current_status: 'not-compliant' }
  assert.equal(await push(await sign(bad, {}, foreign)), 400, 'a stranger’s key')
  assert.equal(await push(await sign(bad, { aud: 'https://other.example' })), 400, 'for somebody else')
  assert.equal(await push(await sign(bad, { iss: 'https://evil.example' })), 400, 'of nobody we know')
  assert.equal(await push(await sign({ current_status: 'compliant' })), 202)
  assert.deepEqual(acts, [], 'nothing was done, and nothing widened')
  const good = await sign(bad)
  for (let round = 0; round < 3; round++) assert.equal(await push(good), 202)
  clock.advance(29 * 86_400_000)
  await registry.tidy()
  assert.equal(await push(good), 202)
  clock.advance(2 * 86_400_000)
  await registry.tidy()
  assert.equal(await push(good), 400, 'too old once it may be forgotten')
  assert.deepEqual(acts, ['quarantine'])
  assert.ok(recorded.every(({ what, by }) => what === 'event' && by === 'event:https://idp.example'))
})
