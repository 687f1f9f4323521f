// Goes through all lines of a file, some at a time, in memory that no file can fill.
import { Fault } from '#base'
import { advance, type Cursor, farthest, firstLine, seek } from './cursor.ts'
import { sniff, type Sniffed, type TextEncoding } from './encoding.ts'
import { pause, readAt, steadily } from './steady.ts'
import { readWindow, type TextWindow } from './window.ts'

/** Bytes of a window, of the longest line, of what is looked through in one call, and of the text around a window. */
const sizes = { window: 2 ** 20, line: 8 * 2 ** 20, scan: 256 * 2 ** 20, context: 64 * 2 ** 10 }

/** How far a walk came. */
export interface WalkEnd {
  readonly encoding: TextEncoding
  /** First line that was not looked at; null where the file was read to its end. */
  readonly next: number | null
  /** Lines of the file; null where it was not read to its end. */
  readonly totalLines: number | null
}

/**
 * Shows a file's lines in windows, one after the other and without a gap. Other work goes on between two windows.
 * @param from First line to show, counted from 1. Attacker-controlled.
 * @param signal Ends the work when it is aborted.
 * @param begin Makes the viewer anew when the file changed while it was read; false ends the walk after a window.
 * @throws Fault `lines-invalid` if the file ends before; `file-too-large` for a line of more than 8 MiB or one that
 *   begins beyond 4 GiB; `file-not-text`, `file-changed`, `path-unreadable`; what `signal` was aborted with.
 */
export function walkWindows(
  fd: number,
  from: number,
  begin: () => (window: TextWindow) => boolean,
  signal?: AbortSignal,
): Promise<WalkEnd> {
  return steadily(fd, async () => {
    const sniffed = sniff(readAt(fd, 0, 3))
    const { encoding } = sniffed
    const view = begin()
    let at = await startAt(fd, sniffed, from, signal)
    const until = at.offset + sizes.scan
    for (let isWanted = true; isWanted && !at.isEnd && at.offset < until;) {
      const end = endOf(fd, at, encoding)
      isWanted = view(readWindow(fd, sniffed, { start: at, end }, sizes.context))
      at = end
      await pause(signal)
    }
    return { encoding, next: at.isEnd ? null : at.line, totalLines: at.isEnd ? at.line - 1 : null }
  })
}

async function startAt(fd: number, sniffed: Sniffed, line: number, signal?: AbortSignal): Promise<Cursor> {
  const at = await seek(fd, firstLine(sniffed), { line, bytes: farthest, signal }, sniffed.encoding)
  if (at.line >= line) return at
  if (at.isEnd) throw new Fault('lines-invalid', `the file has ${at.line - 1} lines`)
  throw new Fault('file-too-large', `line ${line} lies beyond the first ${farthest} bytes`)
}

function endOf(fd: number, start: Cursor, encoding: TextEncoding): Cursor {
  for (const bytes of [sizes.window, sizes.line]) {
    const end = advance(fd, start, { line: Infinity, bytes }, encoding)
    if (end.isEnd || end.line > start.line) return end
  }
  throw new Fault('file-too-large', `line ${start.line} has more than ${sizes.line} bytes`)
}
