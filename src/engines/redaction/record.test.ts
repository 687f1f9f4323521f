// What becomes of secrets in structured values, and of values that are made to break whoever walks through them.
import { Fault } from '#base'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect, types } from 'node:util'
import * as fc from 'fast-check'
import { RecordRedactor, redactRecord } from './record.ts'

const token = `ghp_${'A1b2'.repeat(9)}`
const failing = {
  find() {
    throw new Error(token)
  },
}

/** Everything that a sink could show of a value. */
function shownOf(value: unknown): string {
  return inspect(value, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null })
}

test('redactRecord() masks texts wherever they stand, and keeps the shape', () => {
  const cause = new TypeError(`inner ${token}`)
  const input = {
    text: `a ${token} b`,
    list: ['x', [token]],
    map: new Map<unknown, unknown>([
      [token, 1],
      ['k', { deep: token }],
    ]),
    set: new Set([token]),
    error: new RangeError(`outer ${token}`, { cause }),
    many: new AggregateError([new Error(token)], token),
    buffer: Buffer.from(`b ${token}`),
    view: new Uint8Array(Buffer.from(token)),
    [token]: 1,
    [Symbol('s')]: token,
    symbol: Symbol(token),
    boxed: Object(token),
    pattern: new RegExp(token),
    url: new URL(`https://user:hunter22@host/?token=${token}`),
    serialised: Buffer.from(token).toJSON(),
    headers: new Headers({ 'x-note': token }),
  }
  const output = redactRecord(input)
  assert.ok(!shownOf(output).includes(token))
  assert.deepEqual(Object.keys(output).length, Object.keys(input).length)
  assert.match(output.text, /^a \[github-token:[0-9a-f]{4}\] b$/)
  assert.ok(output.map instanceof Map && output.set instanceof Set && Buffer.isBuffer(output.buffer))
  assert.ok(output.error instanceof RangeError && types.isNativeError(output.error))
  assert.ok(output.error.cause instanceof TypeError)
  assert.match(output.error.stack ?? '', /^RangeError: outer \[github-token/)
  assert.ok(!String(output.buffer).includes(token))
  assert.ok(!Object.hasOwn(output, token))
})

test('redactRecord() masks a field by its name, whatever it holds', () => {
  const output = redactRecord({
    password: 'hunter2',
    dbPassword: 12_345,
    'X-API-Key': 'abc',
    auth: { user: 'bob', isOn: true, tries: 3 },
    cookies: ['a=b'],
    headers: [{ name: 'Authorization', value: 'Basic dXNlcjpwYXNz' }],
    rawHeaders: ['Host', 'h', 'Cookie', 'sid=1'],
    argv: ['login', '--password', 'hunter2'],
    key: Buffer.from('x'),
    secret: Buffer.from('x'),
    passwordless: 'yes',
    nextPageToken: 'abc',
    tokenCount: 5,
    token: null,
    pass: true,
  })
  assert.deepEqual(output, {
    password: '[password]',
    dbPassword: '[password]',
    'X-API-Key': '[credential]',
    auth: { user: '[credential]', isOn: true, tries: 3 },
    cookies: ['[credential]'],
    headers: [{ name: 'Authorization', value: '[credential]' }],
    rawHeaders: ['Host', 'h', 'Cookie', '[credential]'],
    argv: ['login', '--password', '[password]'],
    key: Buffer.from('x'),
    secret: '[password]',
    passwordless: 'yes',
    nextPageToken: 'abc',
    tokenCount: 5,
    token: null,
    pass: true,
  })
})

test('redactRecord() keeps the placeholder of a token under a telling name, so that it can be followed', () => {
  const { token: masked } = redactRecord({ token })
  assert.match(masked, /^\[github-token:[0-9a-f]{4}\]$/)
  assert.deepEqual(redactRecord({ token: masked, password: masked }), { token: masked, password: masked })
})

test('redactRecord() asks the detectors about names that they know', () => {
  const value = 'q8Zk2LmW0vXr7TuN4aGh'
  const output = redactRecord({ vendor_license_key: value, colour: value, license_key: ['x', value] })
  assert.ok(!output.vendor_license_key.includes(value))
  assert.equal(output.colour, value)
  assert.ok(!output.license_key.includes(value))
})

test('redactRecord() takes names from its caller', () => {
  const input = { userPin: 1234, USER_PIN: 'x', pinned: 'x' }
  assert.deepEqual(redactRecord(input, { keys: ['pin'] }), {
    userPin: '[password]',
    USER_PIN: '[password]',
    pinned: 'x',
  })
})

test('redactRecord() gives back what holds nothing, and the parts that hold nothing', () => {
  const clean = { a: [1, 'x', { b: new Map([['k', 1n]]) }], when: new Date(0), error: new Error('x') }
  assert.equal(redactRecord(clean), clean)
  const output = redactRecord({ clean, dirty: { token } })
  assert.equal(output.clean, clean)
})

test('redactRecord() changes nothing of its argument', () => {
  const error = new Error(token)
  const input = Object.freeze({ list: Object.freeze([token]), error, map: new Map([['password', token]]) })
  const before = shownOf(input)
  redactRecord(input)
  assert.equal(shownOf(input), before)
})

test('redactRecord() keeps cycles and what is shared', () => {
  const shared = { token }
  const input: Record<string, unknown> = { shared, again: shared }
  input['self'] = input
  input['list'] = [input]
  const output = redactRecord(input)
  assert.equal(output['self'], output)
  assert.deepEqual(output['list'], [output])
  assert.equal(output['shared'], output['again'])
  assert.ok(!shownOf(output).includes(token))
})

test('redactRecord() masks an object by where it stands, also when it stands elsewhere too', () => {
  const shared = { user: 'bob' }
  assert.deepEqual(redactRecord({ plain: shared, credentials: shared, last: shared }), {
    plain: { user: 'bob' },
    credentials: { user: '[credential]' },
    last: { user: 'bob' },
  })
})

test('redactRecord() puts a marker for what throws when it is read', () => {
  const hostile = {
    get boom(): string {
      throw new Error(token)
    },
    trap: new Proxy(
      {},
      {
        ownKeys() {
          throw new Error(token)
        },
      },
    ),
    revoked: revokedProxy(),
    json: {
      toJSON() {
        throw new Error(token)
      },
    },
    rest: 'x',
  }
  const dropped = '[unredacted: dropped]'
  assert.deepEqual(redactRecord(hostile), {
    boom: dropped,
    trap: dropped,
    revoked: dropped,
    json: dropped,
    rest: 'x',
  })
})

test('redactRecord() copies what may answer otherwise the next time', () => {
  let reads = 0
  const getter = {
    get value() {
      return reads++ === 0 ? 'x' : token
    },
  }
  assert.equal(JSON.stringify(redactRecord({ getter })), '{"getter":{"value":"x"}}')
  let asked = 0
  const turn = (): string => (asked++ === 0 ? 'x' : token)
  const proxy = new Proxy({ value: 'x' }, { get: (_, key) => (key === 'value' ? turn() : undefined) })
  const output = redactRecord({ proxy }, { isUnsteady: types.isProxy })
  assert.equal(JSON.stringify(output), '{"proxy":{"value":"x"}}')
})

test('redactRecord() redacts what an object says of itself', () => {
  class Account {
    readonly #token = token
    readonly id = 1
    toJSON(): object {
      return { id: this.id, note: this.#token }
    }
  }
  const output = redactRecord({ account: new Account() })
  assert.match(JSON.stringify(output), /^\{"account":\{"id":1,"note":"\[github-token:[0-9a-f]{4}\]"\}\}$/)
})

test('redactRecord() copies an object whose methods need private fields as a plain one', () => {
  class Shown {
    readonly note = token
    readonly #inner = 'x';
    [inspect.custom](): string {
      return `${this.#inner} ${this.note}`
    }
  }
  assert.ok(!inspect(redactRecord({ shown: new Shown() })).includes(token))
})

test('redactRecord() puts a marker for what lies beyond its limits', () => {
  const deep = { a: { b: { c: token } } }
  assert.deepEqual(redactRecord(deep, { limits: { depth: 2 } }), { a: { b: '[unredacted: too deep]' } })
  const long = redactRecord({ a: 'x'.repeat(11), b: token }, { limits: { characters: 20 } })
  assert.deepEqual(long, { a: 'x'.repeat(11), b: '[unredacted: too large]' })
  const many = redactRecord(
    Array.from({ length: 100 }, () => token),
    { limits: { values: 10 } },
  )
  assert.ok(many.length <= 11)
  assert.equal(many.at(-1), '[unredacted: too large]')
  const sparse: unknown[] = []
  sparse.length = 2 ** 30
  assert.ok(redactRecord(sparse).length < 50_002)
})

test('redactRecord() keeps a field that is called __proto__ a field', () => {
  const output = redactRecord({ inner: JSON.parse(`{"__proto__":{"isAdmin":true},"x":"${token}"}`) })
  assert.equal(output.inner.isAdmin, undefined)
  assert.ok(Object.hasOwn(output.inner, '__proto__'))
})

test('redactRecord() lets nothing through when it fails itself, and says so without the data', () => {
  const faults: Fault[] = []
  const input = { a: token, b: [token], password: 'hunter2', n: 1, bytes: Buffer.from(token) }
  const output = redactRecord(input, { known: failing, onFault: (fault) => faults.push(fault) })
  assert.ok(!shownOf(output).includes(token))
  assert.ok(!shownOf(output).includes('hunter2'))
  assert.ok(faults.length > 0)
  assert.ok(faults.every(({ code, cause }) => code === 'redaction-failed' && cause === undefined))
  const talkative = { known: failing, onFault: () => assert.fail(token) }
  assert.ok(!shownOf(redactRecord(input, talkative)).includes(token))
})

test('redactRecord() lets a planted token through nowhere, does so once and for all, and never changes its argument', () => {
  const leaf = fc.oneof(
    fc.constantFrom(token, `x ${token}`, `"${token}"`, 1, true, null, undefined, 5n, Symbol(token)),
    fc.constantFrom(token).map((text) => Buffer.from(text)),
    fc.constantFrom(token).map((text) => new Error(text)),
    fc.string(),
  )
  const key = fc.oneof(fc.string(), fc.constantFrom('password', 'token', 'name', 'value', '__proto__', token))
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('object'), tie('map'), tie('error')),
    list: fc.array(tie('tree'), { maxLength: 4 }),
    object: fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: false }),
    map: fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 3 }).map((entries) => new Map(entries)),
    error: tie('tree').map((cause) => new Error(token, { cause })),
  }))
  const redactor = new RecordRedactor()
  fc.assert(
    fc.property(tree, (input) => {
      const before = shownOf(input)
      const output = redactor.redact(input)
      assert.ok(!shownOf(output).includes(token))
      assert.equal(shownOf(input), before)
      assert.equal(shownOf(redactor.redact(output)), shownOf(output))
    }),
    { numRuns: 200 },
  )
})

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
