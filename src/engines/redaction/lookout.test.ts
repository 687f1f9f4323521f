import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookoutOf } from './lookout.ts'
import { redact, scan } from './redact.ts'
import { parseRules } from './rules.ts'
import { StreamRedactor } from './stream.ts'

const rules = parseRules({
  rules: [{ id: 'x-acme-badge', anchors: ['acme-badge-'], form: 'alnum:24', confidence: 'certain' }],
})
const badge = `acme-badge-${'Q7z2'.repeat(6)}`

test("scan() looks out for an organisation's own formats where its rules are given", () => {
  assert.deepEqual(scan(`x ${badge} y`, { rules }), [
    { start: 2, end: 2 + badge.length, detector: 'x-acme-badge', confidence: 'certain' },
  ])
  assert.deepEqual(scan(`x ${badge} y`), [])
})

test('redact() gives with rules a text that it does not change again, also where the format was encoded', () => {
  const input = `${badge} ${btoa(`it is ${badge}`)}`
  const { text } = redact(input, { rules })
  assert.match(text, /^\[x-acme-badge:[0-9a-f]{4}\] \[x-acme-badge:[0-9a-f]{4}\]$/)
  assert.equal(redact(text, { rules }).text, text)
})

test('StreamRedactor holds back the beginning of a format of the rules', () => {
  const redactor = new StreamRedactor({ rules })
  const out = Array.from(Buffer.from(`x ${badge} y`), (byte) =>
    Buffer.concat(redactor.push(Uint8Array.of(byte))),
  )
  const text = Buffer.concat([...out, ...redactor.finish()]).toString()
  assert.match(text, /^x \[x-acme-badge:[0-9a-f]{4}\] y$/)
})

test('lookoutOf() is made once for the same rules', () => {
  assert.equal(lookoutOf(rules), lookoutOf(rules))
  assert.equal(lookoutOf(), lookoutOf())
})
