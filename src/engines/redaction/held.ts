// The end of a text that may go on: what of it cannot be judged yet, and from where on it may be the beginning of a secret.
import type { Anchor, AnchorSet, Hold, Prefixes } from './anchors.ts'
import { isCutOff, isWordStart, runBefore, withBackslash, type Text } from './text.ts'

export interface Tail {
  /** First position where the text ends within an anchor, or the end: what stands from there on is looked at again. */
  readonly cut: number
  /** First of those with which a secret may begin, or the end. */
  readonly held: number
}

/** @param from What stands before it is settled. */
export function tailOf(text: Text, from: number, anchors: AnchorSet): Tail {
  const first = Math.max(from, text.end - anchors.longest + 1)
  const tail = text.latin1(first, text.end)
  const lower = tail.toLowerCase()
  let cut = text.end
  for (let at = first; at < text.end; at++) {
    const hold = holdOf(tail.slice(at - first), lower.slice(at - first), anchors.prefixes)
    if (hold === undefined) continue
    cut = Math.min(cut, at)
    if (hold === 2 || (hold === 1 && isWordStart(text, at))) return { cut, held: at }
  }
  return { cut, held: text.end }
}

function holdOf(text: string, lower: string, { exact, folded }: Prefixes): Hold | undefined {
  const [a, b] = [exact.get(text), folded.get(lower)]
  return a === undefined || (b !== undefined && b > a) ? b : a
}

/**
 * The position before which no finding will start any more.
 * @param open First place that could not be judged yet, or the end.
 */
export function heldFrom(text: Text, open: number, { held }: Tail, anchors: AnchorSet): number {
  const first = Math.min(open, held)
  const starts = anchors.withBefore.map((anchor) => beforeStart(text, [first, open], anchor))
  return withBackslash(text, Math.min(first, ...starts))
}

/** Where a run begins that stands before an anchor, or may turn out to when more has come; or `first`. */
function beforeStart(
  text: Text,
  [first, open]: readonly [number, number],
  { literal, before }: Anchor,
): number {
  if (before === null) return first
  const tail = Math.max(0, text.end - literal.length + 1)
  for (let at = Math.min(open, tail); at <= text.end; at = at < tail ? tail : at + 1) {
    if (at < text.end && !text.has(literal.subarray(0, text.end - at), at)) continue
    const start = runBefore(text, at, [before.of, before.max])
    if (start < first && at - start <= before.max && isCutOff(text, start, before.of)) return start
  }
  return first
}
