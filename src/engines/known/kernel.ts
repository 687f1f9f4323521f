// Where forms may stand, by WebAssembly: the text is copied to its memory block by block. tools/wasm/known.ts says how it
// reads the memory.
import { slotsOf, type Group } from './groups.ts'
import { plain } from './known-wasm.ts'
import { aligned, type Candidates, type Prober } from './prober.ts'
import { furthestOffset, longestForm, longestWindow, type Table } from './table.ts'

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  readonly scan: (group: number, from: number, to: number) => number
}

/** What is used of WebAssembly, for which neither the language nor Node has types. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

/** Addresses, divided by four, of what the module reads and writes. */
const slot = { slots: 20, slotMask: 21, forms: 22, out: 23, outEnd: 24, lowest: 25, end: 26, isFinal: 27 }
const groupsAt = 128
const groupBytes = 20
const page = 65_536
/** Bytes of the text whose windows are looked at in one go, and what they need before and behind. */
const block = 65_536
const before = furthestOffset + 1
const behind = longestForm + longestWindow
const outBytes = 32_768

export class Kernel implements Prober {
  readonly #groups: readonly Group[]
  readonly #scan: Exports['scan']
  readonly #bytes: Uint8Array
  readonly #words: Uint32Array
  readonly #outAt: number
  readonly #textAt: number

  /** Undefined where WebAssembly is missing or switched off. */
  static of(table: Table, groups: readonly Group[]): Kernel | undefined {
    return typeof WebAssembly === 'object' ? new Kernel(table, groups) : undefined
  }

  private constructor({ words, forms }: Table, groups: readonly Group[]) {
    const { memory, scan } = new WebAssembly.Instance(compiled()).exports
    const slots = slotsOf(forms)
    const layout = new Layout()
    // One window may be that of many forms, which are all written when the last has room.
    this.#outAt = layout.take(outBytes + 8 * forms.length)
    const formsAt = layout.take(8 * forms.length)
    const slotsAt = layout.take(slots.byteLength)
    const bitmapsAt = groups.map(({ bitmap }) => layout.take(bitmap.byteLength))
    this.#textAt = layout.take(before + block + behind)
    memory.grow(layout.pages - 1)
    this.#groups = groups
    this.#scan = scan
    this.#bytes = new Uint8Array(memory.buffer)
    this.#words = new Uint32Array(memory.buffer)
    new BigUint64Array(memory.buffer).set(words)
    this.#words.set([slotsAt, slots.length / 2 - 1, formsAt, this.#outAt, this.#outAt + outBytes], slot.slots)
    this.#words.set(slots, slotsAt / 4)
    this.#words.set(
      forms.flatMap(({ length, check }) => [length, check]),
      formsAt / 4,
    )
    groups.forEach(({ window, stride, bitmap, isEscaped }, index) => {
      const bitmapAt = bitmapsAt[index]!
      this.#words.set(
        [window, stride, bitmapAt, bitmap.byteLength - 4, Number(isEscaped)],
        (groupsAt + index * groupBytes) / 4,
      )
      this.#words.set(bitmap, bitmapAt / 4)
    })
  }

  probe(bytes: Uint8Array, from: number, isFinal: boolean, candidates: Candidates): void {
    this.#words[slot.isFinal] = Number(isFinal)
    for (let start = from - (from % 8); start < bytes.length; start += block) {
      const first = Math.max(0, start - before)
      const part = bytes.subarray(first, start + block + behind)
      this.#bytes.set(part, this.#textAt)
      /** From positions in the text to addresses. */
      const shift = this.#textAt - first
      this.#words[slot.lowest] = shift + Math.max(from, first)
      this.#words[slot.end] = this.#textAt + part.length
      this.#groups.forEach((group, index) => {
        const at = aligned(Math.max(start, from), group)
        const to = Math.min(start + block, bytes.length - group.window + 1)
        this.#scanAll(index, at + shift, to + shift, (start, form) => candidates(start - shift, form))
      })
    }
  }

  #scanAll(group: number, from: number, to: number, candidates: Candidates): void {
    for (let at = from; at < to;) {
      this.#words[slot.out] = this.#outAt
      at = this.#scan(groupsAt + group * groupBytes, at, to)
      const end = this.#words[slot.out]! / 4
      for (let out = this.#outAt / 4; out < end; out += 2)
        candidates(this.#words[out]!, this.#words[out + 1]!)
    }
  }
}

let module: object | undefined

function compiled(): object {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(plain), (char) => char.charCodeAt(0)))
  return module
}

/** Hands out memory behind the first page, each part at a multiple of eight. */
class Layout {
  #end = page

  take(bytes: number): number {
    const at = this.#end
    this.#end += Math.ceil(bytes / 8) * 8
    return at
  }

  get pages(): number {
    return Math.ceil(this.#end / page)
  }
}
