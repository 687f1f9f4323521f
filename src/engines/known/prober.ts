// What says where forms may stand, and how positions of windows follow from a text.
import type { Group } from './groups.ts'

/** Told of each form that may stand at a place; what is left is to confirm it, or to wait for its end. */
export type Candidates = (start: number, form: number) => void

/** Says where forms may stand. */
export interface Prober {
  /** Tells of all forms that may start at `from` or later; if more may follow, also of those that the text ends within. */
  probe(bytes: Uint8Array, from: number, isFinal: boolean, candidates: Candidates): void
}

/** The first multiple of a group's stride that is at least `position`. */
export function aligned(position: number, { stride }: Group): number {
  return Math.ceil(position / stride) * stride
}
