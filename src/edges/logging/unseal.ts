// Reads sealed logs: verifies each frame before it gives what is in it, and names what is wrong.
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyObject } from 'node:crypto'
import { fileOf, headLength, headStart, partsIn, readHead, type PartName } from './parts.ts'
import {
  bindingOf,
  lengthBytes,
  longestFrame,
  openFrame,
  openPartKey,
  tagBytes,
  type Unseal,
} from './sealing.ts'

/** What is wrong with a part. What stood before it in the part was given, what follows is not. */
export type Problem =
  /** Another key or identity, or a changed head. */
  | 'wrong-key'
  /** No head of a sealed log, or one of another part. */
  | 'head-damaged'
  /** A frame was changed, moved or left out. */
  | 'frame-changed'
  /** The file ends within a frame: a crash, or somebody cut it. */
  | 'torn-tail'
  /** The file ends without an end: it is being written, the program was killed, or somebody cut it. */
  | 'not-closed'
  /** Something follows the end. */
  | 'after-end'
  /** A part before the last one of its day is not there. */
  | 'part-missing'

/** Lines of a part, each with its line feed but for a last one that has none. */
export interface SealedLines extends PartName {
  readonly lines: readonly string[]
}

/** What is wrong with a part, and where in the file. */
export interface SealedProblem extends PartName {
  readonly problem: Problem
  /** Bytes from the start of the file. */
  readonly offset: number
}

/** What reading gives. */
export type SealedPiece = SealedLines | SealedProblem

/**
 * Reads the parts of a sealed log in order, some lines at a time.
 * @param dir Its files are attacker-controlled. That whole days, or the last parts of a day, were deleted cannot be told.
 * @throws The system's error if a file cannot be read; Fault `usage` for a key that is none.
 */
export async function* readSealedLog(dir: string, unseal: Unseal): AsyncGenerator<SealedPiece> {
  let before: PartName | undefined
  for (const name of partsIn(dir)) {
    const first = before?.day === name.day ? before.part + 1 : 1
    for (let part = first; part < name.part; part++)
      yield { day: name.day, part, problem: 'part-missing', offset: 0 }
    yield* readPart(join(dir, fileOf(name)), name, unseal)
    before = name
  }
}

async function* readPart(path: string, name: PartName, unseal: Unseal): AsyncGenerator<SealedPiece> {
  const file = new SteadyFile(path)
  try {
    const head = headIn(file, name)
    if (head === undefined) {
      yield { ...name, problem: 'head-damaged', offset: 0 }
      return
    }
    const key = await openPartKey(readHead(head).lead, unseal)
    if (key === undefined) yield { ...name, problem: 'wrong-key', offset: 0 }
    else yield* readFrames(file, name, { key, binding: bindingOf(head) })
  } finally {
    file.close()
  }
}

function headIn(file: SteadyFile, name: PartName): Buffer | undefined {
  const start = file.take(headStart)
  const length = headLength(start)
  if (length === undefined) return undefined
  const rest = file.take(length - headStart)
  const head = Buffer.concat([start, rest])
  if (head.length < length) return undefined
  const { day, part } = readHead(head)
  return day === name.day && part === name.part ? head : undefined
}

type Frame = { readonly plain: Uint8Array; readonly isLast: boolean } | Problem

interface Opening {
  readonly key: KeyObject
  readonly binding: Uint8Array
}

function* readFrames(file: SteadyFile, name: PartName, opening: Opening): Generator<SealedPiece> {
  const text = new WholeLines()
  for (let index = 0; ; index++) {
    const { offset } = file
    const frame = frameIn(file, { ...opening, index })
    if (typeof frame === 'string') {
      yield* linesOf(name, text.finish())
      yield { ...name, problem: frame, offset }
      return
    }
    yield* linesOf(name, frame.isLast ? text.finish() : text.push(frame.plain))
    if (!frame.isLast) continue
    if (file.take(1).length > 0) yield { ...name, problem: 'after-end', offset: file.offset - 1 }
    return
  }
}

function frameIn(file: SteadyFile, place: Opening & { readonly index: number }): Frame {
  const length = file.take(lengthBytes)
  if (length.length === 0) return 'not-closed'
  if (length.length < lengthBytes) return 'torn-tail'
  const size = length.readUInt32BE()
  if (size > longestFrame + tagBytes) return 'frame-changed'
  const sealed = file.take(size)
  if (sealed.length < size) return 'torn-tail'
  for (const isLast of [false, true]) {
    const plain = openFrame(sealed, { ...place, isLast })
    if (plain !== undefined) return { plain, isLast }
  }
  // The first frame is empty, and only there to tell.
  return place.index === 0 ? 'wrong-key' : 'frame-changed'
}

function* linesOf(name: PartName, lines: readonly string[]): Generator<SealedPiece> {
  if (lines.length > 0) yield { ...name, lines }
}

/** Puts lines together that a frame's end has cut. */
class WholeLines {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #rest = ''

  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/(?<=\n)/)
    this.#rest = lines.at(-1)?.endsWith('\n') === true ? '' : (lines.pop() ?? '')
    return lines
  }

  finish(): string[] {
    return this.#rest === '' ? [] : [this.#rest]
  }
}

/** Reads a file from its start to its end, once. */
class SteadyFile {
  offset = 0
  readonly #fd: number

  /** @throws The system's error. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r')
  }

  /** The next bytes, fewer at the end of the file. @throws The system's error. */
  take(length: number): Buffer {
    const bytes = Buffer.alloc(length)
    let done = 0
    while (done < length) {
      const count = readSync(this.#fd, bytes, done, length - done, null)
      if (count === 0) break
      done += count
    }
    this.offset += done
    return bytes.subarray(0, done)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
