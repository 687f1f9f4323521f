// Whether a key has begun and not ended is known however the bytes are cut.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { KeyWatch } from './key-watch.ts'

const scrap = fc.constantFrom(
  '-----BEGIN ',
  '-----END ',
  '-',
  '--',
  '---',
  'BEGIN ',
  'END',
  ' ',
  'x\n',
  'BEG',
  'é',
)

test('KeyWatch sees the last mark, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 20 }), fc.integer({ min: 1, max: 17 }), (scraps, size) => {
      const text = scraps.join('')
      const bytes = Buffer.from(text)
      const watch = new KeyWatch()
      for (let at = 0; at < bytes.length; at += size) {
        const chunk = Buffer.from(bytes.subarray(at, at + size))
        watch.note(chunk)
        // Whoever reads uses the buffer again.
        chunk.fill('-')
      }
      assert.equal(watch.isWithin, text.lastIndexOf('-----BEGIN ') > text.lastIndexOf('-----END '))
    }),
    { numRuns: 2000 },
  )
})
