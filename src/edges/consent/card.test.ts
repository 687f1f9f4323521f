// Tests of the cards that people see.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { canonicalJson, shown } from '#base'
import { messages } from '#wire'
import * as fc from 'fast-check'
import { makeCard as makeWith, objectsOf, pathsOf, programOf, questionOf, type CardDraft } from './card.ts'

const desk = { id: 'card-1', createdAt: 1000, expiresAt: 61_000, armedAfter: 700 }

function makeCard(draft: CardDraft, at = desk) {
  return makeWith(draft, at, () => null)
}

/** An item as it stands on a card. */
function itemOf(path: string, scope: 'file-session' | 'folder-hour', isTicked = true) {
  return { path, scope, classes: [], isTicked }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function draftOf(changes: Partial<CardDraft> = {}): CardDraft {
  const text = 'PORT=8080\n'
  return {
    kind: 'read',
    tier: 1,
    caller: {
      assistant: 'claude-code',
      destination: 'unknown',
      proved: {
        uid: 1000,
        pid: 42,
        executable: '/usr/bin/node',
        sha256: 'a'.repeat(64),
        package: null,
        launcher: { pid: 7, executable: '/usr/bin/code', sha256: 'b'.repeat(64), package: 'code 1.2' },
        ancestry: [{ pid: 7, executable: '/usr/bin/code' }],
      },
      claimed: { name: 'Claude', version: '1' },
    },
    reason: 'to see the port',
    path: '/home/ana/p/.env',
    lines: null,
    classes: ['dotenv'],
    items: [],
    content: { text, sha256: hash(text), bytes: 10, redactions: [], size: 10 },
    scopes: ['once', 'file-session', 'folder-hour'],
    ...changes,
  }
}

test('makeCard() gives a digest over the canonical JSON of all other members', () => {
  const { digest, ...rest } = makeCard(draftOf(), desk)
  assert.equal(digest, hash(canonicalJson(rest)))
})

test('makeCard() changes the digest with every member', () => {
  const changes: Partial<CardDraft>[] = [
    { kind: 'list' },
    { tier: 2 },
    { reason: 'else' },
    { path: '/x' },
    { lines: [[1, 2]] },
    { classes: [] },
    { items: [itemOf('/x', 'folder-hour')] },
    { items: [itemOf('/x', 'folder-hour', false)] },
    { caller: { ...draftOf().caller, destination: 'local' } },
    { content: null },
    { scopes: ['once'] },
    { caller: { ...draftOf().caller, assistant: 'cursor' } },
  ]
  const digests = [{}, ...changes].map((change) => makeCard(draftOf(change), desk).digest)
  assert.equal(new Set(digests).size, changes.length + 1)
  assert.notEqual(makeCard(draftOf(), { ...desk, id: 'card-2' }).digest, digests[0])
})

test('makeCard() refuses content that does not have the hash that it claims', () => {
  const content = { text: 'a', sha256: hash('b'), bytes: 1, redactions: [], size: 1 }
  assert.throws(() => makeCard(draftOf({ content }), desk), { code: 'internal' })
})

test('makeCard() refuses text without a canonical form', () => {
  const content = { text: '\ud800', sha256: hash('\ud800'), bytes: 3, redactions: [], size: 3 }
  assert.throws(() => makeCard(draftOf({ content }), desk), { code: 'internal' })
})

test('makeCard() leaves out members that no card has', () => {
  const draft = Object.assign(draftOf(), { html: '<b>' })
  assert.equal('html' in makeCard(draft, desk), false)
})

test('makeCard() gives cards that the wire takes, with nothing hidden in them, whatever an assistant says', () => {
  const foreign = fc.string({ unit: 'binary', minLength: 1, maxLength: 1000 })
  const bidi = foreign.map((text) => `${text}\u202e\u200b\u001b[2J`)
  fc.assert(
    fc.property(bidi, bidi, bidi, (name, reason, path) => {
      const { proved } = draftOf().caller
      const caller = {
        assistant: name,
        destination: 'cloud:api.example.com',
        proved: {
          ...proved,
          executable: path,
          package: name,
          launcher: { pid: 1, executable: path, sha256: null, package: name },
          ancestry: [{ pid: 1, executable: path }],
        },
        claimed: { name, version: name },
      }
      const items = [itemOf(path, 'folder-hour')]
      const card = makeCard(draftOf({ caller, reason, path, items }), desk)
      assert.ok(messages['consent.card'].request.safeParse(card).success)
      const texts = [
        card.reason,
        card.path,
        card.items[0]?.path,
        card.caller.assistant,
        card.caller.claimed?.name,
        card.caller.proved.package,
        card.caller.proved.launcher?.executable,
        card.caller.proved.ancestry[0]?.executable,
      ]
      for (const text of texts) assert.equal(text, shown(text ?? '', 4096))
    }),
  )
})

test('questionOf() is the same for another reason and for nothing else', () => {
  assert.equal(questionOf(draftOf()), questionOf(draftOf({ reason: 'please' })))
  assert.notEqual(questionOf(draftOf()), questionOf(draftOf({ lines: [[1, 2]] })))
  const text = 'PORT=8081\n'
  const content = { text, sha256: hash(text), bytes: 10, redactions: [], size: 10 }
  assert.notEqual(questionOf(draftOf()), questionOf(draftOf({ content })))
})

test('makeCard() says when this assistant was last allowed these very paths, under the digest', () => {
  const last = { at: 5, method: 'console' } as const
  const card = makeWith(draftOf(), desk, (assistant, paths) => {
    assert.deepEqual([assistant, paths], ['claude-code', ['/home/ana/p/.env']])
    return last
  })
  assert.deepEqual(card.last, last)
  assert.notEqual(card.digest, makeCard(draftOf()).digest)
})

test('pathsOf() gives what is asked for, in whatever way', () => {
  const items = [itemOf('/home/ana/p/.env', 'file-session')]
  for (const draft of [draftOf({ lines: [[1, 2]] }), draftOf({ kind: 'access', path: null, items })])
    assert.deepEqual(pathsOf(draft), ['/home/ana/p/.env'])
})

test('programOf() changes when the program or the launcher is another file, and with nothing else', () => {
  const { caller } = draftOf()
  const { proved } = caller
  const launcher = proved.launcher!
  const others = [
    { ...proved, executable: '/usr/bin/other' },
    { ...proved, sha256: 'c'.repeat(64) },
    { ...proved, launcher: null },
    { ...proved, launcher: { ...launcher, sha256: 'c'.repeat(64) } },
  ]
  for (const other of others) assert.notEqual(programOf({ proved: other }), programOf(caller))
  const same = { ...proved, pid: 43, ancestry: [], launcher: { ...launcher, pid: 8 } }
  assert.equal(programOf({ proved: same }), programOf(caller))
})

test('objectsOf() gives the file, its folder, or the items that reach no further than the answer', () => {
  const folder = draftOf({ kind: 'list', path: '/home/ana/p' })
  const wished = [
    { path: '/a', scope: 'file-session' },
    { path: '/b', scope: 'folder-hour' },
  ] as const
  const items = wished.map(({ path, scope }) => itemOf(path, scope))
  const access = draftOf({ kind: 'access', path: null, items })
  assert.deepEqual(objectsOf(draftOf(), 'once'), [])
  assert.deepEqual(objectsOf(draftOf(), 'file-session'), [
    { scope: 'file-session', path: '/home/ana/p/.env' },
  ])
  assert.deepEqual(objectsOf(draftOf(), 'folder-hour'), [{ scope: 'folder-hour', path: '/home/ana/p' }])
  assert.deepEqual(objectsOf(draftOf({ path: '/x' }), 'folder-hour'), [{ scope: 'folder-hour', path: '/' }])
  assert.deepEqual(objectsOf(folder, 'folder-hour'), [{ scope: 'folder-hour', path: '/home/ana/p' }])
  assert.deepEqual(objectsOf(folder, 'file-session'), [])
  assert.deepEqual(objectsOf(access, 'once'), [])
  assert.deepEqual(objectsOf(access, 'file-session'), [wished[0]])
  assert.deepEqual(objectsOf(access, 'folder-hour'), wished)
  assert.deepEqual(objectsOf(access, 'folder-hour', [1]), [wished[1]])
  assert.deepEqual(objectsOf(access, 'folder-hour', []), [])
  const unticked = { ...access, items: [items[0]!, { ...items[1]!, isTicked: false }] }
  assert.deepEqual(objectsOf(unticked, 'folder-hour'), [wished[0]])
  assert.deepEqual(objectsOf(unticked, 'folder-hour', [0, 1]), wished)
})
