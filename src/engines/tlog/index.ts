export { base64, fromBase64 } from './base64.ts'
export { checkpointText, openCheckpoint, parseCheckpoint, type Checkpoint } from './checkpoint.ts'
export { emptyRoot, hashBytes, leafHash, nodeHash, sha256, subtreeRoot } from './hash.ts'
export {
  commitmentOf,
  dayOf,
  decodeLeaf,
  encodeLeaf,
  isLeafTime,
  leafBytes,
  saltBytes,
  type Leaf,
} from './leaf.ts'
export { noteSigner, noteVerifier, type NoteSigner, type NoteVerifier } from './note.ts'
export {
  decodeBundle,
  encodeBundle,
  tilePath,
  tileWidth,
  widthAt,
  type ReadTile,
  type Tile,
  type TileData,
} from './tiles.ts'
export { GrowingTree } from './tree.ts'
