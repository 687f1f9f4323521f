// Checks the frames of one segment against each other, the key and the tree.
import { leafBytes, type NoteVerifier } from '#tlog'
import { findGenuineFrame, frameDigest, frameText, isIntact, type Frame } from './frame.ts'
import type { ProblemCode, Problems } from './problems.ts'
import type { Segment } from './segments.ts'
import type { PayloadCheck } from './verify-payloads.ts'
import type { TreeCheck } from './verify-tree.ts'
import { after, frameAt, isInOrder, startOf, tailBytes, type Expected } from './walk.ts'

interface SegmentCheckParts {
  readonly verifier: NoteVerifier
  readonly tree: TreeCheck
  readonly payloads: PayloadCheck | undefined
  readonly problems: Problems
}

/** How a segment ended. */
export interface SegmentEnd {
  readonly nextIndex: number
  readonly nextFrame: number
  /** False where frames could not be followed to the end. */
  readonly isWhole: boolean
}

/**
 * Since each frame carries a hash over the whole frame before it, and signs its own, one signature at the end of a
 * segment vouches for all frames in it; the others are looked at where something does not fit.
 */
export class SegmentCheck {
  readonly #parts: SegmentCheckParts
  #last: Frame | undefined
  #isLastAltered = false

  constructor(parts: SegmentCheckParts) {
    this.#parts = parts
  }

  /** @param isNewest Only the newest segment may end with an unfinished frame. */
  run({ header }: Segment, bytes: Buffer, isNewest: boolean): SegmentEnd {
    let expected = startOf(header)
    for (let frame = frameAt(bytes, expected); frame !== undefined; frame = frameAt(bytes, expected)) {
      if (!isInOrder(frame, expected)) return this.#stop('frame-order', expected)
      const digest = frameDigest(frame)
      if (isNewest && !isIntact(frame, digest) && this.#isTorn(bytes, expected)) {
        return this.#stop('frame-torn', expected)
      }
      this.#checkFrame(frame, digest, expected)
      expected = after(frame, digest)
    }
    if (tailBytes(bytes, expected.at) === 0) return this.#end(expected, true)
    return this.#stop(isNewest && this.#isTorn(bytes, expected) ? 'frame-torn' : 'frame-altered', expected)
  }

  /** True if an interrupted write explains that there is no good frame here. */
  #isTorn(bytes: Buffer, { at, index }: Expected): boolean {
    const { tree, verifier } = this.#parts
    return index >= tree.publishedSize && findGenuineFrame(bytes, at, verifier) === undefined
  }

  #checkFrame(frame: Frame, digest: Buffer, expected: Expected): void {
    const { problems, payloads } = this.#parts
    const isLinked = frame.previous.equals(expected.previous)
    if (!isLinked && !this.#isLastAltered) this.#blame(frame)
    this.#growTree(frame)
    this.#isLastAltered = !isIntact(frame, digest)
    if (this.#isLastAltered) problems.add('frame-altered', frame.firstIndex)
    else if (!this.#fitsTree(frame, digest)) problems.add('frame-root', frame.firstIndex)
    payloads?.check(frame)
    this.#last = frame
  }

  #growTree({ leaves, firstIndex, count }: Frame): void {
    const { tree } = this.#parts
    for (let at = 0; at < count; at++) {
      // Events that the tree has already were told of twice: the order of segments says so.
      if (firstIndex + at !== tree.size) continue
      tree.push(leaves.subarray(at * leafBytes, (at + 1) * leafBytes))
    }
  }

  /** True if the checkpoint in the frame is of this tree, as far as the tree is known. */
  #fitsTree(frame: Frame, digest: Buffer): boolean {
    const { tree, verifier } = this.#parts
    const root = tree.root()
    const size = frame.firstIndex + frame.count
    if (root === undefined || size !== tree.size) return true
    const text = frameText({ origin: verifier.name, size, root }, digest)
    return frame.note.toString().startsWith(`${text}\n`)
  }

  /** The link is wrong: of this frame or of the one before, whichever is not as it was signed. */
  #blame(frame: Frame): void {
    const { problems, verifier } = this.#parts
    const last = this.#last
    const isLastGenuine = last === undefined || verifier.open(last.note.toString()) !== undefined
    if (isLastGenuine) problems.add('frame-chain', frame.firstIndex)
    else problems.add('frame-signature', last.firstIndex)
  }

  #stop(code: ProblemCode, expected: Expected): SegmentEnd {
    this.#parts.problems.add(code, expected.index)
    return this.#end(expected, false)
  }

  #end(expected: Expected, isWhole: boolean): SegmentEnd {
    const last = this.#last
    if (last !== undefined && this.#parts.verifier.open(last.note.toString()) === undefined) {
      this.#parts.problems.add('frame-signature', last.firstIndex)
    }
    return { nextIndex: expected.index, nextFrame: expected.number, isWhole }
  }
}
