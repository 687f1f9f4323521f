// Reading JSON with places: the same values as JSON.parse, and nothing that readers could take in two ways.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readSpans, type Node } from './spans.ts'

function plain(text: string, node: Node): unknown {
  if (node.kind === 'list') return node.items.map((item) => plain(text, item))
  if (node.kind === 'object')
    return Object.fromEntries([...node.members].map(([name, value]) => [name, plain(text, value)]))
  assert.deepEqual(
    JSON.parse(text.slice(node.start, node.end)),
    node.kind === 'string' ? node.value : JSON.parse(node.value),
  )
  return JSON.parse(text.slice(node.start, node.end))
}

test('readSpans() reads what JSON.parse reads, and knows the place of each string', () => {
  const json = fc.json({ maxDepth: 4 }).filter((text) => !text.includes('__proto__'))
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 1, '\t'), (text, space) => {
      const spaced = JSON.stringify(JSON.parse(text), null, space)
      const node = readSpans(spaced)
      assert.ok(typeof node === 'object')
      assert.deepEqual(plain(spaced, node), JSON.parse(spaced))
    }),
    { numRuns: 200 },
  )
})

test('readSpans() tells what is no JSON from what it refuses to read', () => {
  for (const text of [
    '',
    '{',
    '[1',
    '{"a"}',
    '{"a":}',
    'abc',
    '"a',
    '"\\x"',
    '"a\nb',
    '1 2',
    '[DONE]',
    '{a:1}',
    '[1,]',
  ])
    assert.equal(readSpans(text), 'foreign', text)
  for (const text of [
    '{"a":1,"a":1}',
    String.raw`{"b":{"a":1,"\u0061":1}}`,
    '['.repeat(100),
    `[${'0,'.repeat(100_001)}0]`,
  ])
    assert.equal(readSpans(text), 'refused', text.slice(0, 30))
})

test('readSpans() reads any text without throwing', () => {
  const scrap = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'null', ' ', '\\u00', '\ud800')
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 20 }), (scraps) => {
      const text = scraps.join('')
      if (typeof readSpans(text) === 'object') JSON.parse(text)
    }),
    { numRuns: 500 },
  )
})
