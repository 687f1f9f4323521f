// A secret is not printed, serialised or kept by any way that prints, serialises or keeps other values.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { utf8 } from './bytes.ts'
import { Secret } from './secret.ts'

const text = 'not-a-real-secret-but-treated-as-one'
const secret = Secret.copy(utf8(text))
const numbers = utf8(text).slice(0, 4).join(', ')

const failure = new Error('could not be used', { cause: secret })
const printed: Record<string, unknown> = {
  'String()': String(secret),
  'join()': [secret].join(),
  'JSON.stringify()': JSON.stringify({ deep: [{ secret }] }),
  'inspect()': inspect({ deep: { secret } }, { depth: null }),
  'inspect() of hidden members': inspect(secret, { showHidden: true, depth: null }),
  'inspect() without our own printer': inspect(secret, {
    customInspect: false,
    showHidden: true,
    showProxy: true,
  }),
  'format()': format('%s %o %O %j', secret, secret, secret, secret),
  'the cause of an error': inspect(failure, { depth: null, showHidden: true }),
  'structuredClone()': inspect(structuredClone(secret), { showHidden: true, depth: null }),
  'serialize()': serialize(secret).toString('latin1'),
  'Object.entries()': inspect(Object.entries(secret)),
  'Object.assign()': inspect(Object.assign({}, secret)),
  'own names': inspect(Reflect.ownKeys(secret)),
}

for (const [way, output] of Object.entries(printed)) {
  test(`Secret does not show itself by ${way}`, () => {
    assert.equal(typeof output, 'string')
    assert.ok(!String(output).includes(text))
    assert.ok(!String(output).includes(numbers))
  })
}

test('Secret says that it is one where a value is printed', () => {
  assert.deepEqual(
    [String(secret), JSON.stringify(secret), inspect(secret)],
    ['[secret]', '"[secret]"', '[secret]'],
  )
})

test('Secret.lend() gives the bytes, and what `use` gives', () => {
  assert.equal(
    secret.lend((bytes) => Buffer.from(bytes).toString()),
    text,
  )
  assert.equal(secret.length, text.length)
})

test('Secret.own() takes the array over and dispose() zeroes it', () => {
  const bytes = utf8(text)
  const owned = Secret.own(bytes)
  owned.dispose()
  assert.ok(bytes.every((byte) => byte === 0))
})

test('Secret.copy() leaves the array to the caller', () => {
  const bytes = utf8(text)
  const copied = Secret.copy(bytes)
  bytes.fill(1)
  assert.equal(
    copied.lend((held) => Buffer.from(held).toString()),
    text,
  )
  copied.dispose()
  assert.ok(bytes.every((byte) => byte === 1))
})

test('Secret refuses every use after dispose(), which may be called twice', () => {
  const gone = Secret.copy(utf8(text))
  gone[Symbol.dispose]()
  gone.dispose()
  assert.throws(() => gone.lend(() => 0), { code: 'secret-disposed' })
  assert.throws(() => gone.length, { code: 'secret-disposed' })
})

test('Secret.is() is not fooled by what only looks like one', () => {
  assert.equal(Secret.is(secret), true)
  const forged: unknown = Object.create(Secret.prototype)
  for (const value of [forged, structuredClone(secret), {}, null, undefined, text]) {
    assert.equal(Secret.is(value), false)
  }
})
