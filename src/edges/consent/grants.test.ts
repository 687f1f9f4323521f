// Tests of grants: what they cover, and how they end.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Secret } from '#base'
import { programOf } from './card.ts'
import {
  approvalOf,
  caller,
  folder,
  grantFile,
  grantFolder,
  hour,
  identity,
  policy,
  random,
  setUp,
  WallClock,
} from './grants-fixture.test.ts'
import { GrantStore } from './grants.ts'

test('add() makes a grant for an hour that survives a restart', () => {
  const all = setUp()
  const grant = grantFolder(all)
  assert.equal(grant.expiresAt - grant.createdAt, hour)
  all.store.close()
  assert.deepEqual(all.store.live(), [])
  assert.deepEqual(GrantStore.open(all.options).live(), [grant])
})

test('add() ends a grant when the assistant said, if that is sooner than the scope would', () => {
  const all = setUp()
  const { store, clock } = all
  const grantUntil = (path: string, until: number) => {
    const approval = approvalOf(clock, { scope: 'folder-hour', path, until })
    return store.add({ approval, caller, policy, path, identity })
  }
  const now = clock.now()
  assert.equal(grantUntil('/soon', now + 60_000).expiresAt, now + 60_000)
  assert.equal(grantUntil('/late', now + 9 * hour).expiresAt, now + hour)
  assert.throws(() => grantUntil('/past', now - 1), { code: 'consent-gone' })
  clock.manual.advance(60_000)
  assert.deepEqual(
    store.live().map(({ path }) => path),
    ['/late'],
  )
})

test('add() is on disk when it returns, private, and leaves nothing beside', () => {
  const all = setUp()
  const grant = grantFolder(all)
  assert.deepEqual(GrantStore.open(all.options).live(), [grant])
  assert.equal(fs.statSync(all.file).mode & 0o777, 0o600)
  assert.equal(fs.existsSync(`${all.file}.tmp`), false)
})

test('add() keeps a grant for the session in memory only', () => {
  const all = setUp()
  const grant = grantFile(all)
  assert.equal(grant.expiresAt - grant.createdAt, 12 * hour)
  assert.equal(fs.existsSync(all.file), false)
  all.store.close()
  assert.deepEqual(GrantStore.open(all.options).live(), [])
})

test('add() takes only what the person approved', () => {
  const { store, clock } = setUp()
  const approval = approvalOf(clock, { scope: 'file-session', path: '/p/x' })
  const wish = { approval, caller, policy, path: '/p/x', identity, session: 's1' }
  const refused = { code: 'consent-scope-refused' }
  assert.throws(() => store.add({ ...wish, path: '/p' }), refused)
  assert.throws(() => store.add({ ...wish, path: '/p/x/' }), refused)
  assert.throws(() => store.add({ ...wish, caller: { ...caller, assistant: 'cursor' } }), refused)
  assert.throws(() => store.add({ ...wish, caller: { ...caller, destination: 'local' } }), refused)
  const proved = { ...caller.proved, sha256: 'f'.repeat(64) }
  assert.throws(() => store.add({ ...wish, caller: { ...caller, proved } }), refused)
  assert.throws(() => store.add({ ...wish, approval: Object.assign({}, approval) }), refused)
  const { session: _, ...withoutSession } = wish
  assert.throws(() => store.add(withoutSession), refused)
  assert.deepEqual(store.live(), [])
})

test('add() makes one grant of one approval, however often it is called', () => {
  const { store, clock } = setUp()
  const approval = approvalOf(clock, { scope: 'folder-hour', path: '/p' })
  const wish = { approval, caller, policy, path: '/p', identity }
  assert.equal(store.add(wish).id, store.add(wish).id)
  assert.equal(store.live().length, 1)
})

test('add() counts from the answer, so an old approval grants nothing', () => {
  const { store, clock } = setUp()
  const approval = approvalOf(clock, { scope: 'folder-hour', path: '/p' })
  const wish = { approval, caller, policy, path: '/p', identity }
  clock.manual.advance(hour - 1)
  store.add(wish)
  clock.manual.advance(1)
  assert.deepEqual(store.live(), [])
  assert.throws(() => store.add(wish), { code: 'consent-gone' })
})

test('add() grants nothing when the file cannot be written', () => {
  const clock = new WallClock()
  const file = join(folder, 'no-such-folder', 'grants')
  const store = GrantStore.open({ file, key: Secret.own(new Uint8Array(32)), clock, random })
  assert.throws(() => grantFolder({ store, clock }), { code: 'internal' })
  assert.deepEqual(store.live(), [])
})

test('add() takes nothing after close()', () => {
  const all = setUp()
  all.store.close()
  assert.throws(() => grantFolder(all), { code: 'locked' })
})

test('list() gives one assistant its own, the newest first', () => {
  const all = setUp()
  const first = grantFolder(all, '/a')
  all.clock.manual.advance(1000)
  const second = grantFolder(all, '/b')
  assert.deepEqual(all.store.list('claude-code'), [second, first])
  assert.deepEqual(all.store.list('cursor'), [])
})

test('touch() notes the use of a grant in force and of no other', () => {
  const all = setUp()
  const { id } = grantFolder(all)
  all.clock.manual.advance(5000)
  assert.equal(all.store.touch(id), true)
  assert.equal(all.store.live()[0]?.lastUsedAt, all.clock.now())
  assert.equal(all.store.live()[0]?.uses, 1)
  all.clock.manual.advance(hour)
  assert.equal(all.store.touch(id), false)
  assert.equal(all.store.touch('none'), false)
})

test('revoke() ends a grant for good', () => {
  const all = setUp()
  const [kept, gone] = [grantFolder(all, '/a'), grantFolder(all, '/b')]
  all.store.revoke(gone.id)
  assert.deepEqual(all.store.live(), [kept])
  assert.deepEqual(GrantStore.open(all.options).live(), [kept])
  assert.throws(() => all.store.revoke(gone.id), { code: 'grant-unknown' })
})

test('revoke() removes the file where it cannot be written, so that nothing comes back', () => {
  const all = setUp()
  const { id } = grantFolder(all)
  fs.mkdirSync(`${all.file}.tmp`)
  all.store.revoke(id)
  assert.equal(fs.existsSync(all.file), false)
})

test('end() ends what it is told to and gives it back', () => {
  const all = setUp()
  const kept = grantFolder(all, '/kept')
  const gone = [grantFolder(all), grantFile(all)]
  assert.deepEqual(
    all.store.end(({ id }) => id !== kept.id),
    gone,
  )
  assert.deepEqual(all.store.live(), [kept])
  all.store.end(() => true)
  assert.deepEqual(all.store.live(), [])
  assert.deepEqual(GrantStore.open(all.options).live(), [])
})

test('endSession() ends the grants of that connection alone', () => {
  const all = setUp()
  grantFile(all, 's1')
  const other = grantFile(all, 's2')
  const lasting = grantFolder(all)
  all.store.endSession('s1')
  assert.deepEqual(all.store.live(), [other, lasting])
})

test('onChange() tells of beginnings and ends, those by time as well', () => {
  const all = setUp()
  let told = 0
  const stop = all.store.onChange(() => told++)
  const { id } = grantFolder(all)
  assert.equal(told, 1)
  all.store.touch(id)
  assert.equal(told, 1)
  all.clock.manual.advance(hour)
  assert.equal(told, 2)
  grantFile(all)
  all.store.endSession('s1')
  assert.equal(told, 4)
  stop()
  grantFile(all)
  assert.equal(told, 4)
})

test('onChange() tells within a minute that the wall clock jumped past a grant', () => {
  const all = setUp()
  let told = 0
  grantFolder(all)
  all.store.onChange(() => told++)
  all.clock.offset = 2 * hour
  assert.deepEqual(all.store.live(), [])
  all.clock.manual.advance(60_000)
  assert.equal(told, 1)
})

test('add() ends a standing grant after thirty days', () => {
  const all = setUp()
  const approval = approvalOf(all.clock, { scope: 'folder-until-revoked', path: '/p' })
  const grant = all.store.add({ approval, caller, policy, path: '/p', identity })
  assert.equal(grant.expiresAt - grant.createdAt, 30 * 24 * hour)
  assert.deepEqual(
    [grant.destination, grant.executable, grant.program, grant.policy],
    ['cloud:api.example.com', '/usr/bin/node', programOf(caller), policy],
  )
  all.store.close()
  const again = GrantStore.open(all.options)
  assert.deepEqual(again.live(), [grant])
  again.close()
  all.clock.manual.advance(30 * 24 * hour)
  assert.deepEqual(GrantStore.open(all.options).live(), [])
})

test('whileInForce() is aborted by every end of a grant, at once where it was revoked', () => {
  const all = setUp()
  const ways: ((id: string) => void)[] = [
    (id) => all.store.revoke(id),
    () => all.clock.manual.advance(hour),
    () => all.store.close(),
  ]
  for (const end of ways) {
    const { id } = grantFolder(all)
    const signal = all.store.whileInForce(id)
    all.store.touch(id)
    assert.equal(signal.aborted, false)
    end(id)
    assert.equal(signal.aborted, true)
    assert.equal(all.store.whileInForce(id).aborted, true)
  }
})
