import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { cutterOf } from './cut.ts'

const mark = '[password:4f2a]'

/** Masks every run of `x` and of line feeds between two of them, as a redactor would. */
function masked(original: string) {
  const findings = Array.from(original.matchAll(/x(?:[x\n]*x)?/g), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }))
  return { original, text: original.replaceAll(/x(?:[x\n]*x)?/g, mark), findings }
}

it('cutterOf() gives the masked text whole where no secret holds a line feed', () => {
  const whole = masked('a xx b\nxxx\n"x"[x] x')
  assert.equal(cutterOf(whole)(0, whole.original.length), whole.text)
})

it('cutterOf() masks whole what reaches over an edge', () => {
  const cut = cutterOf(masked('a xxxx b'))
  assert.equal(cut(0, 4), `a ${mark}`)
  assert.equal(cut(4, 8), `${mark} b`)
  assert.equal(cut(3, 4), mark)
  assert.equal(cut(6, 8), ' b')
  assert.equal(cut(0, 2), 'a ')
  assert.equal(cut(3, 3), '')
})

it('cutterOf() keeps every line in its place below a secret of many lines', () => {
  const original = 'one\nxx\nxx\nxx\nfive\n'
  const cut = cutterOf(masked(original))
  assert.equal(cut(0, original.length), `one\n${mark}\n\n\nfive\n`)
  // Only the middle line of the secret, and from the middle to the end.
  assert.equal(cut(7, 10), `${mark}\n`)
  assert.equal(cut(7, 18), `${mark}\n\nfive\n`)
})

it('cutterOf() lets no secret out and keeps the lines, wherever the cuts are', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'x', '\n', '[', ']', '"', '🔑'), maxLength: 40 })
  fc.assert(
    fc.property(texts, fc.nat(40), fc.nat(40), (original, a, b) => {
      const [start, end] = [Math.min(a, b, original.length), Math.min(Math.max(a, b), original.length)]
      const part = cutterOf(masked(original))(start, end)
      assert.ok(!part.includes('x'))
      assert.equal(part.split('\n').length, original.slice(start, end).split('\n').length)
      assert.equal(bare(part), bare(original.slice(start, end)))
    }),
    { numRuns: 2000 },
  )
})

it('cutterOf() takes placeholders in quotes, and two side by side', () => {
  const findings = [
    { start: 1, end: 2 },
    { start: 2, end: 3 },
  ]
  const cut = cutterOf({ original: ':1x,', text: ':"[a:1]"[b],', findings })
  assert.deepEqual([cut(0, 2), cut(2, 4), cut(0, 4)], [':"[a:1]"', '[b],', ':"[a:1]"[b],'])
})

it('cutterOf() gives nothing where text and findings disagree', () => {
  const findings = [{ start: 2, end: 4 }]
  const original = 'a xx b'
  const wrong = [
    { original, text: 'a xx b', findings },
    { original, text: `b ${mark} b`, findings },
    { original, text: `a ${mark} c`, findings },
    { original, text: `a ${mark}`, findings },
    { original, text: `a ${mark} b`, findings: [] },
    { original, text: `a ${mark} b`, findings: [...findings, ...findings] },
    { original, text: `a ${mark} b`, findings: [{ start: 2, end: 2 }] },
    { original, text: 'a [unclosed b', findings },
  ]
  for (const each of wrong) assert.throws(() => cutterOf(each), { code: 'redaction-failed' }, each.text)
})

function bare(text: string): string {
  return text.replaceAll(mark, '').replaceAll(/[x\n]/g, '')
}
