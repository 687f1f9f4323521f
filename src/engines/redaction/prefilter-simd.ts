// The prefilter in WebAssembly, where the machine has it: as `PlainPrefilter`, twenty times as fast.
import type { AnchorSet } from './anchors.ts'
import { isRunStart } from './encoded.ts'
import { escapeAt } from './escapes.ts'
import {
  before,
  behind,
  escapesAt,
  isClear,
  machineOf,
  most,
  outAt,
  padding,
  runsAt,
  textAt,
  usualMachine,
  type Build,
  type Machine,
} from './prefilter-machine.ts'
import { writeTables } from './prefilter-memory.ts'
import { PlainPrefilter, type Prefilter, type Swept } from './prefilter.ts'
import type { Text } from './text.ts'

/** Which build; `none` is plain JavaScript. All give the same places. */
export type Speed = Build | 'none'

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
  /** How many there are, then where. */
  readonly #runs: Uint32Array
  readonly #escapes: Uint32Array
  readonly #anchors: () => AnchorSet
  /** For a block so full of anchors that their places have no room. */
  #plain: Prefilter | undefined

  constructor(machine: Machine, anchors: () => AnchorSet) {
    this.#machine = machine
    this.#memory = machine.memory
    this.#places = new Uint32Array(machine.memory.buffer, outAt, most)
    this.#runs = new Uint32Array(machine.memory.buffer, runsAt)
    this.#escapes = new Uint32Array(machine.memory.buffer, escapesAt)
    this.#anchors = anchors
  }

  sweep(text: Text, from: number, to: number, into: Swept): void {
    const { sweep, reach } = this.#machine
    const { shift, end } = this.#put(text, from, to)
    const isFinal = Number(text.isFinal && end === text.end)
    const count = sweep(from + shift, to + shift, end + shift, isFinal, reach, outAt)
    if (count < 0) return this.#slow().sweep(text, from, to, into)
    for (let index = 0; index < count; index++) into.places.add(this.#places[index]! - shift)
    const runs = this.#runs[0]!
    for (let index = 1; index <= runs; index++) {
      const at = this.#runs[index]! - shift
      if (isRunStart(text.bytes, at, text.end)) into.runs.add(at)
    }
    const escapes = this.#escapes[0]!
    for (let index = 1; index <= escapes; index++) {
      const at = this.#escapes[index]! - shift
      if (escapeAt(text.bytes, at, text.end) > 0) into.escapes.add(at)
    }
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
