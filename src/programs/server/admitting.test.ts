import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit, identityOf } from './admitting.ts'

const identity = {
  issuer: 'i',
  subject: 's',
  email: 'ann@org.example',
  groups: ['engineering'],
  label: 'ann',
}
const every = ['a', 'b']

test('admit() takes the first that fits, and nobody whom none fits', () => {
  const first = { group: 'engineering', tenant: 'eng', scopes: ['a'] }
  const second = { domain: 'org.example', tenant: 'org' }
  assert.deepEqual(admit(identity, [first, second], every), { tenant: 'eng', scopes: ['a'] })
  assert.deepEqual(admit({ ...identity, groups: [] }, [first, second], every), {
    tenant: 'org',
    scopes: every,
  })
  assert.equal(admit({ ...identity, groups: [], email: undefined }, [first, second], every), null)
  assert.equal(admit(identity, [], every), null)
})

test('admit() wants all that an entry names, and a whole domain', () => {
  const both = [{ group: 'engineering', domain: 'org.example', tenant: 't' }]
  assert.notEqual(admit(identity, both, every), null)
  assert.equal(admit({ ...identity, groups: [] }, both, every), null)
  for (const email of [
    'ann@evil-org.example',
    'ann@sub.org.example',
    'org.example@evil.example',
    'ann@org.example.evil',
  ]) {
    assert.equal(admit({ ...identity, email }, [{ domain: 'org.example', tenant: 't' }], every), null, email)
  }
  assert.equal(admit(identity, [{ tenant: 't' }], every), null, 'everyone must be said')
  assert.notEqual(admit(identity, [{ everyone: true, tenant: 't' }], every), null)
})

test('identityOf() reads claims of the wrong form as left out', () => {
  const claims = { sub: 's', email: 7, email_verified: true, name: '', groups: 'engineering' }
  assert.deepEqual(identityOf('i', claims, 'groups'), {
    issuer: 'i',
    subject: 's',
    email: undefined,
    groups: [],
    label: 's',
  })
})
