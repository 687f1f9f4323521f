// Reads a file the way it was asked for, and masks it before anything else is done with it.
import { assertNever } from '#base'
import { hashFile, readLines, readOutline, type TextWindow } from '#files'
import type { Finding } from '#redaction'
import { textHash, type Released, type RequestOf } from '#wire'
import { classesOf } from './classes.ts'
import { mask, type Lent, type Task } from './masking.ts'

/** What a file gave: all of `Released` that depends on the content. */
export interface Content extends Pick<
  Released,
  'text' | 'sha256' | 'lines' | 'totalLines' | 'encoding' | 'redactions' | 'matches' | 'next'
> {
  /** By content: `private-key`, `dotenv-like`, `credentials`. */
  readonly classes: string[]
}

type Wish = Pick<RequestOf<'reader.read'>, 'lines' | 'mode'>

/**
 * Reads what is asked of a file.
 * @param fd Open for reading. The content is attacker-controlled.
 * @throws Fault as `readLines`, `readOutline` and `hashFile`; `redaction-failed`
 */
export function readContent(fd: number, { lines, mode }: Wish, task: Task): Promise<Content> {
  switch (mode) {
    case 'text':
      return readText(fd, lines, task)
    case 'outline':
      return outline(fd, task)
    case 'hash':
      return hash(fd, task)
    default:
      return assertNever(mode)
  }
}

async function readText(fd: number, lines: Wish['lines'], { lent, signal }: Task): Promise<Content> {
  const { windows, encoding, totalLines } = await readLines(fd, lines, { signal })
  const parts = windows.map((window) => maskWindow(window, lent))
  return {
    ...released(
      parts.map(({ text }) => text).join(''),
      parts.flatMap(({ findings }) => findings),
    ),
    encoding,
    totalLines,
    lines: lines === null ? null : windows.map((window) => [...window.lines]),
    classes: [...new Set(parts.flatMap(({ classes }) => classes))],
  }
}

interface Part {
  readonly text: string
  /** Those that the part shows masked. */
  readonly findings: readonly Finding[]
  /** Of the part and of what is around it: half a key is still a key. */
  readonly classes: readonly string[]
}

function maskWindow({ text, start, end }: TextWindow, lent: Lent): Part {
  const { findings, cut } = mask(text, lent)
  return {
    text: cut(start, end),
    findings: findings.filter((finding) => finding.end > start && finding.start < end),
    classes: classesOf(text, findings),
  }
}

/** Each line of structure with its number, so that the assistant knows which lines to ask for. */
async function outline(fd: number, { lent, signal }: Task): Promise<Content> {
  const { text, lines, encoding, totalLines } = await readOutline(fd, signal)
  const { findings, cut } = mask(text, lent)
  const shown = findings.filter(({ start, end }) =>
    lines.some((line) => end > line.start && start < line.end),
  )
  const rows = lines.map(({ line, start, end }) => `${line}: ${cut(start, end)}\n`)
  return {
    ...released(rows.join(''), shown),
    encoding,
    totalLines,
    lines: null,
    classes: classesOf(text, findings),
  }
}

/** The text that leaves is the hash of the file; `sha256` is, as always, over the text that leaves. */
async function hash(fd: number, { signal }: Task): Promise<Content> {
  const { sha256, encoding } = await hashFile(fd, { signal })
  return { ...released(sha256, []), encoding, totalLines: null, lines: null, classes: [] }
}

/** The members that every way of reading gives. */
export function released(text: string, findings: readonly Finding[]) {
  return { text, sha256: textHash(text), redactions: countByDetector(findings) }
}

function countByDetector(findings: readonly Finding[]): Released['redactions'] {
  const counts = new Map<string, number>()
  for (const { detector } of findings) counts.set(detector, (counts.get(detector) ?? 0) + 1)
  return Array.from(counts, ([detector, count]) => ({ detector, count })).slice(0, 500)
}
