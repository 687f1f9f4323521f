// What stands around a number: whether it is whole there, or part of something longer.
import { alnum, base64url, byteClass, digit, hexAny, letter, union, word } from './classes.ts'
import { standsApart } from './pii-glance.ts'
import { endsPlaceholder, placeholderEnd } from './placeholder.ts'
import { escapeEnd, type Text } from './text.ts'

const bracket = 0x5b
const backslash = 0x5c
const percent = 0x25
/** Before a number they make it part of something else, whatever stands before them. */
const binding = byteClass('+@$^-')
/** They bind what is joined on both sides. */
const joining = byteClass('.+@-')

/** Most letters that an id may begin with. */
const mostLetters = 6

/** A number, or letters and digits, that begins at `start`; what stands before is not part of it. */
export interface Start {
  readonly at: number
  /** It may be a path, a fragment or a number in a list of them: without words it is no finding. */
  readonly isDoubtful: boolean
}

/**
 * Where the word begins whose first digit stands at `at`, or null if it has digits before, or is joined to what is
 * before it. An escape sequence is no part of it.
 */
export function startOf(text: Text, at: number): Start | null {
  if (standsApart(text.bytes, at)) return { at, isDoubtful: false }
  const first = text.runStart(at, letter, mostLetters + 1)
  const start = escapeEnd(text, first)
  if (start > first) return { at: start, isDoubtful: false }
  if (at - first > mostLetters || joinsLeft(text, first)) return null
  const before = text.at(first - 1)
  return { at: first, isDoubtful: before === 0x2f || before === 0x23 } // / #
}

/** Tells whether what begins at `at` goes on to the left: letters, digits, `a-1`, `1.1`, `1:1`, or a placeholder. */
export function joinsLeft(text: Text, at: number): boolean {
  const before = text.at(at - 1)
  if (before < 0) return false
  if (word[before] === 1 || binding[before] === 1) return true
  if (before === 0x3a || before === 0x2f) return isDigitOrMasked(text, at - 1) // : /
  if (before === 0x2e) return text.is(at - 2, alnum) || endsPlaceholder(text, at - 1)
  return endsPlaceholder(text, at)
}

/** Tells whether what ends at `at` goes on to the right. */
export function joinsRight(text: Text, at: number): boolean {
  const after = text.at(at)
  if (after < 0) return false
  if (word[after] === 1) return true
  if (joining[after] === 1) return text.is(at + 1, alnum) || isMasked(text, at + 1)
  if (after === 0x3a) return text.is(at + 1, digit) || isMasked(text, at + 1)
  if (after === percent) return !(text.is(at + 1, hexAny) && text.is(at + 2, hexAny))
  return isMasked(text, at)
}

/** Tells whether a group of digits, or what may have been one, stands before the space at `at`. */
export function hasGroupBefore(text: Text, at: number): boolean {
  return text.at(at - 1) === 0x20 && isDigitOrMasked(text, at - 1)
}

/** Tells whether a group of digits, or what may have been one, stands behind the space at `at`. */
export function hasGroupAfter(text: Text, at: number): boolean {
  return text.at(at) === 0x20 && (text.is(at + 1, digit) || isMasked(text, at + 1))
}

/** Where a run of `of` that ends at `at` begins, after an escape sequence that it may continue. */
export function runStartOf(text: Text, at: number, of: Uint8Array, most: number): number {
  const first = text.runStart(at, of, most)
  const before = text.at(first - 1)
  return before === backslash || before === percent ? Math.min(at, escapeEnd(text, first)) : first
}

/** Tells whether a placeholder of ours begins at `at`. */
export function isMasked(text: Text, at: number): boolean {
  return text.at(at) === bracket && placeholderEnd(text, at) > 0
}

function isDigitOrMasked(text: Text, at: number): boolean {
  return text.is(at - 1, digit) || endsPlaceholder(text, at)
}

/** Where what may still become part of a finding begins, at the end of a text that goes on; looks at `most` bytes. */
export function openFrom(text: Text, most: number): number {
  const start = text.runStart(text.end, open, most)
  return pairBefore(text, start) ?? start
}

/** Where the one or two letters begin that stand before the space or hyphen before `at`, or null. */
export function pairBefore(text: Text, at: number): number | null {
  const separator = text.at(at - 1)
  if ((separator !== 0x20 && separator !== 0x2d) || !text.is(at - 2, letter)) return null
  const start = text.is(at - 3, letter) ? at - 3 : at - 2
  return text.is(start - 1, letter) ? null : start
}

const open = union(base64url, byteClass(".+%\\'\x80-\xff"))
