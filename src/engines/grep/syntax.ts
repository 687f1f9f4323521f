// What a pattern is once it is parsed. Groups capture nothing: only whether a line matches is of interest.
import { Fault } from '#base'

/** Code points from and to, both inclusive. */
export type CharacterRange = readonly [low: number, high: number]

/** A place between two characters. */
export type Place = 'line-start' | 'line-end' | 'word-edge' | 'no-word-edge'

export type Syntax =
  /** One character of the ranges; none at all where there is no range. */
  | { readonly kind: 'set'; readonly ranges: readonly CharacterRange[] }
  | { readonly kind: 'place'; readonly place: Place }
  /** One after the other; of none, the empty text. */
  | { readonly kind: 'sequence'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'either'; readonly options: readonly Syntax[] }
  /** `most` null: no end. */
  | { readonly kind: 'repeat'; readonly of: Syntax; readonly least: number; readonly most: number | null }

export const lastCodePoint = 0x10_ffff
export const lineFeed = 0x0a

/** @param at Character of the pattern, counted from 1. @param what What is wrong, and what to write instead. */
export function invalid(at: number, what: string): Fault {
  return new Fault('pattern-invalid', `at character ${at}: ${what}`)
}

export function tooComplex(what: string): Fault {
  return new Fault('pattern-too-complex', `the pattern needs ${what}`)
}
