// What is masked unread where a text takes too much effort: nothing is hidden by it, and JSON stays JSON.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact, scan } from './redact.ts'
import { StreamRedactor } from './stream.ts'

const key = new Uint8Array(32)
const password = ['q8Zk', '2LmW', '0vXr'].join('')
/** Takes all the effort there is, and some more: names without a value that counts. */
const flood = 'token="'.repeat(12_000)

function streamed(input: string, size: number): string {
  const bytes = Buffer.from(input)
  const redactor = new StreamRedactor({ key })
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) out.push(...redactor.push(bytes.subarray(at, at + size)))
  return Buffer.concat([...out, ...redactor.finish()]).toString()
}

test('unreadStretch() hides whatever stands behind a flood', () => {
  for (const hidden of [
    `password=${password}`,
    `password: '${password} with blanks'`,
    `{"password":"${password}"}`,
    `db: postgres://user:${password};x@host/`,
    `put("password", "${password}")`,
    `"password":\n  "${password}"`,
    `pin: 73519824`,
  ]) {
    const { text } = redact(`${flood}\n${flood}${hidden}\n`, { key })
    assert.ok(!text.includes(password.slice(0, 8)) && !text.includes('73519824'), hidden)
  }
})

test('unreadStretch() leaves JSON what it is, numbers and words among it', () => {
  const row = {
    name: 'password',
    value: 'wrong words here',
    password: 'short one',
    list: [12345, true, null, 'the secret: is out', { token: -98765.5, pin: 73519824 }],
    nested: JSON.stringify({ password: 'in a string', token: 1234567, key: ['a', 12345] }),
    'auth\n': 'a "quoted" word, \\ and é',
  }
  const rows = Array.from({ length: 2000 }, () => row)
  for (const input of [JSON.stringify(rows), JSON.stringify(rows, null, 2)]) {
    const { text, findings } = redact(input, { key })
    assert.ok(findings.some(({ detector }) => detector === 'unchecked'))
    const read: unknown = JSON.parse(text)
    assert.ok(Array.isArray(read) && read.length === rows.length)
  }
})

test('unreadStretch() gives the same in a stream, however it is cut', () => {
  const lines = Array.from(
    { length: 3000 },
    (_, index) => `token: ${password}${index}, pass: "a b ${index}"\n`,
  )
  for (const input of [flood, lines.join(''), lines.join('').replaceAll('\n', ' ')]) {
    const whole = redact(input, { key }).text
    assert.ok(whole.includes('[unchecked]'))
    for (const size of [61, 997, 8192]) assert.equal(streamed(input, size), whole)
  }
})

test('scan() leaves nothing unread where a thousand credentials stand side by side, or one in every line', () => {
  const side = Array.from({ length: 1000 }, (_, index) => `API_TOKEN=${password}${index}`).join('\n')
  const line = `2026-01-02T03:04:05.678Z INFO request ${'of no interest '.repeat(8)}`
  const log = Array.from({ length: 8000 }, (_, index) => `${line} api_key=${password}${index}`).join('\n')
  for (const [input, count] of [
    [side, 1000],
    [log, 8000],
  ] as const) {
    const found = scan(input)
    assert.equal(found.filter(({ detector }) => detector === 'unchecked').length, 0)
    assert.equal(found.length, count)
  }
})

test('StreamRedactor finds a name that is cut where it makes room, right behind a secret', () => {
  const lines = Array.from(
    { length: 900 },
    (_, index) => `token: ${password}${index}, pass: "a b ${index}"\n`,
  )
  const input = lines.join('')
  assert.equal(streamed(input, 997), redact(input, { key }).text)
})
