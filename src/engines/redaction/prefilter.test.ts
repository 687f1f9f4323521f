import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { defaultAnchors } from './detectors.ts'
import { imageAt, memoryBytes, textAt, usualMachine } from './prefilter-machine.ts'
import { writeTables } from './prefilter-memory.ts'
import { prefilterOf, type Speed } from './prefilter-simd.ts'
import { Candidates, PlainPrefilter, type Prefilter } from './prefilter.ts'
import { mayOpen } from './opening.ts'
import { Text } from './text.ts'

const plain = new PlainPrefilter(defaultAnchors)
const builds = (['relaxed', 'plain'] as const).map(
  (speed: Speed) => [speed, prefilterOf(defaultAnchors, [speed])] as const,
)
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
  const candidates = new Candidates(prefilter)
  for (let at = candidates.next(text, 0); at < text.end; at = candidates.next(text, at + 1)) {
    const anchors = defaultAnchors.of(text.bytes[at]!, text.bytes[at + 1]!)
    const isOpen = anchors.some(
      (anchor) => text.has(anchor.literal, at, anchor.detector.isFolded) && mayOpen(text, at, anchor),
    )
    if (isOpen) places.push(at)
  }
  return places
}

test('prefilterOf() gives the builds that were asked for', () => {
  for (const [, prefilter] of builds) assert.ok(!(prefilter instanceof PlainPrefilter))
  assert.ok(prefilterOf(defaultAnchors, ['none']) instanceof PlainPrefilter)
})

test('usualMachine() holds the tables that writeTables() makes of our own anchors', () => {
  const machine = usualMachine()
  const memory = new Uint8Array(memoryBytes)
  assert.equal(machine?.reach, writeTables(memory, defaultAnchors.all))
  assert.deepEqual(machine?.memory.subarray(imageAt, textAt), memory.subarray(imageAt, textAt))
})

for (const [speed, prefilter] of builds) {
  test(`find() of the ${speed} build gives all that plain JavaScript gives`, () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (bytes, isFinal) => {
        const text = new Text(bytes, isFinal)
        assert.deepEqual(openIn(prefilter, text), openIn(plain, new Text(bytes, isFinal)))
      }),
      { numRuns: Number(process.env['KEYREEVE_PROPERTY_RUNS'] ?? 500) },
    )
  })

  test(`find() of the ${speed} build misses nothing at the borders of its blocks`, () => {
    const anchor = 'password: hunter2 '
    for (const before of [65_500, 65_520, 65_530, 65_535, 65_536, 65_537, 131_070]) {
      const bytes = Buffer.from(`${'x'.repeat(before)} ${anchor}`)
      assert.deepEqual(openIn(prefilter, new Text(bytes, true)), openIn(plain, new Text(bytes, true)))
    }
  })

  test(`find() of the ${speed} build has room for a text that is nothing but anchors`, () => {
    const bytes = Buffer.from('-----BEGIN '.repeat(20_000))
    assert.equal(openIn(prefilter, new Text(bytes, true)).length, 20_000)
  })
}
