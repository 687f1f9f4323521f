// Tests of the replay: what of a log is a request, and what counts as a difference.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '#base'
import { compare, pastRequests, summarize, type Decider } from './replay.ts'

const who = { assistant: 'claude', pid: 7, executable: '/usr/bin/node', launcher: null }

function entry(index: number, event: Record<string, Json> | null) {
  return { index, time: index * 1000, event }
}

function asked(index: number, path: string, more: Record<string, Json> = {}) {
  return entry(index, { kind: 'intent', who, what: 'read', object: { path }, ...more })
}

test('pastRequests() counts the same request once, with how often and when last, the most frequent first', () => {
  const found = pastRequests([asked(1, '/a'), asked(2, '/b'), asked(3, '/b'), asked(4, '/b')], () => [])
  assert.deepEqual(
    found.map(({ request, count, at }) => [request.resource.path, count, at]),
    [
      ['/b', 3, 4000],
      ['/a', 1, 1000],
    ],
  )
})

test('pastRequests() takes reads, lists and edits that were allowed or denied, and nothing else', () => {
  const found = pastRequests(
    [
      asked(1, '/read'),
      asked(2, '/list', { what: 'list', kind: 'denial', code: 'denied-by-policy' }),
      asked(3, '/edit', { what: 'edit' }),
      asked(4, '/grant', { what: 'grant' }),
      entry(5, null),
      entry(6, { kind: 'consent', paths: ['/consent'] }),
      entry(7, { kind: 'intent', what: 'read', object: { path: 7 } }),
    ],
    () => [],
  )
  assert.deepEqual(
    found.map(({ request: { action, resource } }) => [action, resource.kind, resource.path]),
    [
      ['read', 'file', '/read'],
      ['list', 'folder', '/list'],
      ['edit', 'file', '/edit'],
    ],
  )
})

test('pastRequests() gives destination and classes as recorded, and the classes that the name has', () => {
  const event = {
    who: { ...who, destination: 'cloud:api.example.com' },
    object: { path: '/home/a/x.pem', classes: ['private-key', 'database-credentials'] },
  }
  const [first, second] = pastRequests([asked(1, '', event), asked(2, '/old')], (path) =>
    path === '/old' ? ['dotenv'] : ['private-key'],
  )
  assert.equal(first?.request.assistant.destination, 'cloud:api.example.com')
  assert.deepEqual(first?.request.resource.classes, ['database-credentials', 'private-key'])
  assert.equal(second?.request.assistant.destination, 'unknown')
  assert.deepEqual(second?.request.resource.classes, ['dotenv'])
})

test('compare() tells where a request would end otherwise, and null where it would not', () => {
  const [past] = pastRequests([asked(1, '/a')], () => [])
  assert.ok(past !== undefined)
  const always = (effect: 'allow' | 'ask' | 'deny', tier?: 1 | 2 | 3): Decider => ({
    decide: () => ({ effect, ...(tier !== undefined && { tier }), because: [`${effect}-rule`] }),
  })
  const verdicts = [always('allow'), always('ask', 1), always('ask', 2), always('ask', 3), always('deny')]
  const names = ['allow', 'click', 'passkey', 'persons', 'deny']
  for (const [from, before] of verdicts.entries()) {
    for (const [to, after] of verdicts.entries()) {
      const found = compare(past, before, after)
      if (from === to) assert.equal(found, null)
      else assert.deepEqual([found?.from, found?.to, found?.because.length], [names[from], names[to], 1])
    }
  }
  assert.deepEqual(compare(past, always('ask', 1), always('deny')), {
    assistant: 'claude',
    action: 'read',
    path: '/a',
    count: 1,
    at: 1000,
    from: 'click',
    to: 'deny',
    because: ['deny-rule'],
  })
})

test('summarize() counts requests and not kinds of them, the most frequent way first', () => {
  const past = pastRequests([asked(1, '/a'), asked(2, '/b'), asked(3, '/b'), asked(4, '/c')], () => [])
  const ask: Decider = { decide: () => ({ effect: 'ask', tier: 1, because: [] }) }
  const other: Decider = {
    decide: ({ resource }) => ({ effect: resource.path === '/b' ? 'deny' : 'allow', because: [] }),
  }
  const differences = past.slice(0, 2).flatMap((one) => compare(one, ask, other) ?? [])
  assert.deepEqual(summarize(past, differences), {
    asked: 4,
    changed: 3,
    changes: [
      { from: 'click', to: 'deny', count: 2 },
      { from: 'click', to: 'allow', count: 1 },
    ],
  })
  assert.deepEqual(summarize([], []), { asked: 0, changed: 0, changes: [] })
})
