// Personal data: the cases of vectors/pii, what must not be taken for it, and the properties of masking with it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { piiIds, type PiiId } from './pii-kinds.ts'
import { PiiFinder } from './pii.ts'
import { redact, scan } from './redact.ts'
import { StreamRedactor } from './stream.ts'
import { Text } from './text.ts'

interface Cases {
  readonly found: readonly (readonly [before: string, value: string, after: string])[]
  readonly not: readonly string[]
}

const key = new Uint8Array(32)
const pii = true
const thresholds = ['hint', 'likely', 'certain'] as const
const cases = new Map<string, Cases>(
  Object.entries(
    JSON.parse(readFileSync(new URL('../../../vectors/pii/cases.json', import.meta.url), 'utf8')),
  ),
)

/** A property is tried this often: as said, or as KEYREEVE_PROPERTY_RUNS says, for a longer search. */
function runs(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? usual) }
}

const github = `ghp_${'A1b2'.repeat(9)}`
const values = [...cases.values()].flatMap(({ found }) => found.map(([, value]) => value))
const words = ['ssn ', 'phone: ', 'call ', 'card ', 'version ', 'IP ', 'BSN ', 'trace_id=', 'PESEL ', 'to ']
const pieces = [
  ...words,
  github,
  'password=hunter22 ',
  '"password": "',
  'https://u:',
  '@host ',
  '@',
  '%40',
  '.com',
  'a.b',
  '[email]',
  '[payment-card]',
  '[password]',
  '[secret:x]',
  '[',
  ']',
  '(',
  ')',
  ' ',
  ' ',
  '-',
  '.',
  ':',
  '/',
  '+',
  ',',
  '"',
  '\\',
  '\\n',
  '\\u003d',
  '%3D',
  '\n',
  '1',
  '42',
  '2026-11-23',
  'x',
  'é',
  '请',
  '😀',
]
const piece = fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...values))
const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''))

function streamed(bytes: Uint8Array, sizes: readonly number[]): string {
  const redactor = new StreamRedactor({ key, pii })
  const parts: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    parts.push(...redactor.push(bytes.slice(at, at + size)))
    at += size
  }
  return Buffer.concat([...parts, ...redactor.finish()]).toString()
}

function stepsFor(input: string): number {
  const whole = new Text(Buffer.from(input), true)
  new PiiFinder(true).read(whole, 0)
  return whole.steps
}

test('vectors/pii: every kind has cases of both kinds', () => {
  const without = piiIds.filter((id) => (cases.get(id)?.found.length ?? 0) * cases.get(id)!.not.length === 0)
  assert.deepEqual(without, [])
  assert.equal(cases.size, piiIds.length)
})

for (const id of piiIds) {
  test(`scan() finds ${id} where the cases have it, and nowhere else`, () => {
    const { found, not } = cases.get(id)!
    const findingsOf = (input: string): { start: number; end: number }[] =>
      scan(input, { pii: [id] })
        .filter(({ detector }) => detector === id)
        .map(({ start, end }) => ({ start, end }))
    for (const [before, value, after] of found) {
      const expected = { start: before.length, end: before.length + value.length }
      assert.deepEqual(findingsOf(before + value + after), [expected], before + value + after)
    }
    for (const input of not) assert.deepEqual(findingsOf(input), [], input)
  })

  test(`redact() leaves nothing of ${id} to a second pass, at any cut`, () => {
    for (const [before, value, after] of cases.get(id)!.found) {
      const input = before + value + after
      const only: { pii: readonly PiiId[] } = { pii: [id] }
      const { text } = redact(input, only)
      assert.deepEqual(scan(text, only), [], text)
      const bytes = Buffer.from(input)
      for (let at = 0; at <= bytes.length; at++) {
        const redactor = new StreamRedactor(only)
        const parts = [...redactor.push(bytes.subarray(0, at)), ...redactor.push(bytes.subarray(at))]
        assert.equal(
          Buffer.concat([...parts, ...redactor.finish()]).toString(),
          text,
          `${input} cut at ${at}`,
        )
      }
    }
  })
}

test('scan() looks for no personal data unless it is asked to', () => {
  for (const value of values) assert.deepEqual(scan(`x ${value} y`), [], value)
})

test('scan() looks for the national ids of all countries by one name, and for private addresses only by theirs', () => {
  const input = 'ssn 219-09-9999, jane@example.com, 10.0.0.1'
  const found = (pii: Parameters<typeof scan>[1]): string[] =>
    scan(input, pii).map(({ detector }) => detector)
  assert.deepEqual(found({ pii: ['national-id'] }), ['us-ssn'])
  assert.deepEqual(found({ pii: true }), ['us-ssn', 'email'])
  assert.deepEqual(found({ pii: ['private-ip-address'] }), ['private-ip-address'])
})

test('redact() gives personal data no pseudonym: it can be guessed', () => {
  assert.equal(redact('jane@example.com 219-09-9999', { pii }).text, '[email] [us-ssn]')
})

test('redact() puts quotes around the placeholder of a bare number in JSON', () => {
  for (const value of [
    { phone: 4_155_552_671 },
    { list: [1, 4_111_111_111_111_111, 2] },
    { list: ['a', 4_111_111_111_111_111] },
    [[4_111_111_111_111_111], 1],
    { 'a:': ', ', card: 4_111_111_111_111_111 },
    { text: 'cards 4111111111111111, 4012888888881881, 1' },
  ]) {
    for (const spaces of [0, 2]) {
      const { text, findings } = redact(JSON.stringify(value, null, spaces), { pii })
      assert.ok(findings.length > 0)
      assert.doesNotThrow(() => JSON.parse(text), text)
    }
    const nested = redact(JSON.stringify(JSON.stringify(value)), { pii }).text
    assert.doesNotThrow(() => JSON.parse(nested), nested)
  }
})

test('redact() keeps JSON valid with personal data in it', () => {
  const number = fc.constantFrom(4_111_111_111_111_111, 4_155_552_671, 219_099_999, -30_569_309_025_904, 1.5)
  const value = fc.oneof(text, number, fc.array(fc.oneof(text, number), { maxLength: 5 }))
  fc.assert(
    fc.property(fc.dictionary(text, value, { maxKeys: 5 }), (value) => {
      for (const threshold of ['hint', 'likely'] as const) {
        JSON.parse(redact(JSON.stringify(value), { pii, threshold }).text)
        JSON.parse(redact(JSON.stringify(value, null, 2), { pii, threshold }).text)
        JSON.parse(redact(JSON.stringify(JSON.stringify(value)), { pii, threshold }).text)
      }
    }),
    runs(300),
  )
})

test('redact() gives a text in which no personal data is found, and which it does not change again', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...thresholds), (input, threshold) => {
      const { text } = redact(input, { key, pii, threshold })
      assert.deepEqual(scan(text, { pii, threshold }), [])
      assert.equal(redact(text, { key, pii, threshold }).text, text)
    }),
    runs(1500),
  )
})

test('StreamRedactor gives the same with personal data however the input is cut', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(text, sizes, (input, sizes) => {
      const bytes = Buffer.from(input)
      assert.equal(streamed(bytes, sizes), redact(bytes, { key, pii }).text)
    }),
    runs(800),
  )
})

test('StreamRedactor gives the same with personal data when the front of the text is gone', () => {
  const input = Buffer.from(
    values
      .map((value) => `some words before ${value} and behind\n`)
      .join('')
      .repeat(20),
  )
  const { text } = redact(input, { key, pii })
  for (const size of [7, 997, 65_536]) assert.equal(streamed(input, [size]), text)
})

for (const flood of [
  '1',
  '1 ',
  '4111 ',
  '1-',
  '1.',
  'a@',
  'a@b.c',
  '@',
  '%40',
  ':',
  'a:',
  '::',
  '+1',
  '(1',
  'DE89 ',
  '555-',
  ']',
  '[',
  'x]',
  '130692544 ',
  'call 123 456 ',
  '12345678Z ',
  'a.b.c.',
  '[4111111111111111,',
]) {
  test(`PiiFinder does linear work on a flood of ${JSON.stringify(flood)}`, () => {
    const [less, more] = [5000, 20_000].map((size) => stepsFor(flood.repeat(size / flood.length)))
    assert.ok(more! <= 4.5 * less! + 5000, `${less} steps, then ${more}`)
    assert.ok(more! <= 60 * 20_000, `${more} steps`)
  })
}
