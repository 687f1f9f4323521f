// Tests of grants: what they cover, how they end, and what is left of them on disk.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ManualClock, Secret, type Clock } from '#base'
import * as fc from 'fast-check'
import { approve, type Approval, type ApprovedObject } from './approval.ts'
import { GrantStore } from './grants.ts'

const folder = fs.mkdtempSync(join(tmpdir(), 'keyreeve-grants-'))
after(() => fs.rmSync(folder, { recursive: true }))

/** A clock whose wall can be set without time passing. */
class WallClock implements Clock {
  readonly manual = new ManualClock()
  offset = 0
  now = () => this.manual.now() + this.offset
  monotonic = () => this.manual.monotonic()
  after = (delay: number, act: () => void) => this.manual.after(delay, act)
}

const hour = 3_600_000
const identity = { device: '1', inode: '2' }
const random = (length: number) => Uint8Array.from(randomBytes(length))
let files = 0

function setUp(clock = new WallClock()) {
  const file = join(folder, `grants-${++files}`)
  const options = { file, key: Secret.own(new Uint8Array(32).fill(7)), clock, random }
  return { file, clock, options, store: GrantStore.open(options) }
}

let cards = 0

/** Stands in for a desk: the same function, called with the same facts. */
function approvalOf(clock: Clock, ...objects: ApprovedObject[]): Approval {
  return approve({
    card: `card-${++cards}`,
    digest: '0'.repeat(64),
    content: null,
    assistant: 'claude-code',
    scope: 'folder-hour',
    objects,
    level: 1,
    method: 'console',
    answeredAt: clock.now(),
    answeredMonotonic: clock.monotonic(),
  })
}

function grantFolder({ store, clock }: Pick<ReturnType<typeof setUp>, 'store' | 'clock'>, path = '/p') {
  const approval = approvalOf(clock, { scope: 'folder-hour', path })
  return store.add({ approval, assistant: 'claude-code', path, identity })
}

function grantFile({ store, clock }: Pick<ReturnType<typeof setUp>, 'store' | 'clock'>, session = 's1') {
  const approval = approvalOf(clock, { scope: 'file-session', path: '/p/x' })
  return store.add({ approval, assistant: 'claude-code', path: '/p/x', identity, session })
}

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
    return store.add({ approval, assistant: 'claude-code', path, identity })
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
  assert.equal(fs.existsSync(`${all.file}.new`), false)
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
  const wish = { approval, assistant: 'claude-code', path: '/p/x', identity, session: 's1' }
  const refused = { code: 'consent-scope-refused' }
  assert.throws(() => store.add({ ...wish, path: '/p' }), refused)
  assert.throws(() => store.add({ ...wish, path: '/p/x/' }), refused)
  assert.throws(() => store.add({ ...wish, assistant: 'cursor' }), refused)
  assert.throws(() => store.add({ ...wish, approval: Object.assign({}, approval) }), refused)
  const { session: _, ...withoutSession } = wish
  assert.throws(() => store.add(withoutSession), refused)
  assert.deepEqual(store.live(), [])
})

test('add() makes one grant of one approval, however often it is called', () => {
  const { store, clock } = setUp()
  const approval = approvalOf(clock, { scope: 'folder-hour', path: '/p' })
  const wish = { approval, assistant: 'claude-code', path: '/p', identity }
  assert.equal(store.add(wish).id, store.add(wish).id)
  assert.equal(store.live().length, 1)
})

test('add() counts from the answer, so an old approval grants nothing', () => {
  const { store, clock } = setUp()
  const approval = approvalOf(clock, { scope: 'folder-hour', path: '/p' })
  const wish = { approval, assistant: 'claude-code', path: '/p', identity }
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
  fs.mkdirSync(`${all.file}.new`)
  all.store.revoke(id)
  assert.equal(fs.existsSync(all.file), false)
})

test('revokeAll() ends all grants and says how many', () => {
  const all = setUp()
  grantFolder(all)
  grantFile(all)
  assert.equal(all.store.revokeAll(), 2)
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

const damage: Record<string, (file: string) => void> = {
  'another byte': (file) => fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"/p"', '"/q"')),
  'a later end': (file) =>
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/"expiresAt":1/, '"expiresAt":2')),
  'a line more': (file) => fs.appendFileSync(file, 'x\n'),
  'a torn end': (file) => fs.truncateSync(file, 100),
  'no content': (file) => fs.truncateSync(file, 0),
  'a link': (file) => {
    fs.renameSync(file, `${file}.moved`)
    fs.symlinkSync(`${file}.moved`, file)
  },
  'a folder': (file) => {
    fs.rmSync(file)
    fs.mkdirSync(file)
  },
  'too much': (file) => fs.truncateSync(file, 9 * 1024 * 1024),
}

for (const [name, doDamage] of Object.entries(damage)) {
  test(`open() drops all grants of a file with ${name}, and says so`, () => {
    const all = setUp()
    grantFolder(all)
    doDamage(all.file)
    const store = GrantStore.open(all.options)
    assert.deepEqual(store.live(), [])
    assert.equal(store.problem?.code, 'grants-corrupt')
  })
}

test('open() drops all grants of a file that was written under another key', () => {
  const all = setUp()
  grantFolder(all)
  const store = GrantStore.open({ ...all.options, key: Secret.own(new Uint8Array(32)) })
  assert.equal(store.problem?.code, 'grants-corrupt')
  assert.deepEqual(store.live(), [])
})

test('open() finds nothing wrong with a missing file and makes a readable one private', () => {
  const all = setUp()
  assert.equal(all.store.problem, null)
  grantFolder(all)
  fs.chmodSync(all.file, 0o644)
  assert.equal(GrantStore.open(all.options).live().length, 1)
  assert.equal(fs.statSync(all.file).mode & 0o777, 0o600)
})

test('open() drops all grants when the wall clock stands before the last writing', () => {
  const all = setUp()
  grantFolder(all)
  all.clock.manual.advance(30 * 60_000)
  all.store.close()
  all.clock.offset = -1
  assert.deepEqual(GrantStore.open(all.options).live(), [])
})

test('open() gives no time back when the wall clock was set back while the grant lived', () => {
  const all = setUp()
  grantFolder(all)
  all.clock.offset = -hour
  all.clock.manual.advance(40 * 60_000)
  all.store.close()
  const store = GrantStore.open(all.options)
  all.clock.manual.advance(20 * 60_000 - 1)
  assert.equal(store.live().length, 1)
  all.clock.manual.advance(1)
  assert.deepEqual(store.live(), [])
})

const step = fc.oneof(
  fc.record({ jump: fc.integer({ min: -2 * hour, max: 2 * hour }) }),
  fc.record({ pass: fc.integer({ min: 1, max: 20 * 60_000 }) }),
  fc.record({ restart: fc.constant(true) }),
)

test('live() never shows a grant longer than granted, however the wall clock jumps and however often it restarts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, isLasting) => {
      const all = setUp()
      let { store } = all
      const grant = isLasting ? grantFolder(all) : grantFile(all)
      const life = isLasting ? hour : 12 * hour
      let passed = 0
      for (const one of steps) {
        if ('jump' in one) all.clock.offset += one.jump
        if ('pass' in one) {
          all.clock.manual.advance(one.pass)
          passed += one.pass
        }
        if ('restart' in one) {
          store.close()
          store = GrantStore.open(all.options)
        }
        const isLive = store.live().some(({ id }) => id === grant.id)
        if (passed >= life || all.clock.now() >= grant.expiresAt) assert.equal(isLive, false)
        assert.equal(store.touch(grant.id), isLive)
      }
      store.close()
    }),
    { numRuns: 60 },
  )
})
