import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mixed } from '../../../bench/corpus.ts'
import { redact } from './redact.ts'
import { StreamRedactor } from './stream.ts'

const key = new Uint8Array(32)
const { bytes } = mixed(300_000, 43, { secretsPer20kB: 20 })
const expected = redact(bytes, { key }).text

for (const size of [16_000, 17_000, 100_000, 300_000]) {
  test(`StreamRedactor keeps nothing of a chunk of ${size} bytes that its owner writes over`, () => {
    const redactor = new StreamRedactor({ key })
    const chunk = new Uint8Array(size)
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += size) {
      const length = Math.min(size, bytes.length - at)
      chunk.set(bytes.subarray(at, at + length))
      parts.push(...redactor.push(chunk.subarray(0, length)))
      chunk.fill(0x78)
    }
    assert.equal(Buffer.concat([...parts, ...redactor.finish()]).toString(), expected)
  })
}

test('StreamRedactor gives bytes of its own, whatever becomes of those that it was given', () => {
  const chunk = Buffer.from(`${'plain words\n'.repeat(3000)}key ${'ghp_'}${'A1b2'.repeat(9)}\n`)
  const redactor = new StreamRedactor({ key: new Uint8Array(32) })
  const parts = redactor.push(chunk)
  chunk.fill('x')
  const output = Buffer.concat([...parts, ...redactor.finish()]).toString()
  assert.match(output, /^(?:plain words\n){3000}key \[github-token:[0-9a-f]{4}\]\n$/)
})
