// Lines and columns are those of the whole text, however it came and however little of it is kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Lines } from './lines.ts'

const char = fc.constantFrom('a', '\n', 'é', '€', '😀', '\r')

/** What a person would count. */
function counted(text: string, at: number): { line: number; column: number } {
  const before = Buffer.from(text).subarray(0, at).toString()
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}

test('place() is that of the whole text for every cut and window', () => {
  fc.assert(
    fc.property(fc.array(char, { maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (chars, step) => {
      const text = chars.join('')
      const bytes = Buffer.from(text)
      const lines = new Lines({ kept: 16, most: 48 })
      let asked = 0
      for (let at = 0; at < bytes.length; at += step) {
        lines.append(bytes.subarray(at, at + step))
        // Ends of characters only, and what is held.
        for (; asked < lines.end; asked++) {
          if (lines.holds(asked) && (bytes[asked]! & 0xc0) !== 0x80) {
            assert.deepEqual(lines.place(asked), counted(text, asked))
          }
        }
      }
      assert.equal(lines.end, bytes.length)
    }),
  )
})

test('place() counts on where nothing was asked for while it went by', () => {
  const lines = new Lines({ kept: 4, most: 8 })
  lines.append(Buffer.from('one\ntwo\nthree\nfour'))
  assert.equal(lines.holds(0), false)
  assert.deepEqual(lines.place(17), { line: 4, column: 4 })
})

test('lineEnd() waits for the rest of a line, but not for ever', () => {
  const lines = new Lines()
  lines.append(Buffer.from('a line'))
  assert.equal(lines.lineEnd(2, 100), -1)
  assert.equal(lines.lineEnd(2, 3), 5)
  lines.append(Buffer.from(' more\nnext'))
  assert.equal(lines.lineEnd(2, 100), 11)
  assert.equal(lines.lineStart(13, 100), 12)
  assert.equal(lines.lineStart(5, 100), 0)
})
