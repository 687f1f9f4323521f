// Looks for a pattern in what a file says once its secrets are masked, so that no pattern can probe for a secret.
import { type TextWindow, walkWindows } from '#files'
import { compilePattern } from '#grep'
import type { RequestOf } from '#wire'
import { classesOf } from './classes.ts'
import { mask, type Task } from './masking.ts'
import { MatchedRows } from './matched-rows.ts'
import { type Content, released } from './reading.ts'

type Wish = Pick<RequestOf<'reader.grep'>, 'pattern' | 'context' | 'from'>

/**
 * Finds lines and what stands around them, as `12:a line that matches` and `13-a line beside it`, `--` between groups.
 * @param fd Open for reading. Content and pattern are attacker-controlled.
 * @throws Fault as `compilePattern` and `walkWindows`; `redaction-failed`
 */
export async function grepContent(fd: number, wish: Wish, { lent, signal }: Task): Promise<Content> {
  const pattern = compilePattern(wish.pattern)
  let rows = new MatchedRows(pattern, wish.context)
  let classes = new Set<string>()
  const begin = () => {
    rows = new MatchedRows(pattern, wish.context)
    classes = new Set()
    return ({ text, start, end, lines: [first] }: TextWindow) => {
      const { findings, cut } = mask(text, lent)
      for (const name of classesOf(text, findings)) classes.add(name)
      return rows.take({ original: text.slice(start, end), masked: cut(start, end), first, start, findings })
    }
  }
  const { encoding, next, totalLines } = await walkWindows(fd, wish.from, begin, signal)
  const from = rows.stoppedAt ?? next
  return {
    ...released(rows.text(), rows.findings()),
    encoding,
    totalLines: from === null ? totalLines : null,
    lines: null,
    classes: [...classes],
    matches: rows.matches,
    ...(from !== null && { next: `there is more: ask again with from ${from}` }),
  }
}
