// The prefilter in WebAssembly, where the machine has it: as `PlainPrefilter`, twenty times as fast.
import type { AnchorSet } from './anchors.ts'
import { isRunStart } from './encoded.ts'
import { textAt, writeTables } from './prefilter-memory.ts'
import { PlainPrefilter, type Prefilter } from './prefilter.ts'
import { plain, relaxed } from './prefilter-wasm.ts'
import type { Text } from './text.ts'

/** Which build; `none` is plain JavaScript. All give the same places. */
export type Speed = 'relaxed' | 'plain' | 'none'

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /** from, to, textEnd, isFinal, reach, out: addresses and numbers as the source describes them. */
  readonly find: (...numbers: readonly number[]) => number
  /** from, to, textEnd, out */
  readonly findRuns: (...numbers: readonly number[]) => number
}

/** What of it is used here; what the module exports, its source says. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

/** Bytes before a block that are looked back at, and behind it that an anchor and the cheap look take. */
const before = 80
const behind = 160
const padding = 160
const pages = 9
const most = 65_536
const outAt = textAt + before + most + behind + padding
/** Code units of a string that has room, however it is encoded. */
const longestClear = most / 3
const encoder = new TextEncoder()
const none: readonly number[] = []

/** The fastest that this machine has. */
export function prefilterOf(anchors: AnchorSet, speeds: readonly Speed[] = ['relaxed', 'plain']): Prefilter {
  for (const speed of speeds) {
    const made = speed === 'none' ? null : instantiated(speed, anchors)
    if (made !== null) return made
  }
  return new PlainPrefilter(anchors)
}

function instantiated(speed: 'relaxed' | 'plain', anchors: AnchorSet): Prefilter | null {
  try {
    const module = new WebAssembly.Module(fromBase64(speed === 'plain' ? plain : relaxed))
    return SimdPrefilter.of(new WebAssembly.Instance(module).exports, anchors)
  } catch {
    // No WebAssembly, none with these instructions, or a policy against it.
    return null
  }
}

class SimdPrefilter implements Prefilter {
  readonly #find: Exports['find']
  readonly #findRuns: Exports['findRuns']
  readonly #memory: Uint8Array
  readonly #places: Uint32Array
  readonly #room: Uint8Array
  readonly #reach: number
  /** For a block so full of anchors that their places have no room. */
  readonly #plain: Prefilter

  private constructor({ find, findRuns, memory }: Exports, reach: number, anchors: AnchorSet) {
    this.#plain = new PlainPrefilter(anchors)
    this.#find = find
    this.#findRuns = findRuns
    this.#memory = new Uint8Array(memory.buffer)
    this.#places = new Uint32Array(memory.buffer, outAt)
    this.#room = this.#memory.subarray(textAt + before, textAt + before + most)
    this.#reach = reach
  }

  static of(exports: Exports, anchors: AnchorSet): SimdPrefilter | null {
    exports.memory.grow(pages - 1)
    const reach = writeTables(new Uint8Array(exports.memory.buffer), anchors.all)
    return reach < 0 ? null : new SimdPrefilter(exports, reach, anchors)
  }

  find(text: Text, from: number, to: number): ArrayLike<number> {
    const { shift, end } = this.#put(text, from, to)
    const isFinal = Number(text.isFinal && end === text.end)
    const count = this.#find(from + shift, to + shift, end + shift, isFinal, this.#reach, outAt)
    if (count < 0) return this.#plain.find(text, from, to)
    return count === 0 ? none : inOrder(this.#places.subarray(0, count), shift)
  }

  findRuns(text: Text, from: number, to: number): readonly number[] {
    const { shift, end } = this.#put(text, from, to)
    const count = this.#findRuns(from + shift, to + shift, end + shift, outAt)
    if (count < 0) return this.#plain.findRuns(text, from, to)
    if (count === 0) return none
    const places = inOrder(this.#places.subarray(0, count), shift)
    return places.filter((at) => isRunStart(text.bytes, at, text.end))
  }

  isClear(text: string): boolean {
    if (text.length > longestClear) return false
    const from = textAt + before
    const end = from + encoder.encodeInto(text, this.#room).written
    this.#memory.fill(0, end, end + padding)
    this.#memory.fill(0, textAt, from)
    return (
      this.#find(from, end, end, 1, this.#reach, outAt) === 0 && this.#findRuns(from, end, end, outAt) === 0
    )
  }

  /** Brings a block and its surroundings into the memory. */
  #put(text: Text, from: number, to: number): { shift: number; end: number } {
    const start = Math.max(0, from - before)
    const end = Math.min(text.end, to + behind)
    const base = textAt + before - (from - start)
    this.#memory.set(text.bytes.subarray(start, end), base)
    const shift = base - start
    this.#memory.fill(0, end + shift, end + shift + padding)
    // Before the text stands nothing that could be a letter.
    if (from < before) this.#memory.fill(0, textAt, base)
    return { shift, end }
  }
}

/** Each place once. They come almost in order: an anchor is noticed by the rarest of its bytes. */
function inOrder(places: Uint32Array, shift: number): number[] {
  const sorted: number[] = []
  for (const place of places) {
    const at = place - shift
    let index = sorted.length
    while (index > 0 && sorted[index - 1]! > at) index--
    if (sorted[index - 1] !== at) sorted.splice(index, 0, at)
  }
  return sorted
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
