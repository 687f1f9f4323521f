import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fits } from './glob.ts'

it('fits() agrees with the regular expression of the same meaning', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '🔑', '\n'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '🔑', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(name, pattern, (name, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*')
      assert.equal(fits(name, pattern), new RegExp(`^${source}$`, 'su').test(name))
    }),
    { numRuns: 2000 },
  )
})

it('fits() takes signs of other pattern languages for themselves', () => {
  assert.ok(fits('[a-z]{1}', '[a-z]{1}'))
  assert.ok(!fits('b', '[a-z]'))
  assert.ok(fits('.env', '*'))
  assert.ok(!fits('A', 'a'))
})

it('fits() does little work on patterns made to blow up', () => {
  assert.ok(!fits('a'.repeat(255), '*a'.repeat(127) + 'b'))
})
