// A stretch of lines within the text around it, so that what is recognised by its surroundings is.
import type { Cursor } from './cursor.ts'
import { decode, type Sniffed, withoutTornEnd, withoutTornStart } from './encoding.ts'
import { readAt } from './steady.ts'

/** Both ends inclusive, counted from 1. */
export type LineRange = readonly [from: number, to: number]

/** One asked range, within the text around it. */
export interface TextWindow {
  /** Ends with the file where more was asked; `[1, 0]` for an empty file. */
  readonly lines: LineRange
  /** Context before, the asked lines with their line ends, context after. */
  readonly text: string
  /** Offsets in `text`, in UTF-16 code units: the asked lines are `text.slice(start, end)`. */
  readonly start: number
  readonly end: number
}

/** Where a range lies in the file. */
export interface Place {
  readonly start: Cursor
  readonly end: Cursor
}

/**
 * Reads a range and the text around it.
 * @param context Bytes before and after.
 * @throws Fault `file-not-text`, `path-unreadable`
 */
export function readWindow(
  fd: number,
  { encoding, mark }: Sniffed,
  { start, end }: Place,
  context: number,
): TextWindow {
  const from = Math.max(mark, start.offset - context)
  const before = withoutTornStart(readAt(fd, from, start.offset - from), encoding)
  const asked = readAt(fd, start.offset, end.offset - start.offset)
  const after = withoutTornEnd(readAt(fd, end.offset, context), encoding)
  const [head, body, tail] = [decode(before, encoding), decode(asked, encoding), decode(after, encoding)]
  return {
    lines: [start.line, end.line - 1],
    text: head + body + tail,
    start: head.length,
    end: head.length + body.length,
  }
}
