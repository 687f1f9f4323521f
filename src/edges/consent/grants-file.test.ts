// Tests of the file of grants: what is taken of it after damage, another clock, and another version.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import * as fs from 'node:fs'
import { test } from 'node:test'
import { Secret } from '#base'
import * as fc from 'fast-check'
import { grantFile, grantFolder, hour, setUp } from './grants-fixture.test.ts'
import { GrantStore } from './grants.ts'

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

test('open() leaves what an older version wrote, and calls it no damage', () => {
  const all = setUp()
  grantFolder(all)
  const { key } = all.options
  const body = JSON.stringify({ v: 1, savedAt: 0, grants: [{ id: 'old' }] })
  const hmac = key.lend((bytes) => createHmac('sha256', bytes).update('keyreeve/grants/v1\n').update(body))
  fs.writeFileSync(all.file, `${body}\n${hmac.digest('hex')}\n`)
  const store = GrantStore.open(all.options)
  assert.deepEqual([store.live(), store.problem], [[], null])
})
