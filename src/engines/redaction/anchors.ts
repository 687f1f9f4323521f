// Finds the places worth a closer look: a table over pairs of bytes, then the whole anchor.
import { utf8 } from '#base'
import type { Detector } from './detector.ts'
import { detectors } from './detectors.ts'
import { fold } from './text.ts'

export interface Anchor {
  readonly literal: Uint8Array
  readonly detector: Detector
}

/** For each pair of bytes 0, or the index in `groups` of the anchors that begin with it. */
const groupOf = new Uint8Array(65_536)
const groups: Anchor[][] = [[]]

for (const detector of detectors) {
  for (const anchor of detector.anchors) enter({ literal: utf8(anchor), detector })
}
// Longer anchors say more: `sk-ant-` is asked before `sk-`.
for (const group of groups) group.sort((a, b) => b.literal.length - a.literal.length)

/**
 * The first position from `from` on whose pair of bytes begins an anchor, or `last` if there is none before it.
 * @param last Position of the last byte: its pair is not known.
 */
export function nextCandidate(bytes: Uint8Array, from: number, last: number): number {
  if (from >= last) return last
  let pair = bytes[from]!
  for (let at = from; at < last; at++) {
    pair = ((pair << 8) | bytes[at + 1]!) & 0xffff
    if (groupOf[pair] !== 0) return at
  }
  return last
}

/** Anchors that begin with the pair at `at`, the longest first. */
export function anchorsAt(bytes: Uint8Array, at: number): readonly Anchor[] {
  return groups[groupOf[(bytes[at]! << 8) | bytes[at + 1]!]!]!
}

function enter(anchor: Anchor): void {
  for (const pair of pairsOf(anchor)) {
    let group = groupOf[pair]!
    if (group === 0) group = groupOf[pair] = groups.push([]) - 1
    groups[group]!.push(anchor)
  }
}

function pairsOf({ literal, detector }: Anchor): number[] {
  const [first, second] = [literal[0]!, literal[1]!]
  if (detector.isFolded !== true) return [(first << 8) | second]
  return casesOf(first).flatMap((a) => casesOf(second).map((b) => (a << 8) | b))
}

function casesOf(byte: number): number[] {
  const capital = byte & ~0x20
  return fold(capital) === byte && capital !== byte ? [byte, capital] : [byte]
}
