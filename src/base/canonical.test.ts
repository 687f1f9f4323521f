// Canonical JSON against the cases of RFC 8785, and as a property of all values.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { canonicalJson, type Json } from './canonical.ts'

test('canonicalJson() writes the example of RFC 8785, section 3.2.2', () => {
  const value = {
    numbers: JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]') as Json,
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  }
  const expected =
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
  assert.equal(canonicalJson(value), expected)
})

test('canonicalJson() sorts by UTF-16 code unit, as in RFC 8785, section 3.2.3', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  }
  const order = Object.values(
    JSON.parse(
      `[${canonicalJson(value)
        .slice(1, -1)
        .replaceAll(/"[^"]*":/g, '')}]`,
    ) as object,
  )
  assert.deepEqual(order, [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

/** Bits of a double, and its text. @see RFC 8785, appendix B */
const numbers: readonly (readonly [bits: string, text: string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555554', '333333333.33333325'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
]

for (const [bits, expected] of numbers) {
  test(`canonicalJson() writes the double ${bits} as ${expected}`, () => {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, BigInt(`0x${bits}`))
    assert.equal(canonicalJson(view.getFloat64(0)), expected)
  })
}

test('canonicalJson() refuses what has no canonical form', () => {
  for (const value of [
    Number.NaN,
    Infinity,
    -Infinity,
    '\ud800',
    'a\udc00b',
    { '\udfff': 1 },
    [['\ud800']],
  ]) {
    assert.throws(() => canonicalJson(value), { code: 'internal' })
  }
})

test('canonicalJson() leaves out members that are undefined', () => {
  assert.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}')
})

test('canonicalJson() takes a member called __proto__ for what it is', () => {
  assert.equal(
    canonicalJson(JSON.parse('{"__proto__":1,"a":{"__proto__":[]}}') as Json),
    '{"__proto__":1,"a":{"__proto__":[]}}',
  )
})

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>
const wellFormed = json.filter(
  (value) => JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(value)),
)

test('canonicalJson() writes what reads back as the same value', () => {
  fc.assert(
    fc.property(wellFormed, (value) =>
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value))),
    ),
  )
})

test('canonicalJson() of what it wrote is what it wrote', () => {
  fc.assert(
    fc.property(wellFormed, (value) => {
      const once = canonicalJson(value)
      assert.equal(canonicalJson(JSON.parse(once) as Json), once)
    }),
  )
})

test('canonicalJson() does not depend on the order of members', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed())
      assert.equal(canonicalJson(turned), canonicalJson(value))
    }),
  )
})
