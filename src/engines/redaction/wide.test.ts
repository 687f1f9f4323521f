import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact, scan } from './redact.ts'
import { redactStream } from './stream.ts'
import { wideOf } from './wide.ts'

const key = new Uint8Array(32)
const github = `ghp_${'A1b2'.repeat(9)}`
const text = `a é token ${github} 😀\r\n`
const { text: masked } = redact(text, { key })

function bigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

const forms = [
  ['UTF-16LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), `\ufeff${masked}`, 2],
  ['UTF-16BE with a mark', bigEndian(`\ufeff${text}`), `\ufeff${masked}`, 2],
  ['UTF-16LE without', Buffer.from(`a ${text}`, 'utf16le'), `a ${masked}`, 4],
  ['UTF-16BE without', bigEndian(`a ${text}`), `a ${masked}`, 4],
] as const

for (const [what, bytes, expected, before] of forms) {
  test(`redact() reads ${what}`, () => {
    assert.equal(redact(bytes, { key }).text, expected)
    const start = before + 2 * text.indexOf(github)
    assert.deepEqual(
      scan(bytes).map(({ start, end }) => [start, end]),
      [[start, start + 2 * github.length]],
    )
  })

  test(`redactStream() keeps ${what}, however it is cut`, async () => {
    for (const size of [1, 2, 3, 7, 1000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        Uint8Array.from(bytes.subarray(index * size, (index + 1) * size)),
      )
      const source = new Blob(chunks).stream() as ReadableStream<Uint8Array>
      const out = Buffer.concat(await Array.fromAsync(source.pipeThrough(redactStream({ key }))))
      const isBig = wideOf(bytes, true) === 'utf-16be'
      assert.equal((isBig ? out.swap16() : out).toString('utf16le'), expected)
    }
  })
}

test('wideOf() takes for UTF-16 only what begins so, and asks for more where it must', () => {
  assert.equal(wideOf(Buffer.from('plain'), true), null)
  assert.equal(wideOf(Buffer.from([0x61, 0]), false), undefined)
  assert.equal(wideOf(Buffer.from([0x61, 0]), true), null)
  assert.equal(wideOf(Buffer.from([0x61]), false), undefined)
  assert.equal(wideOf(Buffer.from([0, 0, 0, 0]), true), null)
  assert.equal(wideOf(Buffer.from([]), true), null)
})
