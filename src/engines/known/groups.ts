// Forms by what must be looked at to notice them, and the two tables in which a window is looked up.
import type { Form, Kind } from './table.ts'

/** Forms with windows of one length, one of which begins at each multiple of `stride`. */
export interface Group {
  readonly window: number
  readonly stride: number
  /** Each window has a backslash among its first eight bytes. */
  readonly isEscaped: boolean
  /** Two bits for each hash, in one word. */
  readonly bitmap: Uint32Array
  /** How far into a form its first window begins, at most: by what a text must look like to be its beginning. */
  readonly bases: ReadonlyMap<Kind, number>
}

/** Bits for each window. Of 300 others one is found by chance. */
const sparsity = 48
const [leastBits, mostBits] = [13, 23]

export function groupsOf(forms: readonly Form[]): Group[] {
  const sorted = Map.groupBy(forms, ({ window, stride, kind }) => `${window} ${stride} ${kind === 'escaped'}`)
  return [...sorted.values()].map(groupOf)
}

function groupOf(forms: readonly Form[]): Group {
  const [{ window, stride, kind } = { window: 0, stride: 0, kind: 'any' }] = forms
  const bits = Math.ceil(Math.log2(forms.length * stride * sparsity))
  const bitmap = new Uint32Array(2 ** (Math.min(mostBits, Math.max(leastBits, bits)) - 5))
  const bases = new Map<Kind, number>()
  for (const { hashes, kind, base } of forms) {
    for (const hash of hashes) bitmap[wordOf(hash, bitmap)]! |= (1 << hash) | (1 << (hash >>> 5))
    bases.set(kind, Math.max(bases.get(kind) ?? 0, base))
  }
  return { window, stride, isEscaped: kind === 'escaped', bitmap, bases }
}

/** Whether a group's bitmap has both bits of a hash. */
export function mayHold(hash: number, bitmap: Uint32Array): boolean {
  const word = bitmap[wordOf(hash, bitmap)]!
  return ((word >>> hash) & (word >>> (hash >>> 5)) & 1) === 1
}

function wordOf(hash: number, bitmap: Uint32Array): number {
  return (hash >>> 10) & (bitmap.length - 1)
}

/**
 * An open hash table of all windows: at a hash's lower bits or behind, the hash, and beside it the form's index plus one,
 * times 256, plus how far into the form the window begins. Zero ends a run.
 */
export function slotsOf(forms: readonly Form[]): Uint32Array {
  const windows = forms.reduce((sum, { stride }) => sum + stride, 0)
  const size = 2 ** Math.ceil(Math.log2(2 * windows + 1))
  const slots = new Uint32Array(2 * size)
  forms.forEach(({ hashes, base }, index) => {
    hashes.forEach((hash, offset) => {
      let slot = hash & (size - 1)
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & (size - 1)
      slots[2 * slot] = hash
      slots[2 * slot + 1] = (index + 1) * 256 + base + offset
    })
  })
  return slots
}
