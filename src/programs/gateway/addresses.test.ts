// Whatever a name resolves to is looked at: metadata services never, networks of one's own only where the person says so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAddress, checkedLookup } from './addresses.ts'

const never = [
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '2002:a9fe:a9fe::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
  '0.0.0.0',
  '::',
  '224.0.0.1',
  '255.255.255.255',
  'ff02::1',
]
const own = [
  '127.0.0.1',
  '127.8.8.8',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  'fd12::1',
]
const ownInDisguise = ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::10.0.0.1', '2002:7f00:1::']

test('checkAddress() refuses what is nobody’s API, also for routes on an own network', () => {
  for (const address of never) {
    assert.throws(() => checkAddress(address, true), { code: 'upstream-refused' }, address)
    assert.throws(() => checkAddress(address, false), { code: 'upstream-refused' }, address)
  }
})

test('checkAddress() takes own networks only where the person says so', () => {
  for (const address of [...own, ...ownInDisguise]) {
    assert.throws(() => checkAddress(address, false), { code: 'upstream-refused' }, address)
    checkAddress(address, true)
  }
})

test('checkAddress() takes public addresses', () => {
  for (const address of [
    '93.184.216.34',
    '2606:2800:220:1::',
    '172.32.0.1',
    '100.128.0.1',
    '::ffff:8.8.8.8',
  ]) {
    checkAddress(address, false)
  }
})

test('checkedLookup() gives only addresses that were looked at', async () => {
  const resolve = (isPrivate: boolean) =>
    new Promise((done) => {
      checkedLookup(isPrivate)('localhost', { all: true }, (error, found) => done(error ?? found))
    })
  assert.equal(((await resolve(false)) as { code: string }).code, 'upstream-refused')
  const found = (await resolve(true)) as { address: string }[]
  assert.ok(found.some(({ address }) => address === '127.0.0.1' || address === '::1'))
})
