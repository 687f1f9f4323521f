// T26: an administrator who acts alone, and somebody with what an administrator left lying about.
import { openRegistry, type Registry } from '#registry'
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { AdminSite, type Answered, type Remote } from '../../src/programs/server/admin-fixture.test.ts'
import { noOpenssl, type Certified } from '../certificates.ts'

describe('T26: an administrator alone', { skip: noOpenssl }, () => {
  let site: AdminSite
  let registry: Registry
  let certified: Certified
  let ann: Remote

  before(async () => {
    site = await new AdminSite().start()
    registry = await openRegistry({ embedded: join(site.folder, 'state', 'registry') }, site.clock)
    const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const
    const owner = { tenant: 't', user: 'u', scopes: ['llm.infer:read'], label: '', status: 'active' } as const
    await registry.devices.enrol({ id: 'd1', jkt: hash('sha256', 'd1'), jwk, ...owner })
    certified = site.authority.person('ann')
    ann = site.remote(certified)
    await ann.begin()
    await ann.ask('/admin/quarantine-device', { deviceId: 'd1' })
    await ann.ask('/admin/revoke-user', { user: 'u' })
  })
  after(async () => {
    await registry?.close()
    await site?.stop()
  })

  const codeOf = ({ body }: Answered) => body['error']

  async function proposed(path: string, body: object): Promise<string> {
    const { pending } = (await ann.ask(path, body)).body as { pending: { id: string } }
    return pending.id
  }

  test('alone nothing is widened: not twice, not with another certificate, not by asking at once', async () => {
    const other = site.remote(site.authority.person('ann', 'ann-laptop'))
    await other.begin()
    const wishes = [
      ['/admin/release-device', { deviceId: 'd1' }],
      ['/admin/release-user', { user: 'u' }],
      ['/admin/invite', { user: 'u', scopes: ['feed:read'] }],
    ] as const
    for (const [path, body] of wishes) {
      const pendingId = await proposed(path, body)
      const answers = await Promise.all([1, 2, 3].map(() => other.ask('/admin/confirm', { pendingId })))
      assert.deepEqual(
        answers.map(codeOf),
        [1, 2, 3].map(() => 'second-person-needed'),
      )
      assert.equal(codeOf(await ann.ask('/admin/confirm', { pendingId })), 'second-person-needed')
    }
    assert.equal((await registry.devices.byId('d1'))?.status, 'quarantined')
    assert.deepEqual(
      (await registry.suspensions.list()).map(({ id }) => id),
      ['u'],
    )
  })

  test('a session is worth nothing without its certificate and its key, and a proof is good once', async () => {
    const { session } = ann
    const thief = site.remote(site.authority.person('mallory'))
    thief.session = session
    assert.equal(codeOf(await thief.ask('/admin/devices')), 'session-needed')
    const withCertificate = site.remote(certified)
    withCertificate.session = session
    assert.equal(codeOf(await withCertificate.ask('/admin/devices')), 'proof-invalid')
    const proof = await ann.proof('/admin/revoke-device')
    await ann.send('/admin/revoke-device', { deviceId: 'none' }, proof)
    assert.equal(codeOf(await ann.send('/admin/revoke-device', { deviceId: 'd1' }, proof)), 'proof-invalid')
    assert.equal((await registry.devices.byId('d1'))?.status, 'quarantined')
    await assert.rejects(site.remote(null).ask('/admin/devices'))
  })

  test('what was tried is on record', async () => {
    const events = await site.events()
    const tried = events.filter(({ code }) => code === 'second-person-needed')
    assert.ok(tried.length >= 12 && tried.every(({ by }) => by === 'cert:ann'))
  })
})
