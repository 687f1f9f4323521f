// Finds out where a log ended: from its checkpoint and its tiles, then frame by frame.
import { errorCode, Fault } from '#base'
import {
  decodeLeaf,
  GrowingTree,
  leafBytes,
  openCheckpoint,
  sha256,
  type Checkpoint,
  type NoteVerifier,
  type TileData,
} from '#tlog'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rememberDropped } from './dropped.ts'
import { findGenuineFrame, frameDigest, frameText, isGenuine, isIntact, type Frame } from './frame.ts'
import { longestSegment } from './header.ts'
import { listSegments, type Segment } from './segments.ts'
import { tileReader } from './tile-files.ts'
import { after, frameAt, isNext, startOf, tailBytes, type Expected } from './walk.ts'

export interface Recovered {
  readonly tree: GrowingTree
  /** Size of the published checkpoint. */
  readonly published: number
  readonly segments: Segment[]
  /** Time of the last event; 0 in an empty log. */
  readonly lastTime: number
}

interface RecoverOptions {
  readonly folder: string
  readonly verifier: NoteVerifier
  readonly atLeast: number
  readonly onFull: (tile: TileData) => void
}

/**
 * Brings back the tree as of the last whole frame. A torn tail (the last frame of the newest segment, incomplete or
 * bad, with nothing of the log after it) is cut off; what was cut is remembered for the log to record.
 * @throws Fault `journal-corrupt` for everything that an interrupted write cannot explain, or a log smaller than
 *   `atLeast`. Nothing was changed then.
 */
export async function recover({ folder, verifier, atLeast, onFull }: RecoverOptions): Promise<Recovered> {
  const checkpoint = await readCheckpoint(folder, verifier)
  const tree = await loadTree(folder, checkpoint, onFull)
  const segments = listSegments(folder)
  const replay = new Replay(tree, verifier)
  const from = segments.findLastIndex(({ header }) => header.firstIndex <= checkpoint.size)
  let ended: Ended | undefined
  for (const segment of segments.slice(Math.max(from, 0))) {
    if (ended !== undefined && ended.tail > 0) throw corrupt(ended.path, 'has a bad frame')
    ended = await replay.run(segment)
  }
  if (tree.size < atLeast) {
    throw new Fault('journal-corrupt', `the journal ends at ${tree.size}, but had at least ${atLeast} events`)
  }
  if (ended !== undefined) await cutTail(folder, ended)
  const lastTime = replay.lastTime ?? (await lastTimeOf(folder, tree))
  return { tree, published: checkpoint.size, segments, lastTime }
}

async function readCheckpoint(folder: string, verifier: NoteVerifier): Promise<Checkpoint> {
  try {
    const checkpoint = openCheckpoint(await readFile(join(folder, 'checkpoint'), 'utf8'), verifier)
    if (checkpoint !== undefined) return checkpoint
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new Fault('journal-corrupt', 'the checkpoint is missing', { cause: error })
  }
  throw new Fault('journal-corrupt', 'the checkpoint is not signed by the key of this journal')
}

async function loadTree(
  folder: string,
  { size, root }: Checkpoint,
  onFull: (tile: TileData) => void,
): Promise<GrowingTree> {
  const tree = await GrowingTree.load(size, tileReader(folder), onFull)
  if (tree === undefined || !tree.root().equals(root)) {
    throw new Fault('journal-corrupt', 'the tiles do not give the root of the checkpoint')
  }
  return tree
}

/** How a segment ended. */
interface Ended {
  readonly path: string
  readonly bytes: Buffer
  /** Offset after the last good frame. */
  readonly at: number
  /** Bytes after it, up to the last that is not zero. */
  readonly tail: number
}

/** Goes on with the tree from the frames that the checkpoint does not cover. */
class Replay {
  readonly #tree: GrowingTree
  readonly #verifier: NoteVerifier
  /** Size of the published checkpoint: frames before it are in the tree already. */
  readonly #covered: number
  lastTime: number | undefined

  constructor(tree: GrowingTree, verifier: NoteVerifier) {
    this.#tree = tree
    this.#verifier = verifier
    this.#covered = tree.size
  }

  async run({ header, path }: Segment): Promise<Ended> {
    if (header.firstIndex > this.#tree.size) throw corrupt(path, 'begins after a gap')
    const bytes = await readFile(path)
    if (bytes.length > longestSegment) throw corrupt(path, 'is longer than a segment can be')
    let expected = startOf(header)
    for (let next = this.#take(bytes, expected, path); next !== undefined;) {
      expected = next
      next = this.#take(bytes, expected, path)
    }
    if (expected.index > this.#tree.size) throw corrupt(path, 'has a frame that the checkpoint cuts in two')
    const tail = tailBytes(bytes, expected.at)
    if (tail > 0) this.#requireTorn(bytes, expected, path)
    return { path, bytes, at: expected.at, tail }
  }

  /** Takes the frame that comes next; undefined if what is there is not it. */
  #take(bytes: Buffer, expected: Expected, path: string): Expected | undefined {
    const frame = frameAt(bytes, expected)
    if (frame === undefined || !isNext(frame, expected)) return undefined
    const digest = frameDigest(frame)
    if (!this.#isGood(frame, digest)) return undefined
    if (frame.firstIndex >= this.#covered) this.#grow(frame, digest, path)
    return after(frame, digest)
  }

  /** The signature is checked for frames that the checkpoint does not cover. */
  #isGood(frame: Frame, digest: Buffer): boolean {
    if (frame.firstIndex < this.#covered) return isIntact(frame, digest)
    return isGenuine(frame, this.#verifier, digest)
  }

  #grow(frame: Frame, digest: Buffer, path: string): void {
    for (let at = 0; at < frame.leaves.length; at += leafBytes) {
      const entry = Buffer.from(frame.leaves.subarray(at, at + leafBytes))
      const leaf = decodeLeaf(entry)
      if (leaf === undefined) throw corrupt(path, 'has an event of an unknown form')
      this.lastTime = leaf.time
      this.#tree.push(entry)
    }
    const head = { origin: this.#verifier.name, size: this.#tree.size, root: this.#tree.root() }
    if (this.#verifier.open(frame.note.toString()) !== frameText(head, digest)) {
      throw corrupt(path, 'has a frame that does not continue the tree')
    }
  }

  /** An attacker who spoils a frame in the middle must not have the rest thrown away as torn. */
  #requireTorn(bytes: Buffer, { at, index }: Expected, path: string): void {
    if (index < this.#tree.size) throw corrupt(path, 'has a bad frame that was published')
    if (findGenuineFrame(bytes, at, this.#verifier) !== undefined)
      throw corrupt(path, 'has a bad frame before a good one')
  }
}

async function cutTail(folder: string, { path, bytes, at, tail }: Ended): Promise<void> {
  if (tail > 0) {
    const sha = sha256(bytes.subarray(at, at + tail)).toString('hex')
    await rememberDropped(folder, { droppedBytes: tail, sha256: sha })
  }
  if (bytes.length === at) return
  const file = await open(path, 'r+')
  try {
    await file.truncate(at)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function lastTimeOf(folder: string, tree: GrowingTree): Promise<number> {
  if (tree.size === 0) return 0
  const [level, index] = ['entries' as const, Math.floor((tree.size - 1) / 256)]
  const width = tree.size - index * 256
  const bundle = await tileReader(folder)({ level, index, width })
  return decodeLeaf(bundle.subarray(-leafBytes))?.time ?? 0
}

function corrupt(path: string, what: string): Fault {
  return new Fault('journal-corrupt', `segment ${path.split('/').at(-1)} ${what}`)
}
