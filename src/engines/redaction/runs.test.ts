// The strict policy: what looks random goes, words and paths stay, and a second look finds nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { redact, scan } from './redact.ts'
import { StreamRedactor } from './stream.ts'

const key = new Uint8Array(32)
const strict = { key, policy: 'strict' } as const
const random = 'q8Zk2LmW0vXr7TbN4cYd'
const github = `ghp_${'A1b2'.repeat(9)}`

test('redact() masks with the strict policy what looks random without any context, and not without it', () => {
  for (const value of [
    random,
    `${random}/+${random}==`,
    '9f86d081884c7d659a2feaa0c55ad015',
    '550e8400-e29b-41d4-a716-446655440000',
  ]) {
    assert.match(redact(`see ${value}, then`, strict).text, /^see \[unchecked-run:[0-9a-f]{4}\], then$/)
    assert.equal(redact(`see ${value}, then`, { key }).text, `see ${value}, then`)
  }
})

test('redact() leaves with the strict policy words, names, paths, numbers and short runs', () => {
  const text =
    'getElementByIdFromTheStore internationalisation_of_everything src/engines/redaction/index 2026-03-02T10-20-30 ' +
    '12345678901234567890123 --------------------------- aaaaaaaaaaaaaaaaaaaaaaaaaa q8Zk2LmW0v /usr/lib/node_modules/x64'
  assert.equal(redact(text, strict).text, text)
})

test('redact() names with the strict policy what has a name of its own by it', () => {
  assert.match(redact(`a ${github} b`, strict).text, /^a \[github-token:[0-9a-f]{4}\] b$/)
  assert.match(redact(`password=${random}`, strict).text, /^password=\[password[:\]]/)
  assert.deepEqual(scan(random, { threshold: 'certain', policy: 'strict' }), [])
})

test('redact() masks a run of any length as one', () => {
  for (const times of [1, 300, 600, 3000]) {
    assert.match(redact(`a ${random.repeat(times)} b`, strict).text, /^a \[unchecked-run:[0-9a-f]{4}\] b$/)
  }
})

const scrap = fc.constantFrom(
  random,
  random.repeat(300),
  github,
  'password=',
  'a'.repeat(30),
  '[unchecked-run:4f2a]',
  `[secret:${random}]`,
  'word',
  '-',
  ' ',
  '\\n',
  '"',
  'é',
)
const text = fc.array(scrap, { maxLength: 12 }).map((scraps) => scraps.join(''))

test('redact() with the strict policy leaves nothing for a second look', () => {
  fc.assert(
    fc.property(text, (input) => {
      const { text: masked } = redact(input, strict)
      assert.deepEqual(scan(masked, strict), [])
      assert.ok(!masked.replaceAll(`[secret:${random}]`, '').includes(random.slice(0, 12)))
    }),
    { numRuns: 300 },
  )
})

test('StreamRedactor gives with the strict policy the same however the input is cut', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 2000 }), (input, size) => {
      const bytes = Buffer.from(input)
      const redactor = new StreamRedactor(strict)
      const parts: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size)
        parts.push(...redactor.push(bytes.subarray(at, at + size)))
      parts.push(...redactor.finish())
      assert.equal(Buffer.concat(parts).toString(), redact(input, strict).text)
    }),
    { numRuns: 300 },
  )
})
