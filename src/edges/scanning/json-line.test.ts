// Escapes go, positions stay, and every value has its name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { escapedPosition, pathAt, unescaped } from './json-line.ts'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

test('unescaped() gives what the strings say', () => {
  const cases = {
    '"plain"': '"plain"',
    [String.raw`"a\nb\tc\"d\\e\/f"`]: '"a\nb\tc"d\\e/f"',
    [String.raw`"\u0067hp"`]: '"ghp"',
    [String.raw`"\ud83d\ude00\u00e9\ud83d"`]: '"😀é\ufffd"',
    [String.raw`"\u12"`]: '"u12"',
    '"\\': '"\\',
  }
  for (const [line, expected] of Object.entries(cases))
    assert.equal(text(unescaped(Buffer.from(line))), expected)
})

test('unescaped() of any string in JSON is the string', () => {
  const unit = fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }))
  const value = fc.array(unit, { maxLength: 30 }).map((units) => String.fromCharCode(...units))
  fc.assert(
    fc.property(value, fc.boolean(), (value, isAscii) => {
      const json = JSON.stringify(value)
      const line = isAscii
        ? json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : json
      assert.equal(text(unescaped(Buffer.from(line))), `"${value.toWellFormed()}"`)
    }),
  )
})

test('escapedPosition() is where it was in the line', () => {
  const line = Buffer.from(String.raw`{"a":"1\n2\u00e9","b":"here"}`)
  const at = Buffer.from(unescaped(line)).indexOf('here')
  assert.equal(escapedPosition(line, at), line.indexOf('here'))
  assert.equal(escapedPosition(line, 0), 0)
})

test('pathAt() names the value that holds a position', () => {
  const line = Buffer.from(
    String.raw`{"m":{"c":[1,{"t":"a,b:[\"{"},"second"],"odd key":{"x":"third"}},"last":true}`,
  )
  const named = (part: string): string => pathAt(line, line.indexOf(part) + 1)
  assert.equal(named('a,b'), 'm.c[1].t')
  assert.equal(named('second'), 'm.c[2]')
  assert.equal(named('third'), 'm["odd key"].x')
  assert.equal(named('true'), 'last')
  assert.equal(pathAt(line, 0), '')
})

test('pathAt() throws for no bytes, and takes one pass', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(250), (bytes, at) => {
      assert.equal(typeof pathAt(bytes, at), 'string')
    }),
  )
  const deep = Buffer.from('['.repeat(100_000))
  assert.ok(pathAt(deep, deep.length).length < 300)
})
