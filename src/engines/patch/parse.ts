// Reads a unified diff of one file, strictly: what does not add up is refused, not guessed.
import { Fault } from '#base'

/** One line of a hunk, without its sign and line end. */
export interface HunkLine {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
  /** A marker says that no line feed follows. */
  readonly isOpenEnded: boolean
}

/** Some lines and what is to stand in their place. */
export interface Hunk {
  /** Where its old lines begin, counted from 1; with no old lines, the line after which the new ones go. */
  readonly at: number
  readonly lines: readonly HunkLine[]
}

const most = { characters: 128 * 1024, hunks: 200 }
const header = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: .*)?$/

/**
 * Reads a diff as `diff -u` and `git diff` write it. What stands before the first hunk names files and is not looked at:
 * which file it is for is said elsewhere.
 * @param text Attacker-controlled.
 * @throws Fault `patch-invalid`, with the hunk and what is wrong with it.
 */
export function parsePatch(text: string): Hunk[] {
  if (text.length > most.characters || !text.isWellFormed())
    throw invalid(0, `has more than ${most.characters} characters, or ill-formed ones`)
  const rows = text.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n')
  const first = rows.findIndex((row) => row.startsWith('@@'))
  if (first === -1) throw invalid(0, 'has no hunk; begin one with @@ -LINE,COUNT +LINE,COUNT @@')
  if (rows.slice(0, first).some((row) => !/^(?:diff |index |--- |\+\+\+ |$)/.test(row))) {
    throw invalid(0, 'begins with something else than file names')
  }
  const hunks: Hunk[] = []
  for (let at = first; at < rows.length;) {
    if (hunks.length >= most.hunks) throw invalid(hunks.length, `is one too many; there may be ${most.hunks}`)
    const end = nextHeader(rows, at + 1)
    hunks.push(hunkOf(rows.slice(at, end), hunks.length + 1))
    at = end
  }
  return hunks
}

function nextHeader(rows: readonly string[], from: number): number {
  const found = rows.findIndex((row, at) => at >= from && row.startsWith('@@'))
  return found === -1 ? rows.length : found
}

function hunkOf([head = '', ...rows]: readonly string[], number: number): Hunk {
  const [, at, old = '1', , fresh = '1'] = header.exec(head) ?? []
  if (at === undefined) throw invalid(number, 'has no header of the form @@ -LINE,COUNT +LINE,COUNT @@')
  const lines = rows.flatMap((row, place) => lineOf(row, { next: rows[place + 1], number }))
  const counts = [
    lines.filter(({ sign }) => sign !== '+').length,
    lines.filter(({ sign }) => sign !== '-').length,
  ]
  if (counts[0] !== Number(old) || counts[1] !== Number(fresh)) {
    throw invalid(number, `says -${old} +${fresh} lines and has -${counts[0]} +${counts[1]}`)
  }
  if (lines.every(({ sign }) => sign === ' ')) throw invalid(number, 'changes nothing')
  return { at: Number(at), lines }
}

function lineOf(row: string, { next, number }: { next: string | undefined; number: number }): HunkLine[] {
  if (row.startsWith('\\')) return []
  const sign = row === '' ? ' ' : row[0]
  if (sign !== ' ' && sign !== '-' && sign !== '+') {
    throw invalid(number, 'has a line that begins with none of space, - and +')
  }
  return [{ sign, text: row.slice(1), isOpenEnded: next?.startsWith('\\') === true }]
}

function invalid(hunk: number, what: string): Fault {
  return new Fault('patch-invalid', `${hunk === 0 ? 'the patch' : `hunk ${hunk}`} ${what}`)
}
