// Where forms may stand, without WebAssembly: the same windows, hashes and tables. Slower, and it leaves more to confirm.
import { mayHold, slotsOf, type Group } from './groups.ts'
import { aligned, type Candidates, type Prober } from './prober.ts'
import type { Form, Table } from './table.ts'

export class Plain implements Prober {
  readonly #groups: readonly Group[]
  readonly #forms: readonly Form[]
  readonly #slots: Uint32Array
  /** Halves of the words, the lower first. */
  readonly #halves: Uint32Array

  constructor({ words, forms }: Table, groups: readonly Group[]) {
    this.#groups = groups
    this.#forms = forms
    this.#slots = slotsOf(forms)
    this.#halves = new Uint32Array(words.slice().buffer)
  }

  probe(bytes: Uint8Array, from: number, isFinal: boolean, candidates: Candidates): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const told: Candidates = (start, form) => {
      const isWhole = start + this.#forms[form]!.length <= bytes.length
      if (start >= from && (isWhole || !isFinal)) candidates(start, form)
    }
    for (const group of this.#groups) {
      const { window, stride, bitmap } = group
      for (let at = aligned(from, group); at + window <= bytes.length; at += stride) {
        const hash = hashOf(view, at, window, this.#halves)
        if (mayHold(hash, bitmap)) this.#look(at, hash, told)
      }
    }
  }

  #look(at: number, hash: number, candidates: Candidates): void {
    const mask = this.#slots.length / 2 - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[2 * slot + 1]!
      if (entry === 0) return
      if (this.#slots[2 * slot] === hash) candidates(at - (entry & 255), (entry >>> 8) - 1)
    }
  }
}

/** The upper half of the sum of products of 64 bits, each of which is put together from products of 32. */
function hashOf(view: DataView, at: number, window: number, halves: Uint32Array): number {
  let [upper, lower] = [0, 0]
  for (let word = 0; word * 8 < window; word++) {
    const place = at + Math.min(word * 8, window - 8)
    const [low, high] = [view.getUint32(place, true), view.getUint32(place + 4, true)]
    const [byLow, byHigh] = [halves[2 * word]!, halves[2 * word + 1]!]
    upper = (upper + upperOf(low, byLow) + Math.imul(high, byLow) + Math.imul(low, byHigh)) | 0
    lower += Math.imul(low, byLow) >>> 0
  }
  return (upper + Math.floor(lower / 2 ** 32)) >>> 0
}

/** The upper 32 bits of a product of two numbers of 32. */
function upperOf(a: number, b: number): number {
  const [low, high] = [a & 0xffff, a >>> 16]
  const [byLow, byHigh] = [b & 0xffff, b >>> 16]
  const middle = high * byLow + ((low * byLow) >>> 16)
  return high * byHigh + (middle >>> 16) + ((low * byHigh + (middle & 0xffff)) >>> 16)
}
