// Tests of the cards that people see.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { canonicalJson, shown } from '#base'
import { messages } from '#wire'
import * as fc from 'fast-check'
import { makeCard, objectsOf, questionOf, subjectOf, type CardDraft } from './card.ts'

const desk = { id: 'card-1', createdAt: 1000, expiresAt: 61_000, armedAfter: 700 }

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
      proved: {
        uid: 1000,
        pid: 42,
        executable: '/usr/bin/node',
        launcher: { pid: 7, executable: '/usr/bin/code' },
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
    { items: [{ path: '/x', scope: 'folder-hour' }] },
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
        proved: { ...proved, executable: path, launcher: { pid: 1, executable: path } },
        claimed: { name, version: name },
      }
      const items = [{ path, scope: 'folder-hour' as const }]
      const card = makeCard(draftOf({ caller, reason, path, items }), desk)
      assert.ok(messages['consent.card'].request.safeParse(card).success)
      const texts = [
        card.reason,
        card.path,
        card.items[0]?.path,
        card.caller.assistant,
        card.caller.claimed?.name,
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

test('subjectOf() is the assistant and the paths, in whatever way they are asked for', () => {
  const same = [
    draftOf({ lines: [[1, 2]], reason: null }),
    draftOf({ kind: 'access', path: null, items: [{ path: '/home/ana/p/.env', scope: 'file-session' }] }),
  ]
  for (const draft of same) assert.equal(subjectOf(draft), subjectOf(draftOf()))
  assert.notEqual(subjectOf(draftOf({ path: '/home/ana/p/x' })), subjectOf(draftOf()))
})

test('objectsOf() gives the file, its folder, or the items that reach no further than the answer', () => {
  const folder = draftOf({ kind: 'list', path: '/home/ana/p' })
  const items = [
    { path: '/a', scope: 'file-session' as const },
    { path: '/b', scope: 'folder-hour' as const },
  ]
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
  assert.deepEqual(objectsOf(access, 'file-session'), [items[0]])
  assert.deepEqual(objectsOf(access, 'folder-hour'), items)
})
