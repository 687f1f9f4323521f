// The cheap look lets through what its scanners take.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scan } from './redact.ts'

test('scan() finds what a key in quotes leads to: a list, or a string with letters before it', () => {
  const value = ['7c1e', '93ab', '04df', '6b25'].join('')
  for (const text of [
    `{"tokens":["${value}"]}`,
    `{"tokens": [ "${value}"]}`,
    `{"password": b"${value}"}`,
    `{"secret": u'${value}'}`,
  ]) {
    const found = scan(text).map(({ start, end }) => text.slice(start, end))
    assert.deepEqual(found, [value], text)
  }
  assert.deepEqual(scan(`{"tokens":["a","b"],"token":12,"n":"${value}"}`), [])
  assert.deepEqual(scan('{"password": "p*******************"}'), [])
})
