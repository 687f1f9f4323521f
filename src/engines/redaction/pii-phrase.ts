// Digits in groups, as people write phone numbers.
import { byteClass, digit } from './classes.ts'
import type { Text } from './text.ts'

const open = 0x28
const close = 0x29
const zero = 0x30
const mostGroups = 7
const longestGroup = 15
/** What may stand between two groups. */
export const separators = byteClass(' ./-')

export class Phrase {
  /** How many groups there are. */
  count = 0
  /** How many digits, without the zero of +41 (0)71, which is not dialled. */
  digits = 0
  /** Digits of each group. */
  readonly lengths = new Uint8Array(mostGroups)
  readonly starts = new Int32Array(mostGroups)
  /** One past each group, its parenthesis included. */
  readonly ends = new Int32Array(mostGroups)
  #gap = 0
  /** What stands before each group: a separator, or a parenthesis that one of both has. */
  readonly gaps = new Uint8Array(mostGroups)

  /** Reads the phrase that begins at `start`. */
  read(text: Text, start: number): this {
    this.count = 0
    this.digits = 0
    this.#gap = 0
    for (let at = start; at >= 0 && this.count < mostGroups;) at = this.#readGroup(text, at)
    return this
  }

  /** @returns Where the next group begins, or -1. */
  #readGroup(text: Text, at: number): number {
    const isOpen = text.at(at) === open
    const first = isOpen ? at + 1 : at
    const end = text.runEnd(first, digit, longestGroup + 1)
    if (end === first || end - first > longestGroup || (isOpen && text.at(end) !== close)) return -1
    const isTrunk = isOpen && end === first + 1 && text.at(first) === zero
    this.#add([first, isOpen ? end + 1 : end], isTrunk ? 0 : end - first, isOpen ? open : this.#gap)
    return this.#nextGroup(text, isOpen ? end + 1 : end, isOpen)
  }

  /** Behind one separator, or none beside a parenthesis. */
  #nextGroup(text: Text, end: number, isClosed: boolean): number {
    this.#gap = isClosed ? open : text.at(end)
    if (text.is(end, separators)) return end + 1
    return isClosed || text.at(end) === open ? end : -1
  }

  /** Tells whether the groups from `from` on have such lengths, and no more than these. */
  has(from: number, lengths: readonly number[]): boolean {
    if (this.count < from + lengths.length) return false
    for (let index = 0; index < lengths.length; index++)
      if (this.lengths[from + index] !== lengths[index]) return false
    return true
  }

  #add([start, end]: readonly [number, number], length: number, gap: number): void {
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.lengths[this.count] = length
    this.gaps[this.count++] = gap
    this.digits += length
  }
}

/** The number that a group of at most nine digits spells. */
export function groupAt(text: Text, phrase: Phrase, index: number): number {
  let number = 0
  const start = phrase.starts[index]!
  for (let at = start; at < start + phrase.lengths[index]!; at++)
    number = 10 * number + text.bytes[at]! - zero
  return number
}
