import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { defaultAnchors } from './detectors.ts'
import { prefilterOf, usualPrefilter } from './prefilter-simd.ts'
import { PlainPrefilter, type Prefilter } from './prefilter.ts'
import { mayOpen } from './opening.ts'
import { Sweep } from './sweep.ts'
import { Text } from './text.ts'

const plain = new PlainPrefilter(defaultAnchors)
const builds: readonly (readonly [name: string, prefilter: Prefilter])[] = [
  ['relaxed', prefilterOf(defaultAnchors, ['relaxed'])],
  ['plain', prefilterOf(defaultAnchors, ['plain'])],
  // With the tables that are kept.
  ['usual', usualPrefilter(() => defaultAnchors)],
]
const piece = fc.oneof(
  fc.constantFrom(...defaultAnchors.all.map(({ literal }) => Buffer.from(literal).toString('latin1'))),
  fc.constantFrom(
    'A1b2'.repeat(5),
    '0f'.repeat(16),
    '"',
    ': ',
    '=',
    '--',
    '\\n',
    '\\',
    '%3D',
    '@',
    ':80/',
    '\0',
    ' ',
  ),
  fc.string({ maxLength: 4 }),
)
const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')))

/** Places where the full look agrees that an anchor may open a finding. */
function openIn(prefilter: Prefilter, text: Text): number[] {
  const places: number[] = []
  const sweep = new Sweep(prefilter)
  sweep.begin(text, 0)
  for (let at = sweep.nextPlace(0); at < text.end; at = sweep.nextPlace(at + 1)) {
    const anchors = defaultAnchors.of(text.bytes[at]!, text.bytes[at + 1]!)
    const isOpen = anchors.some((anchor) => {
      text.isShort = false
      return text.has(anchor.literal, at, anchor.detector.isFolded) && mayOpen(text, at, anchor)
    })
    if (isOpen) places.push(at)
  }
  return places
}

test('prefilterOf() gives the builds that were asked for', () => {
  for (const [, prefilter] of builds) assert.ok(!(prefilter instanceof PlainPrefilter))
  assert.ok(prefilterOf(defaultAnchors, ['none']) instanceof PlainPrefilter)
})

for (const [speed, prefilter] of builds) {
  test(`sweep() of the ${speed} build gives all that plain JavaScript gives`, () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (bytes, isFinal) => {
        const text = new Text(bytes, isFinal)
        assert.deepEqual(openIn(prefilter, text), openIn(plain, new Text(bytes, isFinal)))
      }),
      {
        numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 500),
        examples: [[Buffer.from('cookie\\'), false]],
      },
    )
  })

  test(`sweep() of the ${speed} build misses nothing at the borders of its blocks`, () => {
    const anchor = 'password: hunter2 '
    for (const before of [65_500, 65_520, 65_530, 65_535, 65_536, 65_537, 131_070]) {
      const bytes = Buffer.from(`${'x'.repeat(before)} ${anchor}`)
      assert.deepEqual(openIn(prefilter, new Text(bytes, true)), openIn(plain, new Text(bytes, true)))
    }
  })

  test(`sweep() of the ${speed} build has room for a text that is nothing but anchors`, () => {
    const bytes = Buffer.from('-----BEGIN '.repeat(20_000))
    assert.equal(openIn(prefilter, new Text(bytes, true)).length, 20_000)
  })
}
