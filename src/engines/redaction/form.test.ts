import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base'
import { alnum, base64url, byteClass, digit } from './classes.ts'
import { parseForm, parseRun } from './form.ts'

test('parseForm() reads runs, sets and literals', () => {
  assert.deepEqual(parseForm('alnum:36'), { head: [], last: { of: alnum, min: 36, max: 36 } })
  assert.deepEqual(parseForm("base64url:22 '.' [a-c]:1-3"), {
    head: [{ of: base64url, min: 22, max: 22 }, { literal: Uint8Array.of(0x2e) }],
    last: { of: byteClass('a-c'), min: 1, max: 3 },
  })
  assert.deepEqual(parseRun('digit:8+'), { of: digit, min: 8, max: 4096 })
})

for (const [what, text] of [
  ['nothing', ''],
  ['a literal at the end', "alnum:4 '.'"],
  ['a class that does not exist', 'klingon:4'],
  ['a member of every object', 'constructor:4'],
  ['a count that goes down', 'alnum:9-4'],
  ['a run that is too long', 'alnum:1-9999'],
  ['two spaces', 'alnum:4  alnum:4'],
  ['a literal that continues the run before it', "alnum:1-4 'x' alnum:4"],
  ['a run that continues the run before it', 'lower:1-4 alnum:4'],
  ['an expression', '(a+)+:4'],
] as const) {
  test(`parseForm() refuses ${what}`, () => {
    assert.throws(
      () => parseForm(text),
      (thrown) => thrown instanceof Fault && thrown.code === 'rule-invalid',
    )
  })
}

test('parseRun() refuses a literal', () => {
  assert.throws(
    () => parseRun("'x'"),
    (thrown) => thrown instanceof Fault && thrown.code === 'rule-invalid',
  )
})
