import { Fault } from '#base'
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { it } from 'node:test'
import { beneath, componentsOf } from './path.ts'

const pieces = fc.constantFrom('a', 'b', '.', '..', '', ' ', '...', '\0', '\\', 'C:', 'é', '\ud800', '/')

it('componentsOf() gives components that lead to the same place and never upwards', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const path = parts.join('/')
      const components = orNull(() => componentsOf(path))
      if (components === null) return
      assert.equal(posix.join('/root', ...components), posix.join('/root', path).replace(/(?<=.)\/$/, ''))
      assert.ok(
        components.every((part) => part !== '' && part !== '.' && part !== '..' && !/[/\0\\]/.test(part)),
      )
    }),
  )
})

it('beneath() gives what follows the root', () => {
  assert.equal(beneath('/a', '/a/b/c'), 'b/c')
  assert.equal(beneath('/', '/a/b'), 'a/b')
  assert.equal(beneath('/a', '/a'), '')
  assert.equal(beneath('/', '/'), '')
})

it('beneath() refuses a neighbour whose name begins with the name of the root', () => {
  assert.throws(() => beneath('/a/root', '/a/root-secrets/file'), { code: 'path-outside-root' })
  assert.throws(() => beneath('/a/root', '/a/roo'), { code: 'path-outside-root' })
  assert.throws(() => beneath('/a/root', 'a/root/x'), { code: 'path-invalid' })
})

function orNull<Result>(call: () => Result): Result | null {
  try {
    return call()
  } catch (thrown) {
    if (thrown instanceof Fault) return null
    throw thrown
  }
}
