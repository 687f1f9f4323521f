// Tests of growing, of tiles, and of proofs made from tiles.
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeBundle,
  encodeBundle,
  emptyRoot,
  GrowingTree,
  isConsistent,
  isIncluded,
  leafHash,
  nodeHash,
  proveConsistency,
  proveInclusion,
  tilePath,
  type ReadTile,
  type TileData,
} from './index.ts'

function entry(index: number): Buffer {
  return Buffer.from(`entry ${index}`)
}

/** RFC 6962, section 2.1, word for word. */
function naiveRoot(from: number, to: number): Buffer {
  if (to === from) return emptyRoot()
  if (to - from === 1) return leafHash(entry(from))
  let split = 1
  while (split * 2 < to - from) split *= 2
  return nodeHash(naiveRoot(from, from + split), naiveRoot(from + split, to))
}

/** A tree with its files in memory. */
function grow(size: number): { tree: GrowingTree; files: Map<string, Uint8Array>; read: ReadTile } {
  const files = new Map<string, Uint8Array>()
  const keep = (tile: TileData) => files.set(tilePath(tile), tile.bytes)
  const tree = new GrowingTree(keep)
  while (tree.size < size) tree.push(entry(tree.size))
  for (const tile of tree.edges()) keep(tile)
  return {
    tree,
    files,
    read: async (tile) => {
      const bytes = files.get(tilePath(tile))
      assert.ok(bytes, `${tilePath(tile)} is not there`)
      return bytes
    },
  }
}

const sizes = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 250, max: 1100 }))

test('GrowingTree.root() is the root that RFC 6962 defines', () => {
  fc.assert(
    fc.property(sizes, (size) => grow(size).tree.root().equals(naiveRoot(0, size))),
    { numRuns: 40 },
  )
})

test('GrowingTree.load() goes on where the tiles end', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 0, max: 300 }), async (size, more) => {
      const { read } = grow(size)
      const tree = await GrowingTree.load(size, read, () => {})
      assert.ok(tree)
      assert.deepEqual(tree.root(), naiveRoot(0, size))
      while (tree.size < size + more) tree.push(entry(tree.size))
      assert.deepEqual(tree.root(), naiveRoot(0, size + more))
      assert.deepEqual(tree.edges(), grow(size + more).tree.edges())
    }),
    { numRuns: 30 },
  )
})

test('GrowingTree.load() gives nothing for a tile of a wrong length', async () => {
  const { read } = grow(300)
  const short: ReadTile = async (tile) => (await read(tile)).subarray(1)
  assert.equal(await GrowingTree.load(300, short, () => {}), undefined)
})

test('GrowingTree fills tiles of the second level at 65,536 entries', () => {
  const { tree, files } = grow(65_536)
  assert.ok(files.has('tile/0/255'))
  assert.ok(files.has('tile/1/000'))
  assert.ok(files.has('tile/2/000.p/1'))
  assert.deepEqual(tree.root(), Buffer.from(files.get('tile/2/000.p/1')!))
})

test('isIncluded() believes every proof that proveInclusion() makes, for that entry alone', async () => {
  const claim = fc.integer({ min: 1, max: 600 }).chain((size) => {
    return fc.record({ size: fc.constant(size), index: fc.nat(size - 1) })
  })
  await fc.assert(
    fc.asyncProperty(claim, async ({ size, index }) => {
      const { tree, read } = grow(size)
      const path = await proveInclusion(index, size, read)
      const whole = { leafHash: leafHash(entry(index)), index, size, root: tree.root(), path }
      assert.ok(isIncluded(whole))
      assert.ok(!isIncluded({ ...whole, leafHash: leafHash(entry(index + 1)) }))
      assert.ok(!isIncluded({ ...whole, path: [...path, leafHash(entry(0))] }))
      assert.ok(!isIncluded({ ...whole, root: naiveRoot(0, size + 1) }))
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
      const { tree, read } = grow(size)
      const path = await proveConsistency(earlier, size, read)
      const whole = {
        earlierSize: earlier,
        earlierRoot: naiveRoot(0, earlier),
        size,
        root: tree.root(),
        path,
      }
      assert.ok(isConsistent(whole))
      assert.ok(!isConsistent({ ...whole, earlierRoot: leafHash(entry(7)) }))
      assert.ok(!isConsistent({ ...whole, path: [...path, leafHash(entry(0))] }))
      if (size !== earlier) assert.ok(!isConsistent({ ...whole, root: naiveRoot(0, size + 1) }))
      if (path.length > 0) assert.ok(!isConsistent({ ...whole, path: path.slice(1) }))
    }),
    { numRuns: 60 },
  )
})

test('isConsistent() refuses an empty earlier tree, with which every tree would agree', () => {
  const root = leafHash(entry(0))
  assert.ok(!isConsistent({ earlierSize: 0, earlierRoot: emptyRoot(), size: 1, root, path: [] }))
})

test('tilePath() writes an index in groups of three digits', () => {
  assert.equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), 'tile/0/x001/x234/067')
  assert.equal(tilePath({ level: 'entries', index: 5, width: 17 }), 'tile/entries/005.p/17')
  assert.equal(tilePath({ level: 3, index: 1000, width: 256 }), 'tile/3/x001/000')
})

test('decodeBundle() gives what encodeBundle() was given, and nothing for anything else', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (entries) => {
      const bundle = encodeBundle(entries)
      const plain = decodeBundle(bundle, entries.length)?.map((entry) => Uint8Array.from(entry))
      assert.deepEqual(
        plain,
        entries.map((entry) => Uint8Array.from(entry)),
      )
      assert.equal(decodeBundle(bundle, entries.length + 1), undefined)
      assert.equal(decodeBundle(Buffer.concat([bundle, Buffer.alloc(1)]), entries.length), undefined)
      if (bundle.length > 0) assert.equal(decodeBundle(bundle.subarray(1), entries.length), undefined)
    }),
  )
})
