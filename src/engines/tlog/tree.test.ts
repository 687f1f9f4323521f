// Tests of growing, and of tiles.
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeBundle,
  encodeBundle,
  emptyRoot,
  GrowingTree,
  leafHash,
  nodeHash,
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
