// Scans one text as its bytes come, and says of each finding where it stands and whether a comment allows it.
import { scan, StreamScanner, type Finding } from '#redaction'
import { allowanceIn, type Allowance } from './allowance.ts'
import type { FoundSecret } from './finding.ts'
import { Fingerprints } from './fingerprint.ts'
import { Lines } from './lines.ts'
import type { Seen } from './seen.ts'
import { scanOptions, type Settings } from './settings.ts'

/** How far a comment may stand from a finding, in bytes. */
const commentReach = 512
/** A scanner that was given more at once would hold more. */
const longestPush = 1 << 18

/** Whose findings the text's own are: several texts of one file share one. */
export interface Whole {
  readonly settings: Settings
  /** Of the file and what lies in it. */
  readonly path: string
  /** What was found elsewhere in the file: found again here, it is left out. */
  readonly known?: Seen
  /** Takes note of what is found here. */
  readonly seen?: Seen
  /** Nobody who may allow anything writes here. */
  readonly heedsNoComment?: true
}

/** Scans bytes that are there as a whole. */
export function scanWhole(bytes: Uint8Array, whole: Whole): FoundSecret[] {
  const locator = new Locator(Lines.of(bytes), whole)
  locator.take(scan(bytes, scanOptions(whole.settings)))
  return locator.settle(true)
}

/** Scans bytes as they come. What was pushed may be changed afterwards. */
export class TextScan {
  readonly #lines = new Lines()
  readonly #locator: Locator
  readonly #scanner: StreamScanner
  readonly #found: FoundSecret[] = []
  readonly #most: number

  constructor(whole: Whole) {
    this.#locator = new Locator(this.#lines, whole)
    this.#scanner = new StreamScanner(scanOptions(whole.settings))
    this.#most = whole.settings.limits.findings
  }

  /** @returns False once there are more findings than anybody will read: the rest is not worth the time. */
  push(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; at += longestPush) this.#push(chunk.subarray(at, at + longestPush))
    return this.#found.length <= this.#most
  }

  finish(): FoundSecret[] {
    this.#locator.take(this.#scanner.finish())
    this.#found.push(...this.#locator.settle(true))
    return this.#found
  }

  #push(chunk: Uint8Array): void {
    this.#lines.append(chunk)
    this.#locator.take(this.#scanner.push(chunk))
    this.#found.push(...this.#locator.settle(false))
  }
}

interface Beside extends Allowance {
  readonly isBefore: boolean
}

/** Places findings, names them and reads the comments beside them. */
class Locator {
  readonly #lines: Lines
  readonly #whole: Whole
  readonly #names: Fingerprints
  /** In order; their lines may not be there to the end yet. */
  #waiting: Finding[] = []
  /** Line of the last comment that was reported. */
  #reported = 0

  constructor(lines: Lines, whole: Whole) {
    this.#lines = lines
    this.#whole = whole
    this.#names = new Fingerprints(whole.settings.salt, whole.path)
  }

  take(found: readonly Finding[]): void {
    this.#waiting.push(...found)
  }

  /** Gives what can be told by now. */
  settle(isFinal: boolean): FoundSecret[] {
    const ready = isFinal
      ? this.#waiting.length
      : this.#waiting.findIndex(({ end }) => this.#lines.lineEnd(end, commentReach) < 0)
    return this.#waiting
      .splice(0, ready < 0 ? this.#waiting.length : ready)
      .flatMap((finding) => this.#tell(finding))
  }

  #tell({ start, end, detector, confidence }: Finding): FoundSecret[] {
    const lines = this.#lines
    const { path, known, seen, heedsNoComment } = this.#whole
    const { line, column } = lines.place(start)
    const value = lines.slice(start, end)
    if (known?.has(value) === true) return []
    seen?.add(value)
    const fingerprint = this.#names.of(detector, lines.holds(start) ? value : null)
    const allowance = heedsNoComment === true ? null : this.#allowance(start, end, detector)
    if (allowance?.allowed === 'yes') return []
    const endLine = lines.place(end - 1).line
    const found: FoundSecret = { path, line, column, endLine, detector, confidence, fingerprint }
    return allowance === null ? [found] : [...this.#ofComment(allowance, found), found]
  }

  /** A comment on the finding's first or last line, or alone on the line before. */
  #allowance(start: number, end: number, detector: string): Beside | null {
    const { settings } = this.#whole
    const lines = this.#lines
    const first = lines.lineStart(start, commentReach)
    const last = lines.lineEnd(end, commentReach)
    const own = Buffer.concat([lines.slice(first, start), lines.slice(end, last < 0 ? lines.end : last)])
    const beside = allowanceIn(own, { detector, isBefore: false, today: settings.today })
    if (beside !== null) return { ...beside, isBefore: false }
    if (first === 0) return null
    const line = lines.slice(lines.lineStart(first - 1, commentReach), first - 1)
    const above = allowanceIn(line, { detector, isBefore: true, today: settings.today })
    return above && { ...above, isBefore: true }
  }

  /** Told where the finding is, or where the comment above it begins. */
  #ofComment({ allowed, offset, isBefore }: Beside, found: FoundSecret): FoundSecret[] {
    const line = isBefore ? found.line - 1 : found.line
    if (line === this.#reported) return []
    this.#reported = line
    const detector = allowed === 'expired' ? 'allow-expired' : 'allow-without-reason'
    const fingerprint = this.#names.ofPlace(detector)
    const column = isBefore ? offset + 1 : found.column
    return [{ ...found, line, column, endLine: line, detector, confidence: 'certain', fingerprint }]
  }
}
