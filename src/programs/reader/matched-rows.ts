// Gathers the lines that match and those beside them, up to what one answer may hold.
import { utf8 } from '#base'
import type { Pattern } from '#grep'
import type { Finding } from '#redaction'

/** In one answer: lines that match, characters of all, and of one line. */
const most = { matches: 500, characters: 128 * 1024, width: 1000 }

/** Some lines of a file, before and after their secrets were masked. Masking moves no line. */
export interface Stretch {
  readonly original: string
  readonly masked: string
  /** Number of the first line. */
  readonly first: number
  /** Where `original` begins in the text that the findings count from. */
  readonly start: number
  readonly findings: readonly Finding[]
}

interface Row {
  readonly line: number
  readonly text: string
  readonly isMatch: boolean
  /** What of the row is masked. */
  readonly findings: readonly Finding[]
}

export class MatchedRows {
  readonly #pattern: Pattern
  readonly #context: number
  readonly #rows: Row[] = []
  /** The last lines that were not taken; they are if the next one matches. */
  #before: Row[] = []
  /** Lines to take after a match. */
  #after = 0
  #characters = 0
  #matches = 0
  #stoppedAt: number | null = null

  constructor(pattern: Pattern, context: number) {
    this.#pattern = pattern
    this.#context = context
  }

  get matches(): number {
    return this.#matches
  }

  /** First line that was not looked at because the answer is full; null if it is not. */
  get stoppedAt(): number | null {
    return this.#stoppedAt
  }

  /** Looks at lines that follow those before. @returns False once the answer is full. @throws Fault `pattern-too-complex` */
  take(stretch: Stretch): boolean {
    // The carriage return before a line feed is no part of a line to whoever asks for its end.
    const masked = stretch.masked.replaceAll('\r\n', '\n')
    const matching = new Set(
      this.#pattern
        .lines(utf8(masked))
        .map(({ line }) => line)
        .take(most.matches + 1),
    )
    const findings = findingsByLine(stretch)
    for (const [at, text] of linesOf(masked).entries()) {
      const line = stretch.first + at
      const isMatch = matching.has(at + 1)
      if (isMatch && this.#isFull()) {
        this.#stoppedAt = line
        return false
      }
      this.#place({ line, text: narrow(text), isMatch, findings: findings.get(line) ?? [] })
    }
    return true
  }

  text(): string {
    const rows = this.#rows.map(({ line, text, isMatch }, at) => {
      const gap = at > 0 && this.#rows[at - 1]!.line + 1 < line ? '--\n' : ''
      return `${gap}${line}${isMatch ? ':' : '-'}${text}\n`
    })
    return rows.join('')
  }

  /** Each that a row shows masked, once. */
  findings(): Finding[] {
    return [...new Set(this.#rows.flatMap(({ findings }) => findings))]
  }

  #isFull(): boolean {
    return this.#matches >= most.matches || this.#characters >= most.characters
  }

  #place(row: Row): void {
    if (row.isMatch) {
      for (const before of this.#before.splice(0)) this.#add(before)
      this.#add(row)
      this.#matches++
      this.#after = this.#context
    } else if (this.#after > 0) {
      this.#after--
      this.#add(row)
    } else {
      this.#before.push(row)
      if (this.#before.length > this.#context) this.#before.shift()
    }
  }

  #add(row: Row): void {
    this.#rows.push(row)
    this.#characters += row.text.length
  }
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function findingsByLine({ original, start, first, findings }: Stretch): Map<number, Finding[]> {
  const byLine = new Map<number, Finding[]>()
  let at = 0
  let line = first
  for (const finding of findings) {
    const [from, until] = [finding.start - start, Math.min(finding.end - start, original.length)]
    if (until <= 0 || from >= original.length) continue
    line += feedsIn(original, at, Math.max(at, from))
    at = Math.max(at, from)
    const last = line + feedsIn(original, at, until)
    for (let each = line; each <= last; each++) byLine.set(each, [...(byLine.get(each) ?? []), finding])
  }
  return byLine
}

function feedsIn(text: string, from: number, until: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < until; at = text.indexOf('\n', at + 1)) count++
  return count
}

function narrow(text: string): string {
  if (text.length <= most.width) return text
  const kept = text.slice(0, most.width).replace(/[\ud800-\udbff]$/, '')
  return `${kept}… (${text.length - kept.length} more characters)`
}
