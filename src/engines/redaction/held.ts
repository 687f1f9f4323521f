// What a stream must hold back: from where on the end of a text may be the beginning of a secret.
import type { Anchor, AnchorSet } from './anchors.ts'
import { isCutOff, isWordStart, runBefore, withBackslash, type Text } from './text.ts'

/**
 * The position before which no finding will start any more.
 * @param next Where the walk goes on.
 * @param isPending True if it takes more text to tell what stands there.
 */
export function heldFrom(
  text: Text,
  next: number,
  { anchors, isPending }: { anchors: AnchorSet; isPending: boolean },
): number {
  const tail = Math.max(next, text.end - anchors.longest + 1)
  const first = isPending ? next : prefixStart(text, tail, anchors)
  const starts = anchors.withBefore.map((anchor) =>
    beforeStart(text, first, [isPending ? next : tail, anchor]),
  )
  return withBackslash(text, Math.min(first, ...starts))
}

/** Where an anchor may begin, of whatever kind, that the end of the text cuts off; the end if none may. */
export function cutStart(text: Text, from: number, { longest, foldedPrefixes }: AnchorSet): number {
  const first = Math.max(from, text.end - longest + 1)
  const tail = text.latin1(first, text.end).toLowerCase()
  for (let at = first; at < text.end; at++) if (foldedPrefixes.has(tail.slice(at - first))) return at
  return text.end
}

/** Where the longest end of the text begins that is the beginning of an anchor, or the end. */
function prefixStart(text: Text, from: number, { prefixes }: AnchorSet): number {
  const tail = text.latin1(from, text.end)
  for (let at = from; at < text.end; at++) {
    const needsWord = prefixes.get(tail.slice(at - from))
    if (needsWord === false || (needsWord === true && isWordStart(text, at))) return at
  }
  return text.end
}

/** Where a run begins that stands before an anchor, or may turn out to when more has come; or `first`. */
function beforeStart(
  text: Text,
  first: number,
  [from, { literal, before }]: readonly [number, Anchor],
): number {
  if (before === null) return first
  const isPending = from === first
  const to = isPending ? from : text.end
  for (let at = isPending ? from : Math.max(from, text.end - literal.length + 1); at <= to; at++) {
    if (at < text.end && !text.has(literal.subarray(0, text.end - at), at)) continue
    const start = runBefore(text, at, [before.of, before.max])
    if (start < first && at - start <= before.max && isCutOff(text, start, before.of)) return start
  }
  return first
}
