// Placeholders that are put back: only those of the conversation, only where policy allows, and never the wrong secret.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Replacement } from './finding.ts'
import { PseudonymMap, type PseudonymLimits, type Restoration } from './pseudonyms.ts'
import { redact } from './redact.ts'

const key = new Uint8Array(32)
const github = `ghp_${'A1b2'.repeat(9)}`
const stripe = `sk_live_${'a1B2'.repeat(6)}`

const everywhere: Restoration = { allow: () => true, now: 0 }
const restored = (map: PseudonymMap, text: string, restoration = everywhere): string =>
  Buffer.from(map.restore(text, restoration)).toString()

function mapOf(limits: Partial<PseudonymLimits> = {}): PseudonymMap {
  return new PseudonymMap(key, limits)
}

/** Tells the map of a secret as the redactor does, under a placeholder of choice. */
function issue(map: PseudonymMap, placeholder: string, secret: string, now = 0): void {
  const replacement: Replacement = {
    start: 0,
    end: secret.length,
    detector: 'credential',
    confidence: 'likely',
    placeholder,
    secret: Buffer.from(secret),
  }
  map.at(now).onReplaced(replacement)
}

test('PseudonymMap restores in a tool argument what it issued, and only what the policy allows', () => {
  const map = mapOf()
  const { text } = redact(`use ${github} and ${stripe}`, map.at(0))
  const asked: string[][] = []
  const allow = (detector: string, placeholder: string): boolean => {
    asked.push([detector, placeholder.slice(0, 8)])
    return detector === 'github-token'
  }
  const output = restored(map, text, { allow, now: 0 })
  assert.match(output, /^use ghp_A1b2\S+ and \[[a-z-]+:[0-9a-f]{4}\]$/)
  assert.deepEqual(asked[0], ['github-token', '[github-'])
  assert.equal(restored(map, text), `use ${github} and ${stripe}`)
})

test('PseudonymMap restores nothing that was not issued in this conversation, or not exactly', () => {
  const map = mapOf()
  const { text } = redact(`use ${github}`, map.at(0))
  const placeholder = text.slice(4)
  assert.equal(restored(mapOf(), placeholder), placeholder)
  for (const forged of [
    placeholder.replace('github', 'gitlab'),
    placeholder.toUpperCase(),
    placeholder.replace('[', '%5B'),
    placeholder.slice(0, -1),
    placeholder.replace(':', ': '),
    '[github-token]',
    '[secret:NAME]',
    '[password]',
    '[constructor:0000]',
  ]) {
    assert.equal(restored(map, forged), forged)
  }
})

test('PseudonymMap never holds known secrets and values that are easily guessed', () => {
  const map = mapOf()
  const known = {
    find: (_: Uint8Array, __: number, isFinal: boolean) => ({
      found: [{ start: 0, end: 40, name: 'K' }],
      until: isFinal ? Infinity : 0,
    }),
  }
  redact(github, { ...map.at(0), known })
  redact('password=hunter2 and password=letmein1', map.at(0))
  assert.equal(map.count, 0)
})

test('PseudonymMap restores neither of two secrets that share a placeholder, also when one is long gone', () => {
  const map = mapOf({ age: 10 })
  issue(map, '[credential:0000]', 'first1234567')
  assert.equal(restored(map, '[credential:0000]'), 'first1234567')
  issue(map, '[credential:0000]', 'other1234567', 100)
  issue(map, '[credential:0000]', 'first1234567', 101)
  assert.equal(restored(map, '[credential:0000]'), '[credential:0000]')
  assert.equal(map.count, 0)
})

test('PseudonymMap restores the right secret or none, however many there are', () => {
  const map = mapOf({ count: 5000, bytes: 1_000_000 })
  const tokens = Array.from(
    { length: 1500 },
    (_, index) => `ghp_${'A1b2'.repeat(8)}${String(index).padStart(4, '0')}`,
  )
  const texts = tokens.map((token) => redact(token, map.at(0)).text)
  const shared = texts.filter((text, at) => texts.indexOf(text) !== at || texts.lastIndexOf(text) !== at)
  assert.ok(shared.length > 0, 'sixteen bits are few')
  for (const [at, text] of texts.entries()) {
    assert.equal(restored(map, text), shared.includes(text) ? text : tokens[at])
  }
})

test('PseudonymMap holds so many, so much and so long, and what is seen again longer', () => {
  const map = mapOf({ count: 3, bytes: 100, age: 10 })
  const name = (index: number): string => `[credential:000${index}]`
  for (let index = 0; index < 5; index++) issue(map, name(index), `secret12345${index}`, index)
  assert.equal(map.count, 3)
  assert.equal(restored(map, name(1)), name(1))
  issue(map, name(2), 'secret123452', 11)
  assert.equal(restored(map, name(2) + name(3), { ...everywhere, now: 14 }), `secret123452${name(3)}`)
  issue(map, name(3), 'secret123453', 15)
  assert.equal(restored(map, name(3), { ...everywhere, now: 15 }), 'secret123453')
  issue(map, name(6), 'x'.repeat(99), 16)
  assert.equal(map.count, 1)
  issue(map, name(7), 'x'.repeat(101), 16)
  assert.equal(map.count, 0)
})

test('PseudonymMap restores nothing that could be more than a word where it is put', () => {
  const map = mapOf()
  for (const [index, secret] of [
    'a b',
    'a"b',
    'a\\b',
    'a;b',
    '$(a)b',
    '-rf123',
    '../../x',
    'a\nb',
    'aéb',
    '~/x',
    '`a`',
  ].entries()) {
    const placeholder = `[credential:00${index.toString(16).padStart(2, '0')}]`
    issue(map, placeholder, secret)
    assert.equal(restored(map, placeholder), placeholder)
  }
})

test('PseudonymMap keeps JSON valid, also JSON within JSON', () => {
  const map = mapOf()
  fc.assert(
    fc.property(fc.array(fc.constantFrom(github, stripe, 'x', '"', '\\', '\n', '😀')), (parts) => {
      const inner = JSON.stringify({ a: parts.join('') })
      const { text } = redact(JSON.stringify({ inner }), map.at(0))
      const output: { inner: string } = JSON.parse(restored(map, text))
      JSON.parse(output.inner)
    }),
    { numRuns: 100 },
  )
})

test('PseudonymMap restores nothing once it is disposed, and learns nothing more', () => {
  const map = mapOf()
  issue(map, '[credential:0000]', 'first1234567')
  map.dispose()
  issue(map, '[credential:0001]', 'first1234567')
  assert.equal(restored(map, '[credential:0000][credential:0001]'), '[credential:0000][credential:0001]')
  assert.equal(map.count, 0)
})
