// The prefilter in WebAssembly, where the machine has it: as `PlainPrefilter`, twenty times as fast.
import type { AnchorSet } from './anchors.ts'
import { isRunStart } from './encoded.ts'
import { escapeAt } from './escapes.ts'
import {
  before,
  behind,
  isClear,
  machineOf,
  outAt,
  padding,
  textAt,
  usualMachine,
  type Build,
  type Machine,
} from './prefilter-machine.ts'
import { writeTables } from './prefilter-memory.ts'
import { PlainPrefilter, type Prefilter } from './prefilter.ts'
import type { Text } from './text.ts'

/** Which build; `none` is plain JavaScript. All give the same places. */
export type Speed = Build | 'none'

const none: readonly number[] = []

/** The fastest that this machine has. */
export function prefilterOf(anchors: AnchorSet, speeds: readonly Speed[] = ['relaxed', 'plain']): Prefilter {
  for (const speed of speeds) {
    if (speed === 'none') break
    const machine = machineOf(speed, (memory) => writeTables(memory, anchors.all))
    if (machine !== null) return new SimdPrefilter(machine, () => anchors)
  }
  return new PlainPrefilter(anchors)
}

/** The fastest that this machine has, for our own anchors. */
export function usualPrefilter(anchors: () => AnchorSet): Prefilter {
  const machine = usualMachine()
  return machine === null ? new PlainPrefilter(anchors()) : new SimdPrefilter(machine, anchors)
}

class SimdPrefilter implements Prefilter {
  readonly #machine: Machine
  readonly #memory: Uint8Array
  readonly #places: Uint32Array
  readonly #anchors: () => AnchorSet
  /** For a block so full of anchors that their places have no room. */
  #plain: Prefilter | undefined

  constructor(machine: Machine, anchors: () => AnchorSet) {
    this.#machine = machine
    this.#memory = machine.memory
    this.#places = new Uint32Array(machine.memory.buffer, outAt)
    this.#anchors = anchors
  }

  find(text: Text, from: number, to: number): ArrayLike<number> {
    const { find, reach } = this.#machine
    const { shift, end } = this.#put(text, from, to)
    const isFinal = Number(text.isFinal && end === text.end)
    const count = find(from + shift, to + shift, end + shift, isFinal, reach, outAt)
    if (count < 0) return this.#slow().find(text, from, to)
    return count === 0 ? none : inOrder(this.#places.subarray(0, count), shift)
  }

  findRuns(text: Text, from: number, to: number): readonly number[] {
    const { shift, end } = this.#put(text, from, to)
    const count = this.#machine.findRuns(from + shift, to + shift, end + shift, outAt)
    if (count < 0) return this.#slow().findRuns(text, from, to)
    if (count === 0) return none
    const places = inOrder(this.#places.subarray(0, count), shift)
    return places.filter((at) => isRunStart(text.bytes, at, text.end))
  }

  findEscapes(text: Text, from: number, to: number): readonly number[] {
    const { shift } = this.#put(text, from, to)
    const count = this.#machine.findEscapes(from + shift, to + shift, outAt)
    if (count === 0) return none
    const found: number[] = []
    for (const place of this.#places.subarray(0, count))
      if (escapeAt(text.bytes, place - shift, text.end) > 0) found.push(place - shift)
    return found
  }

  isClear(text: string | Uint8Array): boolean {
    return isClear(this.#machine, text)
  }

  #slow(): Prefilter {
    return (this.#plain ??= new PlainPrefilter(this.#anchors()))
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
