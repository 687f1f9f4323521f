// Changes some places of a text and leaves the rest as it is.

/** Text in the place of `[start, end)`. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Puts edits in order. One that lies within another is left out.
 * @returns Null if two overlap in part: then neither place can be changed on its own.
 */
export function ordered(edits: readonly Edit[]): readonly Edit[] | null {
  const kept: Edit[] = []
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1)
    if (last === undefined || edit.start >= last.end) kept.push(edit)
    else if (edit.end > last.end) return null
  }
  return kept
}

/** The text from `from` to `to` with its edits, which are in order, made. */
export function edited(text: string, edits: readonly Edit[], from = 0, to = text.length): string {
  const parts: string[] = []
  let at = from
  for (const edit of edits) {
    if (edit.start < from) continue
    if (edit.end > to) break
    parts.push(text.slice(at, edit.start), edit.text)
    at = edit.end
  }
  return parts.join('') + text.slice(at, to)
}

/**
 * Takes edits of an edited text back to the text as it was. Both lists are in order.
 * @param done What made the edited text.
 * @returns Null if one of `found` overlaps what was done: its place in the text is then unknown.
 */
export function takenBack(found: readonly Edit[], done: readonly Edit[]): readonly Edit[] | null {
  const back: Edit[] = []
  let index = 0
  let shift = 0
  for (const { start, end, text } of found) {
    for (
      let next = done[index];
      next !== undefined && next.start - shift + next.text.length <= start;
      next = done[index]
    ) {
      shift += next.end - next.start - next.text.length
      index++
    }
    const next = done[index]
    if (next !== undefined && next.start - shift < end) return null
    back.push({ start: start + shift, end: end + shift, text })
  }
  return back
}
