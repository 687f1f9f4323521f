// Every spelling of a secret, at every place, however the text is cut: what is found is the same, and is all of it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '#base'
import { knownTable } from '#forms'
import { parseKnownSecrets } from '#known'
import * as fc from 'fast-check'
import { LiveSecrets } from './live.ts'
import { FlowMask } from './masking.ts'

/** Put together here, so that no scanner takes this file for a leak. */
const value = ['q8Zk2LmW0vXr', '7TuNb5Yc9HdJ'].join('')
const short = 'Xk0-7Uq_3MzT'
const long = Array.from({ length: 120 }, (_, line) => `${line * line}k${line}`).join('-')

const secrets = new LiveSecrets(
  parseKnownSecrets(
    knownTable(
      [value, short, long].map((one, index) => ({
        name: `name${index}`,
        secret: Secret.copy(Buffer.from(one)),
      })),
      (length) => new Uint8Array(randomBytes(length)),
    ).table,
  ),
)

type Spell = (text: string) => string
const each =
  (spell: (byte: number) => string, between = ''): Spell =>
  (text) =>
    Array.from(Buffer.from(text), spell).join(between)
const hex = (byte: number, length = 2): string => byte.toString(16).padStart(length, '0')
const folded = (text: string, length: number, end: string): string =>
  text.replaceAll(new RegExp(`.{${length}}(?!$)`, 'g'), `$&${end}`)

const spellings: Readonly<Record<string, Spell>> = {
  percent: each((byte) => `%${hex(byte)}`),
  'percent, upper case': each((byte) => `%${hex(byte).toUpperCase()}`),
  'quoted-printable': each((byte) => `=${hex(byte).toUpperCase()}`),
  'string literal': each((byte) => `\\x${hex(byte)}`),
  octal: each((byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  unicode: each((byte) => `\\u${hex(byte, 4)}`),
  'unicode, upper case': each((byte) => `\\u${hex(byte, 4).toUpperCase()}`),
  'unicode of Rust': each((byte) => `\\u{${hex(byte)}}`),
  'HTML, decimal': each((byte) => `&#${byte};`),
  'HTML, hexadecimal': each((byte) => `&#x${hex(byte)};`),
  'HTML, upper case': each((byte) => `&#X${hex(byte).toUpperCase()};`),
  'pairs with colons': each((byte) => hex(byte), ':'),
  'pairs with colons, upper case': each((byte) => hex(byte).toUpperCase(), ':'),
  'pairs with spaces': each((byte) => hex(byte), ' '),
  'pairs with dashes': each((byte) => hex(byte), '-'),
  'pairs with prefix': each((byte) => `0x${hex(byte)}`, ', '),
  'list of numbers': each(String, ','),
  'list of numbers with spaces': each(String, ', '),
  'columns of numbers': each((byte) => String(byte).padStart(4)),
}

function maskedIn(chunks: readonly Uint8Array[]): string {
  const mask = new FlowMask(secrets, () => {})
  const parts = chunks.flatMap((chunk) => mask.push(chunk).map((part) => Buffer.from(part)))
  return Buffer.concat([...parts, ...mask.finish()]).toString('latin1')
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

for (const [name, spell] of Object.entries(spellings)) {
  test(`LiveSecrets finds a secret spelled as ${name}, at any place`, () => {
    for (const [secret, found] of [
      [value, 'name0'],
      [short, 'name1'],
    ] as const) {
      for (let before = 0; before < 45; before++) {
        const text = `${'"'.repeat(before)}${spell(secret)}"${'z'.repeat(before % 7)}`
        const masked = maskedIn([Buffer.from(text)])
        assert.match(masked, new RegExp(`^"* *\\[secret:${found}\\]"z*$`), text)
      }
    }
  })
}

for (const [name, fold] of Object.entries({
  'base64 in lines of 64': (text: string) => folded(Buffer.from(text).toString('base64'), 64, '\n'),
  'base64 in lines of 76': (text: string) => folded(Buffer.from(text).toString('base64'), 76, '\r\n'),
  'base64 in lines, in JSON': (text: string) => folded(Buffer.from(text).toString('base64'), 76, '\\r\\n'),
  'base64 in lines, indented': (text: string) => folded(Buffer.from(text).toString('base64'), 64, '\n    '),
  'base64url in lines': (text: string) => folded(Buffer.from(text).toString('base64url'), 64, '\\n'),
  'hexadecimal in lines of 60': (text: string) => folded(Buffer.from(text).toString('hex'), 60, '\n'),
})) {
  test(`LiveSecrets finds a secret in ${name}, wherever the line ends in it`, () => {
    for (let before = 0; before < 130; before++) {
      const text = `"${fold(`${'é~?'.repeat(50).slice(0, before)}${value}${'.~'.repeat(40)}`)}"`
      const masked = maskedIn([Buffer.from(text)])
      assert.match(masked, /\[secret:name0\]/, text)
      const parts = masked
        .split('[secret:name0]')
        .join('')
        .replaceAll(/\\[rn]|[^\w+/-]/g, '')
      const [plain, hexed] = ['base64', 'hex'].map((form) =>
        Buffer.from(parts, form as 'hex').toString('latin1'),
      )
      for (let at = 0; at + 6 <= value.length; at++)
        assert.ok(!plain!.includes(value.slice(at, at + 6)) && !hexed!.includes(value.slice(at, at + 6)))
    }
  })
}

const piece = fc.constantFrom(
  ...[value, short].flatMap((secret) => Object.values(spellings).map((spell) => spell(secret))),
  ...Object.values(spellings).map((spell) => spell(value).slice(0, 40)),
  folded(Buffer.from(`${'x'.repeat(40)}${value}`).toString('base64'), 64, '\n'),
  folded(Buffer.from(`${long}${value}`).toString('base64'), 76, '\\r\\n'),
  folded(Buffer.from(long).toString('base64'), 64, '\n'),
  'x'.repeat(64),
  '\n',
  '\\',
  '%',
  '1, ',
  '71:',
  ' ',
  '"',
  'ab',
)
const text = fc.array(piece, { maxLength: 7 }).map((pieces) => Buffer.from(pieces.join('')))
const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 5 })

test('LiveSecrets finds the same however the text is cut', () => {
  fc.assert(
    fc.property(text, sizes, (text, sizes) => {
      assert.equal(maskedIn(cut(text, sizes)), maskedIn([text]))
    }),
    { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 300) },
  )
})

test('LiveSecrets holds back no more than what could go on', () => {
  const held = (text: string): number =>
    text.length - Math.min(text.length, secrets.find(Buffer.from(text), 0, false).until)
  assert.equal(held('the quick brown fox jumps over the lazy dog.\n'), 0)
  assert.equal(held(`{"a":[1, 22, 333, 4444],"b":"x"}\n`), 0)
  assert.equal(held(`${'at 2026-11-25 14:55:49,123 all is well\n'.repeat(9)}`), 0)
  assert.ok(held(`${'x'.repeat(64)}\n`) <= 64)
  assert.ok(held('0, 1, 2, 3, 4, 5, 6, 7, 8, ') <= 4)
})
