import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { defaultAnchors } from './detectors.ts'
import { cutEscape, escapeAt, noEscape } from './escapes.ts'
import { prefilterOf } from './prefilter-simd.ts'
import { PlainPrefilter, type Prefilter } from './prefilter.ts'
import { Sweep } from './sweep.ts'
import { redact, scan } from './redact.ts'
import { StreamRedactor } from './stream.ts'
import { Text } from './text.ts'

const key = new Uint8Array(32)
const github = `ghp_${'A1b2'.repeat(9)}`
const masked = redact(github, { key }).text
const azure = `AccountKey=${'aB3/'.repeat(21)}c+==`
const runs = { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 400) }

const escapings = [
  ['percent', (code: string) => `%${code}`],
  ['JSON', (code: string) => `\\u00${code}`],
  ['JSON within JSON', (code: string) => `\\\\u00${code}`],
  ['source code', (code: string) => `\\x${code}`],
  ['HTML', (code: string) => `&#x${code};`],
] as const

/** All but letters and digits. */
function escaped(text: string, escape: (code: string) => string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, (char) => escape(char.charCodeAt(0).toString(16).padStart(2, '0')))
}

for (const [what, escape] of escapings) {
  test(`redact() finds what the escapes of ${what} hide, and masks them whole`, () => {
    const hidden = escaped(`{"github_token": "${github}"}`, escape)
    const [before, after] = hidden.split(escaped(github, escape))
    assert.equal(redact(`x=${hidden} y`, { key }).text, `x=${before}${masked}${after} y`)
    const { text } = redact(`x=${escaped(azure, escape)}`, { key })
    assert.match(text, /^x=AccountKey[^[]*\[azure-storage-key:[0-9a-f]{4}\]$/)
    const pair = escaped('"password": "hunter2hunter3"', escape)
    assert.match(redact(`x=${pair}`, { key }).text, /\[password\]/)
    assert.doesNotMatch(redact(`x=${pair}`, { key }).text, /hunter/)
  })
}

test('redact() reads escapes within escapes, base64 among them', () => {
  for (const hidden of [
    encodeURIComponent(encodeURIComponent(`"${github}"`)),
    encodeURIComponent(btoa(`my token is ${github}?`)),
    `&quot;${encodeURIComponent(`"${github}"`)}&quot;`,
    JSON.stringify(`https:\\/\\/x.org\\/${escaped(github, (code) => `\\u00${code}`)}`),
  ])
    assert.deepEqual(
      scan(`a "${hidden}" b`).map(({ detector }) => detector),
      ['github-token'],
    )
})

test('redact() leaves what is escaped and holds no secret', () => {
  for (const plain of [
    'GET /search?q=a%20b%3Dc&page=2 HTTP/1.1',
    'printf("%20s %3d%%\\n", password, count)',
    '{"html":"\\u003cdiv class=\\u0022token\\u0022\\u003e"}',
    '&lt;input type=&quot;password&quot;&gt; &amp; more',
    'C:\\users\\xavier\\u00e4',
  ])
    assert.deepEqual(scan(plain), [])
})

test('redact() keeps of a secret whose first characters are out only those', () => {
  const { text } = redact(`id sk-ant-api03-${'a1B2'.repeat(20)}%2D${'a1B2'.repeat(3)}a-a1B2c3AA`, { key })
  assert.doesNotMatch(text, /a1B2/)
})

test('escapeAt() reads what stands there, and tells what is cut off', () => {
  const read = (text: string): number => escapeAt(Buffer.from(text), 0, text.length)
  for (const text of ['%3d', '%3D', '\\u003d', '\\x3D', '\\\\\\u003D', '&#61;', '&#x3d;', '&#X003D;'])
    assert.equal(read(`${text}~`), (text.length << 8) | 0x3d, text)
  assert.equal(read('\\/'), (2 << 8) | 0x2f)
  assert.equal(read('&amp;'), (5 << 8) | 0x26)
  for (const text of ['%3', '%', '\\', '\\u003', '\\x', '&', '&am', '&#', '&#x', '&#6', '\\\\'])
    assert.equal(read(text), cutEscape, text)
  for (const text of ['%zz', '\\n', '\\u00e4', '\\u203d', '&auml;', '&#233;', '&#;', '&#x;', '&a '])
    assert.equal(read(`${text}~`), noEscape, text)
})

const piece = fc.oneof(
  fc.constantFrom(
    ...escapings.flatMap(([, escape]) => [
      escaped(github, escape),
      escaped('"password": "', escape),
      escaped(`${azure};`, escape),
      escape('41'),
    ]),
    github,
    azure,
    `${'%2541'.repeat(3)}`,
    '%3',
    '%',
    '\\',
    '\\u00',
    '&#6',
    '&quot;',
    'token',
    'hunter2hunter3',
    '"',
    ' ',
    '\n',
    '=',
    'ghp_',
    'A1b2A1b2A1b2A1b2A1b2',
    btoa(`x ${github}`),
    'x'.repeat(70),
    '-----BEGIN PRIVATE%20KEY-----%0A',
  ),
  fc.string({ maxLength: 4 }),
)
const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('')))

test('StreamRedactor gives for escaped secrets the same however it is cut', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(texts, sizes, (bytes, sizes) => {
      const redactor = new StreamRedactor({ key })
      const parts: Uint8Array[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length]!
        parts.push(...redactor.push(bytes.subarray(at, at + size)))
        at += size
      }
      const { text } = redact(bytes, { key })
      assert.equal(Buffer.concat([...parts, ...redactor.finish()]).toString(), text)
    }),
    runs,
  )
})

test('redact() finds nothing more in what it has masked of escaped text', () => {
  fc.assert(
    fc.property(texts, (bytes) => {
      const { text } = redact(bytes, { key })
      assert.equal(redact(text, { key }).text, text)
    }),
    runs,
  )
})

test('redact() masks a secret in a stretch that is longer than what is read in one go', () => {
  const long = `${'%20word'.repeat(6000)}%22${escaped(github, (code) => `%${code}`)}%22${'%41'.repeat(60_000)}`
  assert.deepEqual(
    scan(long).map(({ start, end }) => end - start),
    [escaped(github, (code) => `%${code}`).length],
  )
  const redactor = new StreamRedactor({ key })
  const parts: Uint8Array[] = []
  for (let at = 0; at < long.length; at += 5000)
    parts.push(...redactor.push(Buffer.from(long.slice(at, at + 5000))))
  assert.equal(Buffer.concat([...parts, ...redactor.finish()]).toString(), redact(long, { key }).text)
})

test('sweep() gives the same escapes in WebAssembly and in plain JavaScript', () => {
  const plain = new PlainPrefilter(defaultAnchors)
  const builds = (['relaxed', 'plain'] as const).map((speed) => prefilterOf(defaultAnchors, [speed]))
  fc.assert(
    fc.property(texts, fc.nat(9), (bytes, from) => {
      const text = new Text(Buffer.concat([Buffer.from('0123456789'), bytes]), true)
      const expected = escapesIn(plain, text, from)
      for (const build of builds) assert.deepEqual(escapesIn(build, text, from), expected)
    }),
    runs,
  )
})

function escapesIn(prefilter: Prefilter, text: Text, from: number): number[] {
  const sweep = new Sweep(prefilter)
  sweep.begin(text, from)
  const escapes: number[] = []
  for (let at = sweep.nextEscape(from); at < text.end; at = sweep.nextEscape(at + 1)) escapes.push(at)
  return escapes
}
