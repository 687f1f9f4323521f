// Records that are written as JSON lines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertClean, failing, plantedRecord, token } from './fixture.test.ts'
import { redactor } from './jsonl.ts'

function written(options: Parameters<typeof redactor>[1], ...records: readonly unknown[]): string {
  const lines: string[] = []
  const writer = redactor({ write: (line) => lines.push(line) }, options)
  for (const record of records) writer.write(record)
  return lines.join('')
}

test('redactor() lets no planted secret into a line', () => {
  const text = written({}, plantedRecord(), token, [token], new Error(token))
  assertClean(text)
  assert.equal(
    text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)).length,
    4,
  )
})

test('redactor() writes what JSON cannot say', () => {
  const cause = new Error('inner')
  const error = Object.assign(new Error('outer', { cause }), { code: 'E1' })
  const looped: Record<string, unknown> = { a: 1 }
  looped['self'] = looped
  looped['twice'] = [error, error]
  const [first, ...rest] = written({}, looped, 5n, undefined, () => {}).split('\n')
  const record: unknown = JSON.parse(first ?? '')
  assert.ok(typeof record === 'object' && record !== null && 'self' in record && 'twice' in record)
  assert.equal(record.self, '[circular]')
  assert.ok(Array.isArray(record.twice) && record.twice.length === 2)
  assert.deepEqual(
    [record.twice[1].name, record.twice[1].message, record.twice[1].code, record.twice[1].cause.message],
    ['Error', 'outer', 'E1', 'inner'],
  )
  assert.deepEqual(rest, ['"5"', 'null', 'null', ''])
})

test('redactor() ends a chain of causes that leads back', () => {
  const error = new Error('x')
  error.cause = error
  assert.match(written({}, { error }), /"cause":"\[circular\]"/)
})

test('redactor() drops the record that it fails at', () => {
  const text = written({ known: failing }, plantedRecord(), { a: token })
  assertClean(text)
  for (const line of text.trimEnd().split('\n')) assert.match(line, /unredacted: dropped/)
})
