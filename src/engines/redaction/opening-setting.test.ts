import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { verifyAssignment } from './assignment.ts'
import { defaultAnchors } from './detectors.ts'
import { parseForm } from './form.ts'
import { namedFormats } from './named.ts'
import { brackets, shortestNamed, shortNamed } from './opening-setting.ts'
import { mayOpen } from './opening.ts'
import { Text } from './text.ts'

const piece = fc.oneof(
  fc.constantFrom(
    'password',
    'api_key',
    'TOKEN',
    'secretKey',
    'auth',
    'key',
    'AWS_SECRET_ACCESS_KEY',
    '--token',
  ),
  fc.constantFrom('s', '_value', 'Hash', '1', '2', '_', '-', '.', '(', '[', '{', '<', '>', '*', '\\'),
  fc.constantFrom(
    ': ',
    '=',
    ' = ',
    ':=',
    ' => ',
    '==',
    '!=',
    '::',
    ', ',
    ';s:7:',
    '": "',
    '=["',
    ' ',
    '\n',
    '\n  ',
    '\t',
  ),
  fc.constantFrom(
    '"',
    "'",
    '`',
    '\\"',
    'b"',
    'export ',
    'set ',
    '"value": "',
    'string',
    '[]byte(',
    'new Secret(',
  ),
  fc.constantFrom(
    'hunter2',
    'Tr0ub4dor&3',
    'x9Kq2mWv7RtB',
    'a.b.c',
    'self.key(',
    'values[0]',
    'naver',
    '0'.repeat(70),
  ),
  fc.stringMatching(/^[ -~]{0,12}$/),
)
const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'))

test('mayBeSet() lets through all in which verifyAssignment() finds something', () => {
  fc.assert(
    fc.property(texts, fc.boolean(), (bytes, isFinal) => {
      for (let at = 0; at + 1 < bytes.length; at++) {
        for (const anchor of defaultAnchors.of(bytes[at]!, bytes[at + 1]!)) {
          const text = new Text(bytes, isFinal)
          if (anchor.follow !== 'setting' || !text.has(anchor.literal, at, true)) continue
          if (verifyAssignment(text, at, anchor).length === 0) continue
          assert.ok(
            mayOpen(new Text(bytes, isFinal), at, anchor),
            `at ${at} of ${JSON.stringify(bytes.toString())}`,
          )
        }
      }
    }),
    { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 2000) },
  )
})

test('shortestNamed is as long as the formats are that a name tells, and none of them holds a bracket', () => {
  for (const { id, form } of namedFormats) {
    const { head, last } = parseForm(form)
    const items = [...head, last]
    const least = items.reduce((sum, item) => sum + ('literal' in item ? item.literal.length : item.min), 0)
    assert.ok(least >= shortestNamed || least === shortNamed, id)
    for (const [byte, flag] of brackets.entries()) {
      if (flag === 0) continue
      assert.ok(
        !items.some((item) => ('literal' in item ? item.literal.includes(byte) : item.of[byte] === 1)),
        id,
      )
    }
  }
})
