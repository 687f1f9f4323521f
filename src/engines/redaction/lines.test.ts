// Lines of a stream: the same however it is cut, and nothing held of those that are too long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { LineSplitter } from './lines.ts'

function linesOf(bytes: Uint8Array, sizes: readonly number[], longest: number): (string | null)[] {
  const splitter = new LineSplitter(longest)
  const lines: (string | null)[] = []
  const take = (raw: (Uint8Array | null)[]): void => {
    for (const line of raw) lines.push(line === null ? null : Buffer.from(line).toString())
  }
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    take(splitter.push(bytes.subarray(at, at + size)))
    at += size
  }
  take(splitter.finish())
  return lines
}

test('LineSplitter gives the same lines however the stream is cut, endings and all', () => {
  const text = fc.array(fc.constantFrom('\n', '\r', '\r\n', 'a', 'é', 'long word'), { maxLength: 20 })
  const sizes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(text, sizes, fc.integer({ min: 1, max: 30 }), (parts, sizes, longest) => {
      const whole = parts.join('')
      const expected = (whole.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []).map((line) =>
        Buffer.byteLength(line) > longest ? null : line,
      )
      assert.deepEqual(linesOf(Buffer.from(whole), [...sizes, 1], longest), expected)
    }),
    { numRuns: 500 },
  )
})
