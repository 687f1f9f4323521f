// Tests of the paths of proofs, made and checked.
import { emptyRoot, GrowingTree, leafHash, tilePath, type ReadTile, type TileData } from '#tlog'
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConsistent, isIncluded } from './paths.ts'
import { proveConsistency, proveInclusion } from './prove.ts'

function entry(index: number): Buffer {
  return Buffer.from(`entry ${index}`)
}

/** A tree with its files in memory. */
function grow(size: number): { root: Buffer; read: ReadTile } {
  const files = new Map<string, Uint8Array>()
  const keep = (tile: TileData) => files.set(tilePath(tile), tile.bytes)
  const tree = new GrowingTree(keep)
  while (tree.size < size) tree.push(entry(tree.size))
  for (const tile of tree.edges()) keep(tile)
  return { root: tree.root(), read: async (tile) => files.get(tilePath(tile)) ?? assert.fail('no such tile') }
}

function rootOf(size: number): Buffer {
  return grow(size).root
}

test('isIncluded() believes every proof that proveInclusion() makes, for that entry alone', async () => {
  const claim = fc.integer({ min: 1, max: 600 }).chain((size) => {
    return fc.record({ size: fc.constant(size), index: fc.nat(size - 1) })
  })
  await fc.assert(
    fc.asyncProperty(claim, async ({ size, index }) => {
      const { root, read } = grow(size)
      const path = await proveInclusion(index, size, read)
      const whole = { leafHash: leafHash(entry(index)), index, size, root, path }
      assert.ok(isIncluded(whole))
      assert.ok(!isIncluded({ ...whole, leafHash: leafHash(entry(index + 1)) }))
      assert.ok(!isIncluded({ ...whole, path: [...path, leafHash(entry(0))] }))
      assert.ok(!isIncluded({ ...whole, root: rootOf(size + 1) }))
      if (size > 1) assert.ok(!isIncluded({ ...whole, index: (index + 1) % size }))
    }),
    { numRuns: 60 },
  )
})

test('isIncluded() refuses numbers and hashes that are none', () => {
  const root = leafHash(entry(0))
  const whole = { leafHash: root, index: 0, size: 1, root, path: [] }
  assert.ok(isIncluded(whole))
  for (const index of [-1, 1, 0.5, Number.NaN, 2 ** 60]) assert.ok(!isIncluded({ ...whole, index }))
  for (const size of [0, -1, 1.5, Number.POSITIVE_INFINITY]) assert.ok(!isIncluded({ ...whole, size }))
  assert.ok(!isIncluded({ ...whole, size: 2, path: [Buffer.alloc(31)] }))
  assert.ok(!isIncluded({ ...whole, size: 2, path: Array(65).fill(root) }))
})

test('isConsistent() believes every proof that proveConsistency() makes, for those trees alone', async () => {
  const claim = fc.integer({ min: 1, max: 600 }).chain((size) => {
    return fc.record({ size: fc.constant(size), earlier: fc.integer({ min: 1, max: size }) })
  })
  await fc.assert(
    fc.asyncProperty(claim, async ({ size, earlier }) => {
      const { root, read } = grow(size)
      const path = await proveConsistency(earlier, size, read)
      const whole = {
        earlierSize: earlier,
        earlierRoot: rootOf(earlier),
        size,
        root,
        path,
      }
      assert.ok(isConsistent(whole))
      assert.ok(!isConsistent({ ...whole, earlierRoot: leafHash(entry(7)) }))
      assert.ok(!isConsistent({ ...whole, path: [...path, leafHash(entry(0))] }))
      if (size !== earlier) assert.ok(!isConsistent({ ...whole, root: rootOf(size + 1) }))
      if (path.length > 0) assert.ok(!isConsistent({ ...whole, path: path.slice(1) }))
    }),
    { numRuns: 60 },
  )
})

test('isConsistent() refuses an empty earlier tree, with which every tree would agree', () => {
  const root = leafHash(entry(0))
  assert.ok(!isConsistent({ earlierSize: 0, earlierRoot: emptyRoot(), size: 1, root, path: [] }))
})
