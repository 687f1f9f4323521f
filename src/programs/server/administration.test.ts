// Who may administer, what one may do alone, and what takes two.
import { generateKeyPairSync, hash } from 'node:crypto'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openRegistry, type Registry } from '#registry'
import {
  publicJwkOf,
  readOfflineAnswer,
  signerDigits,
  signerOf,
  signOfflineRequest,
  thumbprint,
} from '#token'
import { Authority, noOpenssl } from '../../../test/certificates.ts'
import { AdminSite, type Answered } from './admin-fixture.test.ts'

const uid = process.geteuid?.() ?? -1

describe('administration()', { skip: noOpenssl }, () => {
  let site: AdminSite
  let registry: Registry
  before(async () => {
    site = await new AdminSite().start()
    registry = await openRegistry({ embedded: join(site.folder, 'state', 'registry') }, site.clock)
  })
  after(async () => {
    await registry.close()
    await site.stop()
  })

  const refused = ({ status, body }: Answered) => [status, body['error']]

  async function enrol(id: string, status: 'active' | 'pending' = 'active', user = 'ann'): Promise<void> {
    const jwk = { kty: 'EC', crv: 'P-256', x: id, y: id } as const
    const owner = { tenant: 't1', user, scopes: ['llm.infer:read'], label: 'laptop' }
    await registry.devices.enrol({ id, jkt: hash('sha256', id), jwk, ...owner, status })
  }

  test('lets nobody in over the network without a certificate of its own authority', async () => {
    await assert.rejects(site.remote(null).ask('/admin/devices'))
    const folder = mkdtempSync(join(tmpdir(), 'keyreeve-foreign-'))
    try {
      const foreign = new Authority(folder, 'foreign')
      await assert.rejects(site.remote(foreign.person('ann')).ask('/admin/devices'))
      const ann = site.authority.person('ann')
      await assert.rejects(site.remote(ann, foreign.certificate).ask('/admin/devices'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('takes a session only with its certificate, its key, a fresh proof, and for five minutes', async () => {
    const certified = site.authority.person('ann')
    const ann = site.remote(certified)
    assert.deepEqual(refused(await ann.ask('/admin/devices')), [401, 'session-needed'])
    const { expiresAt } = (await ann.begin()).body
    assert.ok(Number(expiresAt) <= Date.now() + 300_000)
    assert.equal((await ann.ask('/admin/devices')).status, 200)

    const proof = await ann.proof('/admin/devices')
    assert.equal((await ann.send('/admin/devices', undefined, proof)).status, 200)
    const again = await ann.send('/admin/devices', undefined, proof)
    assert.deepEqual(refused(again), [400, 'proof-invalid'], 'a proof is good once')
    const elsewhere = await ann.send('/admin/keys', undefined, await ann.proof('/admin/devices'))
    assert.deepEqual(refused(elsewhere), [400, 'proof-invalid'])

    const thief = site.remote(certified)
    thief.session = ann.session
    assert.deepEqual(refused(await thief.ask('/admin/devices')), [400, 'proof-invalid'], 'another key')
    const bob = site.remote(site.authority.person('bob'))
    bob.session = ann.session
    assert.deepEqual(refused(await bob.ask('/admin/devices')), [401, 'session-needed'], 'another certificate')
    ann.session = `${ann.session?.slice(0, -4)}AAAA`
    assert.deepEqual(refused(await ann.ask('/admin/devices')), [401, 'session-needed'])
  })

  test('ends a session after five minutes', async () => {
    const ann = site.remote(site.authority.person('ann'))
    await ann.begin()
    site.ahead = 301_000
    try {
      assert.deepEqual(refused(await ann.ask('/admin/devices')), [401, 'session-needed'])
    } finally {
      site.ahead = 0
    }
  })

  test('lets one person revoke, by device, user, tenant, key and all', async () => {
    await enrol('d1')
    const ann = site.remote(site.authority.person('ann'))
    await ann.begin()
    const revoked = await ann.ask('/admin/revoke-device', { deviceId: 'd1', reason: 'stolen' })
    assert.deepEqual([revoked.status, revoked.body['status'], revoked.body['epoch']], [200, 'revoked', 2])
    const wholes = [
      ['/admin/revoke-user', { user: 'cyd' }],
      ['/admin/revoke-tenant', { tenant: 't9' }],
      ['/admin/revoke-all', { reason: 'drill' }],
    ] as const
    for (const [path, body] of wholes) assert.equal((await site.local(path, body)).status, 200, path)
    const { body } = await site.local('/admin/suspended')
    assert.deepEqual(
      (body['suspended'] as { id: string }[]).map(({ id }) => id),
      ['t9', 'cyd'],
    )
    const { denied, current } = (await ann.ask('/admin/revoke-key', {})).body
    assert.notEqual(denied, current)
    // What the ended key signed is worth nothing, sessions among it.
    assert.deepEqual(refused(await ann.ask('/admin/devices')), [401, 'session-needed'])
    assert.equal((await ann.begin()).status, 200)
    const unknown = await site.local('/admin/revoke-device', { deviceId: "' OR 1=1 --" })
    assert.deepEqual(refused(unknown), [404, 'device-not-listed'])
  })

  test('lets nobody widen alone, and two within a day', async () => {
    await enrol('d2')
    const ann = site.remote(site.authority.person('ann'))
    await ann.begin()
    await ann.ask('/admin/quarantine-device', { deviceId: 'd2' })
    const { pending } = (await ann.ask('/admin/release-device', { deviceId: 'd2' })).body as {
      pending: { id: string; askedBy: string }
    }
    assert.equal(pending.askedBy, 'cert:ann')
    assert.equal((await registry.devices.byId('d2'))?.status, 'quarantined')
    const confirm = { pendingId: pending.id }
    assert.deepEqual(refused(await ann.ask('/admin/confirm', confirm)), [403, 'second-person-needed'])
    const other = site.remote(site.authority.person('ann', 'ann-2'))
    await other.begin()
    const same = await other.ask('/admin/confirm', confirm)
    assert.deepEqual(refused(same), [403, 'second-person-needed'], 'another certificate of the same person')
    const both = await Promise.all([
      site.local('/admin/confirm', confirm),
      site.local('/admin/confirm', confirm),
    ])
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 404],
    )
    assert.equal((await registry.devices.byId('d2'))?.status, 'active')

    const wide = await other.ask('/admin/widen-device', { deviceId: 'd2', scopes: ['files:read'] })
    const { id } = wide.body['pending'] as { id: string }
    site.ahead = 86_401_000
    try {
      assert.deepEqual(refused(await site.local('/admin/confirm', { pendingId: id })), [
        404,
        'pending-unknown',
      ])
    } finally {
      site.ahead = 0
    }
  })

  test('gives a device more scopes, a user tokens again, and an invitation beyond the usual, by two', async () => {
    await enrol('d3')
    const bob = site.remote(site.authority.person('bob'))
    await bob.begin()
    const proposals = [
      ['/admin/widen-device', { deviceId: 'd3', scopes: ['files:read'] }],
      ['/admin/release-user', { user: 'cyd' }],
      ['/admin/release-tenant', { tenant: 't9' }],
      ['/admin/invite', { user: 'gate', scopes: ['feed:read'] }],
    ] as const
    const done: unknown[] = []
    for (const [path, body] of proposals) {
      const { pending } = (await site.local(path, body)).body as { pending: { id: string } }
      done.push((await bob.ask('/admin/confirm', { pendingId: pending.id })).body['done'])
    }
    assert.deepEqual((await registry.devices.byId('d3'))?.scopes, ['llm.infer:read', 'files:read'])
    assert.deepEqual(done.slice(1, 3), [{ released: 'cyd' }, { released: 't9' }])
    assert.match((done[3] as { invitation: string }).invitation, /^\w{4}(-\w{4}){4}$/)
    assert.deepEqual((await site.local('/admin/suspended')).body, { suspended: [] })
    const usual = await site.local('/admin/invite', { user: 'eve' })
    assert.equal(typeof usual.body['invitation'], 'string', 'one is enough for what everybody gets')
    const unknown = await site.local('/admin/invite', { user: 'eve', scopes: ['root:all'] })
    assert.deepEqual(refused(unknown), [400, 'scope-invalid'])
  })

  test('answers a device without network: attests it, and tells one that is revoked', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = publicJwkOf(pair.publicKey)
    const issuer = 'http://127.0.0.1:8470'
    const asked = { issuer, label: 'lab', recipient: 'age1x' }
    const by = { jwk, jti: 'j', now: 1_767_225_600_000 }
    const request = await signOfflineRequest(asked, by, signerOf(pair.privateKey))
    const content = 'c'.repeat(43)
    const ask = (user: string) => site.local('/admin/answer', { request, user, content })
    const { body } = await ask('fay')
    const signed = String(body['answer'])
    const expected = { issuer, jkt: thumbprint(jwk), after: 0, content }
    const trusted = { fingerprint: signerDigits(signed) }
    const answer = await readOfflineAnswer(signed, { ...expected, trusted })
    assert.deepEqual([answer.device, answer.scope], [body['device'], 'llm.infer:read'])
    assert.deepEqual(refused(await ask('eve')), [404, 'device-not-listed'])
    await site.local('/admin/revoke-device', { deviceId: body['device'] })
    const ended = (await ask('fay')).body
    const told = await readOfflineAnswer(String(ended['answer']), { ...expected, after: answer.seq, trusted })
    assert.equal(told.attestation, undefined)
    assert.equal(typeof told.revocation, 'string')
    const foreign = { request: '{}', user: 'fay', content }
    assert.deepEqual(refused(await site.local('/admin/answer', foreign)), [400, 'proof-invalid'])
  })

  test('says what does not fit, and repeats nothing of it', async () => {
    for (const body of [{ deviceId: 7 }, { deviceId: 'x'.repeat(300) }, { other: 'gh-secret' }, {}]) {
      const { status, body: said } = await site.local('/admin/revoke-device', body)
      assert.deepEqual([status, said['error']], [400, 'message-invalid'])
      assert.doesNotMatch(JSON.stringify(said), /gh-secret|xxx/)
    }
    assert.equal((await site.local('/admin/revoke-device')).status, 400)
    assert.equal((await site.local('/admin/session', {})).status, 400)
  })

  test('records who did and was refused what', async () => {
    await enrol('d4', 'pending')
    assert.equal((await site.local('/admin/approve-device', { deviceId: 'd4' })).body['status'], 'active')
    assert.equal((await site.local('/admin/approve-device', { deviceId: 'd4' })).status, 404)
    const events = await site.events()
    const about = events.filter(({ device, what }) => device === 'd4' || what === 'approve-device refused')
    assert.deepEqual(
      about.map(({ what, by, code }) => [what, by, code]),
      [
        ['approve', `uid:${uid}`, undefined],
        ['approve', `uid:${uid}`, undefined],
        ['approve-device refused', `uid:${uid}`, 'device-not-listed'],
      ],
    )
    const whats = events.map(({ what }) => what)
    for (const what of [
      'revoke',
      'suspend',
      'deny',
      'key',
      'quarantine',
      'propose',
      'release',
      'widen',
      'resume',
    ])
      assert.ok(whats.includes(what), what)
  })
})

test(
  'callerOf() knows only the people of the settings, by account or certificate',
  { skip: noOpenssl },
  async () => {
    const people =
      `[[admin.people]]\nname = "Ann"\nuid = ${uid}\ncertificate = "ann"\n` +
      `[[admin.people]]\nname = "Bob"\ncertificate = "bob"\n`
    const site = await new AdminSite().start(people)
    try {
      const mallory = site.remote(site.authority.person('mallory'))
      assert.deepEqual((await mallory.begin()).body['error'], 'peer-refused')
      const { pending } = (await site.local('/admin/release-user', { user: 'u' })).body as {
        pending: { id: string; askedBy: string }
      }
      assert.equal(pending.askedBy, 'Ann')
      const ann = site.remote(site.authority.person('ann'))
      await ann.begin()
      const alone = await ann.ask('/admin/confirm', { pendingId: pending.id })
      assert.equal(alone.body['error'], 'second-person-needed', 'an account and a certificate of one person')
    } finally {
      await site.stop()
    }
  },
)
