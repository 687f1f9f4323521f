import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { defaultAnchors } from './detectors.ts'
import { prefilterOf } from './prefilter-simd.ts'
import { PlainPrefilter, type Prefilter } from './prefilter.ts'
import { Sweep } from './sweep.ts'
import { redact, scan } from './redact.ts'
import { redactStream } from './stream.ts'
import { Text } from './text.ts'

const key = new Uint8Array(32)
const github = `ghp_${'A1b2'.repeat(9)}`
const placeholder = redact(github, { key }).text
const runs = { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 300) }

for (const [what, encode] of [
  ['base64', (text: string) => Buffer.from(text).toString('base64')],
  ['base64url', (text: string) => Buffer.from(text).toString('base64url')],
  ['hexadecimal', (text: string) => Buffer.from(text).toString('hex')],
  ['HEXADECIMAL', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
  ['base64 of base64', (text: string) => btoa(btoa(text))],
] as const) {
  test(`redact() masks a run of ${what} in which a secret stands, whatever is around it`, () => {
    for (const before of ['', 'x ', 'xy ', '{"token": "', 'a longer text goes before: ']) {
      for (const after of ['', '"}', ' and more\n']) {
        const run = encode(`${before}${github}${after}`)
        assert.equal(redact(`see "${run}" there`, { key }).text, `see "${placeholder}" there`)
      }
    }
  })
}

test('redact() leaves runs of base64 and hexadecimal that hold no secret', () => {
  for (const plain of [
    Buffer.from('nothing here that anybody could use').toString('base64'),
    Buffer.from('nothing here that anybody could use').toString('hex'),
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
  ])
    assert.deepEqual(scan(`x ${plain} y`, { threshold: 'hint' }), [])
})

test('redact() masks to its end a run that is longer than what is decoded of it', () => {
  const run = Buffer.from(`${github} ${'and so on '.repeat(2000)}`).toString('base64url')
  assert.equal(redact(`x ${run} y`, { key }).text, `x ${placeholder} y`)
})

test('redactStream() gives for encoded secrets the same however they are cut', async () => {
  const piece = fc.constantFrom(
    Buffer.from(`x${github}`).toString('base64'),
    Buffer.from(github).toString('hex'),
    Buffer.from('no secret in this, but text').toString('base64'),
    'and',
    'be',
    ' ',
    '"',
    '/',
    '=',
    'Z2hw',
    '2026',
    '6768',
    github,
    'password: ',
  )
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), sizes, async (pieces, sizes) => {
      const bytes = Buffer.from(pieces.join(''))
      const { readable, writable } = redactStream({ key })
      const output = Array.fromAsync(readable)
      const writer = writable.getWriter()
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length]!
        await writer.write(bytes.subarray(at, at + size))
        at += size
      }
      await writer.close()
      const { text } = redact(bytes, { key })
      assert.equal(Buffer.concat(await output).toString(), text)
      assert.equal(redact(text, { key }).text, text)
    }),
    runs,
  )
})

test('sweep() gives the same runs in WebAssembly and in plain JavaScript', () => {
  const plain = new PlainPrefilter(defaultAnchors)
  const builds = (['relaxed', 'plain'] as const).map((speed) => prefilterOf(defaultAnchors, [speed]))
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom('I', 'Z', 'a', 'f', '0', '9', '+', '/', '_', '-'), maxLength: 40 }),
    fc.string({ maxLength: 30 }).map((text) => Buffer.from(text.repeat(3)).toString('base64')),
    fc.string({ maxLength: 30 }).map((text) => Buffer.from(text).toString('hex')),
    fc.constantFrom(' ', '=', '"'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(9), (pieces, from) => {
      const text = new Text(Buffer.from(`0123456789${pieces.join('')}`), true)
      const expected = runsIn(plain, text, from)
      for (const build of builds) assert.deepEqual(runsIn(build, text, from), expected)
    }),
    runs,
  )
})

function runsIn(prefilter: Prefilter, text: Text, from: number): number[] {
  const sweep = new Sweep(prefilter)
  sweep.begin(text, from)
  const runs: number[] = []
  for (let at = sweep.nextRun(from); at < text.end; at = sweep.nextRun(at + 1)) runs.push(at)
  return runs
}
