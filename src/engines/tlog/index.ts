export { base64, fromBase64 } from './base64.ts'
export { isConsistent, isIncluded, type ConsistencyClaim, type InclusionClaim } from './check.ts'
export { checkpointText, openCheckpoint, parseCheckpoint, type Checkpoint } from './checkpoint.ts'
export { emptyRoot, hashBytes, leafHash, nodeHash, sha256 } from './hash.ts'
export {
  commitmentOf,
  dayOf,
  decodeLeaf,
  encodeLeaf,
  isLeafTime,
  leafBytes,
  millisecondsPerDay,
  saltBytes,
  type Leaf,
} from './leaf.ts'
export { noteSigner, noteVerifier, type NoteSigner, type NoteVerifier } from './note.ts'
export { encodeProof, openProof, type Proof } from './proof.ts'
export { proveConsistency, proveInclusion } from './prove.ts'
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
