// The table of messages, frozen: what each role may say is a list here, so that nobody widens it by the way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tell } from './define.ts'
import { isMessageName, messages, type MessageName } from './messages.ts'
import type { Role } from './roles.ts'

const rows = Object.entries(messages)
const phases = new Set(['greeting', 'locked', 'ready'])
const programs = new Set<Role>(['broker', 'keeper', 'reader', 'editor', 'console', 'tokens', 'gateway'])
const kib = 1024

function saidBy(role: Role): string[] {
  return rows.flatMap(([name, { from }]) => (from.includes(role) ? [name] : [])).toSorted()
}

function heardBy(role: Role): string[] {
  return rows.flatMap(([name, { to }]) => (to.includes(role) ? [name] : [])).toSorted()
}

for (const [name, kind] of rows) {
  test(`messages "${name}" has senders, receivers, phases and limits`, () => {
    assert.match(name, /^[a-z]+(\.[a-z]+)?$/)
    assert.ok(kind.from.length > 0 && kind.to.length > 0 && kind.phases.length > 0)
    assert.ok(kind.phases.every((phase) => phases.has(phase)))
    assert.ok(kind.to.every((role) => programs.has(role) || role === 'watch'))
    assert.ok(kind.max > 0 && kind.max <= 20 * kib * kib)
    assert.equal(kind.replyMax === 0, kind.reply === tell)
    assert.ok(kind.replyMax <= 20 * kib * kib)
  })

  test(`messages "${name}" refuses a body that is no object, and one with a field too many`, () => {
    for (const body of [undefined, null, 7, 'text', [], true])
      assert.equal(kind.request.safeParse(body).success, false)
    assert.equal(kind.request.safeParse({ neverAField: 1 }).success, false)
  })
}

const forAssistants = [
  'access.request',
  'access.wait',
  'call.prepare',
  'file.edit',
  'file.grep',
  'file.list',
  'file.read',
  'file.search',
  'grant.list',
  'hello',
  'route.list',
  'secret.list',
  'status',
]

test('messages let an assistant ask, and neither grant, reveal nor decide', () => {
  assert.deepEqual(saidBy('sdk'), forAssistants)
  assert.deepEqual(saidBy('shim'), [...forAssistants, 'client.claim'].toSorted())
})

test('messages let a terminal only watch, answer and change passkeys', () => {
  assert.deepEqual(saidBy('watch'), [
    'consent.decide',
    'hello',
    'passkey.offer',
    'passkey.wait',
    'status',
    'watch.offer',
    'watch.prove',
  ])
})

test('messages let nobody but the console and a proved terminal decide', () => {
  assert.deepEqual(messages['consent.decide'].from, ['console', 'watch'])
})

test('messages let the gateway ask whether it may, and say what it did, nothing else', () => {
  assert.deepEqual(saidBy('gateway'), ['gateway.admit', 'gateway.served'])
})

test('messages let keeper and reader ask nobody anything', () => {
  assert.deepEqual([saidBy('keeper'), saidBy('reader')], [[], []])
})

test('messages let only the broker speak to keeper and reader on its own account', () => {
  for (const name of [...heardBy('keeper'), ...heardBy('reader')] as MessageName[]) {
    assert.ok(messages[name].from.includes('broker'), name)
  }
})

test('messages give a role that reads hostile files no way to keys, and the keeper none to files', () => {
  assert.deepEqual(heardBy('reader'), [
    'reader.grep',
    'reader.identify',
    'reader.list',
    'reader.read',
    'reader.search',
    'reader.table',
  ])
  assert.deepEqual(
    heardBy('keeper').filter((name) => /file|reader|path/.test(name)),
    [],
  )
})

test('messages before hello are hello alone', () => {
  const early = rows.flatMap(([name, kind]) => (kind.phases.includes('greeting') ? [name] : []))
  assert.deepEqual(early, ['hello'])
})

test('messages that touch files, secrets, grants or the log are not taken while the vault is locked', () => {
  const taken = rows.flatMap(([name, kind]) => (kind.phases.includes('locked') ? [name] : [])).toSorted()
  assert.deepEqual(taken, [
    'client.claim',
    'consent.card',
    'consent.ended',
    'console.open',
    'doctor',
    'keeper.lock',
    'keeper.status',
    'keeper.unlock',
    'passkey.challenge',
    'passkey.enter',
    'status',
    'stop',
    'vault.lock',
    'vault.status',
    'vault.unlock',
    'watch.offer',
    'watch.prove',
  ])
})

test('messages of an assistant carry at most 256 KiB', () => {
  for (const name of saidBy('shim') as MessageName[]) assert.ok(messages[name].max <= 256 * kib, name)
})

test('isMessageName() takes no name that every object has', () => {
  for (const name of ['toString', '__proto__', 'constructor', '', 'STATUS'])
    assert.equal(isMessageName(name), false)
  assert.equal(isMessageName('status'), true)
})
