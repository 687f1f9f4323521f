import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Fault, Secret } from '#base'
import * as fc from 'fast-check'
import { knownTable } from '#forms'
import { parseKnownSecrets, type KnownSecrets } from './known.ts'

const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length))
const value = 'q8/Zk2"Lm+W0v\\Xr é7'
const plain = 'q8Zk2LmW0vXr7TuN'

function tableOf(...values: readonly (string | Uint8Array)[]): KnownSecrets {
  const secrets = values.map((one, index) => ({
    name: `name${index}`,
    secret: Secret.copy(Buffer.from(one)),
  }))
  return parseKnownSecrets(knownTable(secrets, random).table)
}

/** What `find` gives, each once and in order, as the text that it takes. */
function foundIn(input: string, known: KnownSecrets): string[] {
  const bytes = Buffer.from(input)
  const places = known.find(bytes).found.map(({ start, end, name }) => ({ start, end, name }))
  return places
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, name }) => `${name}: ${bytes.subarray(start, end).toString()}`)
}

const bytes = Buffer.from(value)
const encodings: readonly (readonly [string, string])[] = [
  ['raw', value],
  ['JSON', JSON.stringify(value).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
  ['JSON with escaped solidus', JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/')],
  ['ASCII JSON', JSON.stringify(value).slice(1, -1).replace('é', '\\u00e9')],
  ['percent', encodeURIComponent(value)],
  ['percent, lower case', encodeURIComponent(value).replaceAll(/%../g, (part) => part.toLowerCase())],
  ['form', new URLSearchParams({ k: value }).toString().slice(2)],
  ['hex', bytes.toString('hex')],
  ['HEX', bytes.toString('hex').toUpperCase()],
  ...['', 'u', 'us', 'user:', 'user1:'].flatMap((before) =>
    ['', '!', '!!'].map((after) => {
      const text = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])
      return [`base64 of ${before}…${after}`, text.toString('base64')] as const
    }),
  ),
  ['base64url', bytes.toString('base64url')],
  ['JSON, ASCII in upper case', JSON.stringify(value).slice(1, -1).replace('é', '\\u00E9')],
  ['JSON of .NET', value.replaceAll('\\', '\\\\').replaceAll(/["+é]/g, unitOf)],
  ['JSON of PHP', JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/').replace('é', '\\u00e9')],
  ['percent, twice', encodeURIComponent(encodeURIComponent(value))],
  [
    'percent, twice, lower case',
    encodeURIComponent(value).replaceAll(/%../g, (code) => `%25${code.slice(1).toLowerCase()}`),
  ],
  ['encodeURI', encodeURI(value)],
  ['HTML', value.replaceAll('"', '&quot;')],
  ['HTML with escaped solidus', value.replaceAll('"', '&quot;').replaceAll('/', '&#x2F;')],
  ['HTML of Go', value.replaceAll('"', '&#34;')],
  ['HTML, what must be, in hexadecimal', value.replaceAll(/["é]/g, entityOf(16)).replace('e9', 'E9')],
  ['HTML in ASCII', value.replaceAll(/["é]/g, entityOf(10))],
  ['backwards', Array.from(value).toReversed().join('')],
  ['a string literal', value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replace('é', '\\xc3\\xa9')],
  ['\\xNN', bytes.toString('hex').replaceAll(/../g, '\\x$&')],
  ['\\xNN, upper case', bytes.toString('hex').toUpperCase().replaceAll(/../g, '\\x$&')],
  ['UTF-16', Buffer.from(value, 'utf16le').toString('latin1')],
]

function entityOf(base: number): (char: string) => string {
  return (char) => `&#${base === 16 ? 'x' : ''}${char.charCodeAt(0).toString(base)};`
}

function unitOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

for (const [name, form] of encodings) {
  test(`find() finds a known secret as ${name}`, () => {
    const known = tableOf(value)
    for (const [before, after] of [
      ['', ''],
      ['a ', ' b'],
      ['{"x":"', '"}'],
    ] as const) {
      const input = Buffer.from(`${before}${form}${after}`, name === 'UTF-16' ? 'latin1' : 'utf8')
      const { found, until } = known.find(input)
      assert.equal(until, Infinity)
      assert.deepEqual(new Set(found.map(({ name }) => name)), new Set(['name0']))
      const [start, end] = [
        Math.min(...found.map((one) => one.start)),
        Math.max(...found.map((one) => one.end)),
      ]
      assert.ok(start >= before.length && end <= input.length - after.length)
      if (!name.includes('…')) {
        assert.deepEqual([start, end], [before.length, input.length - after.length])
      }
    }
  })
}

test('find() takes the characters of base64 that hold the first and last bits of a secret', () => {
  const known = tableOf(plain)
  const [last, within] = ['', '!'].map((after) => Buffer.from(`u${plain}${after}`).toString('base64'))
  assert.deepEqual(foundIn(`x:${last}`, known), [`name0: ${last}`])
  assert.deepEqual(foundIn(`x:${within}`, known), [`name0: ${within!.slice(0, -1)}`])
})

test('find() gives the pieces of a long secret one behind the other', () => {
  const long = Array.from({ length: 300 }, (_, line) => `${line}: ${line * 7}x${line * line}`).join(' ')
  const { found } = tableOf(`${long}\n`).find(Buffer.from(`a ${long} b`))
  const pieces = found.toSorted((a, b) => a.start - b.start)
  assert.ok(pieces.length > 1)
  assert.deepEqual(
    pieces.map(({ start }) => start),
    [2, ...pieces.slice(0, -1).map(({ end }) => end)],
  )
  assert.equal(pieces.at(-1)?.end, 2 + Buffer.byteLength(long))
})

test('find() does not find what only begins or ends like a known secret', () => {
  const known = tableOf(plain)
  const near = `${plain.slice(0, -1)}X ${plain.slice(0, 12)} ${plain.slice(12)} ${plain.slice(1)}`
  assert.deepEqual(foundIn(near, known), [])
})

test('find() gives what starts at `from` or later', () => {
  const known = tableOf(plain)
  const input = Buffer.from(`${plain} ${plain}`)
  assert.deepEqual(
    known.find(input, 1).found.map(({ start }) => start),
    [plain.length + 1],
  )
  assert.deepEqual(known.find(input.subarray(0, 10), 5, false), { found: [], until: 5 })
})

test('find() gives each occurrence once as a text grows and loses its front, however it is cut', () => {
  const long = Array.from({ length: 200 }, (_, line) => `${line * line}k${line}`).join(' ')
  const known = tableOf(value, plain, `${plain}${plain}`, long)
  const short = Buffer.from(`u${plain}`).toString('base64')
  const piece = fc.constantFrom(
    ...encodings.map(([, form]) => form),
    ...encodings.map(([, form]) => form.slice(0, 18)),
    plain,
    short,
    long,
    ' ',
    'x',
    '=',
  )
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), sizes, (pieces, sizes) => {
      const input = Buffer.from(pieces.join(''))
      assert.deepEqual(grown(input, sizes, known), inOrder(known.find(input).found))
    }),
    { examples: [[[' ', short, ' ', ...Array<string>(40).fill('x')], [1]]] },
  )
})

/** Three bytes before `from` are what a start depends on. */
function grown(input: Buffer, sizes: readonly number[], known: KnownSecrets): readonly Place[] {
  const all: Place[] = []
  for (let end = 0, from = 0, turn = 0; from !== Infinity; turn++) {
    end = Math.min(input.length, end + sizes[turn % sizes.length]!)
    const dropped = Math.max(0, from - 3)
    const { found, until } = known.find(input.subarray(dropped, end), from - dropped, end === input.length)
    assert.ok(until >= from - dropped)
    for (const { start, end, name } of found) {
      assert.ok(start >= from - dropped && start < until)
      all.push({ start: start + dropped, end: end + dropped, name })
    }
    from = until + dropped
  }
  return inOrder(all)
}

type Place = ReturnType<KnownSecrets['find']>['found'][number]

function inOrder(places: readonly Place[]): readonly Place[] {
  return places.toSorted((a, b) => a.start - b.start || a.end - b.end || (a.name < b.name ? -1 : 1))
}

test('serialise() holds neither plaintext nor any of its encodings, and differs with each key', () => {
  const known = tableOf(value)
  const table = known.serialise()
  for (const [, form] of encodings) {
    for (let at = 0; at + 6 <= form.length; at++) assert.ok(!table.includes(form.slice(at, at + 6)))
  }
  assert.notEqual(table, tableOf(value).serialise())
})

test('parseKnownSecrets() reads what serialise() wrote', () => {
  const known = tableOf(value, 'q8Zk2LmW0vXr')
  const again = parseKnownSecrets(known.serialise())
  assert.equal(again.serialise(), known.serialise())
  for (const [, form] of encodings) assert.deepEqual(foundIn(form, again), foundIn(form, known))
  assert.deepEqual(foundIn('x', tableOf()), [])
})

const good: { v: number; key: string; words: string; names: unknown[]; forms: string } = JSON.parse(
  tableOf(value).serialise(),
)
const forms = Buffer.from(good.forms, 'base64url')

function withByte(at: number, byte: number): string {
  const changed = Buffer.from(forms)
  changed[at] = byte
  return changed.toString('base64url')
}

const hostile: readonly (readonly [string, string])[] = [
  ['no JSON', 'x'],
  ['null', 'null'],
  ['a list', '[]'],
  ['another version', JSON.stringify({ ...good, v: 1 })],
  ['a further member', JSON.stringify({ ...good, x: 1 })],
  ['a member less', JSON.stringify({ v: 2, key: good.key, words: good.words, names: [] })],
  ['a short key', JSON.stringify({ ...good, key: 'AAAA' })],
  ['a key that is no base64url', JSON.stringify({ ...good, key: `${good.key.slice(0, -1)}*` })],
  ['words cut off', JSON.stringify({ ...good, words: good.words.slice(0, 96) })],
  ['names that are no list', JSON.stringify({ ...good, names: { length: 1 } })],
  ['a name that is no text', JSON.stringify({ ...good, names: [7] })],
  ['an empty name', JSON.stringify({ ...good, names: [''] })],
  ['a name that is too long', JSON.stringify({ ...good, names: ['x'.repeat(129)] })],
  ['too many names', JSON.stringify({ ...good, names: Array(65_536).fill('x') })],
  ['forms cut off', JSON.stringify({ ...good, forms: forms.subarray(0, 30).toString('base64url') })],
  ['a form of an unknown name', JSON.stringify({ ...good, forms: withByte(1, 9) })],
  ['a form without length', JSON.stringify({ ...good, forms: withByte(3, 0) })],
  ['a form that is too long', JSON.stringify({ ...good, forms: withByte(2, 0xff) })],
  ['a window of another length', JSON.stringify({ ...good, forms: withByte(4, 1) })],
  ['a stride that is none', JSON.stringify({ ...good, forms: withByte(5, 3) })],
  ['a stride without hashes', JSON.stringify({ ...good, forms: withByte(5, 0) })],
  ['a place behind the end', JSON.stringify({ ...good, forms: withByte(6, 0xff) })],
  ['a border that is too wide', JSON.stringify({ ...good, forms: withByte(7, 0xff) })],
  ['too much', ' '.repeat(16 * 1024 * 1024 + 1)],
]

for (const [name, table] of hostile) {
  test(`parseKnownSecrets() refuses ${name}`, () => {
    assert.throws(
      () => parseKnownSecrets(table),
      (thrown) => thrown instanceof Fault && thrown.code === 'message-invalid' && thrown.cause === undefined,
    )
  })
}
