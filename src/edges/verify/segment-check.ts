// Checks the frames of one segment against each other, the key and the tree.
import { base64, checkpointText, leafBytes, type NoteVerifier } from '#tlog'
import type { PayloadCheck } from './payload-check.ts'
import type { ProblemCode, Problems } from './problems.ts'
import {
  frameAt,
  hasGenuineFrame,
  headerBytes,
  isIntact,
  isZeroFrom,
  type Frame,
  type SegmentHeader,
} from './segment.ts'
import type { TreeCheck } from './tree-check.ts'

interface SegmentCheckParts {
  readonly verifier: NoteVerifier
  readonly tree: TreeCheck
  readonly payloads: PayloadCheck | undefined
  readonly problems: Problems
}

/** How a segment ended. */
export interface SegmentEnd {
  readonly nextFrame: number
  /** False where frames could not be followed to the end. */
  readonly isWhole: boolean
}

/** What the next frame must say of itself, and where it must stand. */
interface Expected {
  readonly at: number
  readonly index: number
  readonly number: number
  readonly link: Buffer
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
  run({ firstIndex, firstFrame, link }: SegmentHeader, bytes: Buffer, isNewest: boolean): SegmentEnd {
    let expected: Expected = { at: headerBytes, index: firstIndex, number: firstFrame, link }
    for (let frame = frameAt(bytes, headerBytes); frame !== undefined; frame = frameAt(bytes, expected.at)) {
      if (frame.firstIndex !== expected.index || frame.number !== expected.number) {
        return this.#stop('frame-order', expected)
      }
      if (isNewest && !isIntact(frame) && this.#isTorn(bytes, expected)) {
        return this.#stop('frame-torn', expected)
      }
      this.#checkFrame(frame, expected)
      expected = after(frame)
    }
    if (isZeroFrom(bytes, expected.at)) return this.#end(expected, true)
    return this.#stop(isNewest && this.#isTorn(bytes, expected) ? 'frame-torn' : 'frame-altered', expected)
  }

  /** True if an interrupted write explains that there is no good frame here. */
  #isTorn(bytes: Buffer, { at, index }: Expected): boolean {
    const { tree, verifier } = this.#parts
    return index >= tree.publishedSize && !hasGenuineFrame(bytes, at, verifier)
  }

  #checkFrame(frame: Frame, { link }: Expected): void {
    const { problems, payloads } = this.#parts
    if (!frame.previous.equals(link) && !this.#isLastAltered) this.#blame(frame)
    this.#growTree(frame)
    this.#isLastAltered = !isIntact(frame)
    if (this.#isLastAltered) problems.add('frame-altered', frame.firstIndex)
    else if (!this.#fitsTree(frame)) problems.add('frame-root', frame.firstIndex)
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
  #fitsTree({ firstIndex, count, note, digest }: Frame): boolean {
    const { tree, verifier } = this.#parts
    const root = tree.root()
    const size = firstIndex + count
    if (root === undefined || size !== tree.size) return true
    const extensions = [`frame ${base64(digest)}`]
    return note.startsWith(`${checkpointText({ origin: verifier.name, size, root, extensions })}\n`)
  }

  /** The link is wrong: of this frame or of the one before, whichever is not as it was signed. */
  #blame({ firstIndex }: Frame): void {
    if (this.#isSigned(this.#last)) this.#parts.problems.add('frame-chain', firstIndex)
    else this.#parts.problems.add('frame-signature', this.#last?.firstIndex)
  }

  #stop(code: ProblemCode, expected: Expected): SegmentEnd {
    this.#parts.problems.add(code, expected.index)
    return this.#end(expected, false)
  }

  #end({ number }: Expected, isWhole: boolean): SegmentEnd {
    if (!this.#isSigned(this.#last)) this.#parts.problems.add('frame-signature', this.#last?.firstIndex)
    return { nextFrame: number, isWhole }
  }

  /** True also where there is no frame. */
  #isSigned(frame: Frame | undefined): boolean {
    return frame === undefined || this.#parts.verifier.open(frame.note) !== undefined
  }
}

function after({ end, firstIndex, count, number, link }: Frame): Expected {
  return { at: end, index: firstIndex + count, number: number + 1, link }
}
