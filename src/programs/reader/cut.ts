// Cuts the asked part out of a text whose secrets are masked, so that no mask is cut in two and no line moves.
import { Fault } from '#base'

/** A stretch of a text, in UTF-16 code units. */
interface Stretch {
  readonly start: number
  readonly end: number
}

/** A text, its secrets in order and apart, and the text with a placeholder in the place of each. */
export interface Masked {
  readonly original: string
  readonly text: string
  readonly findings: readonly Stretch[]
}

/** A secret with what stands in its place. */
interface Mask extends Stretch {
  readonly placeholder: string
}

/**
 * Prepares a masked text to be cut: gives for each `[start, end)` of the original the masked text that belongs to it. A
 * secret that reaches over an edge is masked whole. Line feeds inside a secret are kept, so that line N of a part is
 * line N of the original.
 * @throws Fault `redaction-failed` if text and findings do not tell of the same thing: then nothing leaves.
 */
export function cutterOf(masked: Masked): (start: number, end: number) => string {
  const masks = masksOf(masked)
  return (start, end) => cut(masked.original, masks, { start, end })
}

function cut(original: string, masks: readonly Mask[], { start, end }: Stretch): string {
  let part = ''
  let at = start
  for (const mask of masks) {
    if (mask.end <= start || mask.start >= end || start === end) continue
    const inside = original.slice(Math.max(start, mask.start), Math.min(end, mask.end))
    const feeds = '\n'.repeat(inside.split('\n').length - 1)
    part += original.slice(at, Math.max(at, mask.start)) + mask.placeholder + feeds
    at = mask.end
  }
  return part + original.slice(at, Math.max(at, end))
}

/** Reads the placeholders off the masked text, and checks on the way that all between them is the original. */
function masksOf({ original, text, findings }: Masked): Mask[] {
  const placeholders = /(["']?)\[[^[\]\n]{1,300}\]\1/y
  let kept = 0
  let at = 0
  const masks = findings.map(({ start, end }) => {
    const between = original.slice(kept, start)
    placeholders.lastIndex = at + between.length
    const placeholder = placeholders.exec(text)?.[0]
    if (placeholder === undefined || start < kept || end <= start || !text.startsWith(between, at))
      throw disagreement()
    at = placeholders.lastIndex
    kept = end
    return { start, end, placeholder }
  })
  if (text.slice(at) !== original.slice(kept)) throw disagreement()
  return masks
}

function disagreement(): Fault {
  return new Fault('redaction-failed', 'the masked text and its findings disagree; nothing was released')
}
