// Looks for secrets in one transcript of an assistant: JSON lines, a database of JSON texts, or a plain log.
import { concat } from '#base'
import { redact, scan } from '#redaction'
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { Budget } from './container.ts'
import { chunksOf, fileContent, memoryContent, type Content } from './content.ts'
import type { FoundSecret, Gap, GapReason } from './finding.ts'
import { Fingerprints } from './fingerprint.ts'
import { memberOf, parseJson } from './json.ts'
import { escapedPosition, pathAt, unescaped } from './json-line.ts'
import { headLength, kindOf } from './kinds.ts'
import { Seen } from './seen.ts'
import type { Settings } from './settings.ts'
import { TextScan, type Whole } from './text.ts'

const lineFeed = 0x0a
/** A longer line is read as the text that it is: base64 of a picture, as a rule. */
const longestLine = 1 << 24
/** Findings of one line whose value is named. */
const mostPlaced = 100

/** A secret in a transcript. */
export interface TranscriptSecret extends Pick<FoundSecret, 'detector' | 'confidence' | 'fingerprint'> {
  /** From 1; in a database always 1. */
  readonly line: number
  /** Which value of the line holds it, such as `message.content[0].text`; empty where that is not known. */
  readonly at: string
  /** When the line says that it was written, in ms since 1970; null if it does not. */
  readonly time: number | null
}

/** What one transcript holds. */
export interface TranscriptFindings {
  readonly secrets: readonly TranscriptSecret[]
  readonly gaps: readonly Gap[]
  readonly bytes: number
  /** When the file was last written, in ms since 1970. */
  readonly modified: number
}

/** Looks into one transcript. Throws nothing: what fails is a gap. */
export async function readTranscript(
  { path, shown }: { path: string; shown: string },
  settings: Settings,
): Promise<TranscriptFindings> {
  let fd = -1
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const { size, mtimeMs } = fstatSync(fd)
    const transcript = new Transcript(shown, settings)
    await transcript.read(size === 0 ? memoryContent(new Uint8Array(0)) : fileContent(fd, size, path))
    return { secrets: transcript.secrets, gaps: transcript.gaps, bytes: size, modified: mtimeMs }
  } catch {
    return { secrets: [], gaps: [{ path: shown, reason: 'unreadable' }], bytes: 0, modified: 0 }
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}

class Transcript {
  readonly secrets: TranscriptSecret[] = []
  readonly gaps: Gap[] = []
  readonly #path: string
  readonly #settings: Settings
  readonly #names: Fingerprints
  readonly #seen = new Seen()

  constructor(path: string, settings: Settings) {
    this.#path = path
    this.#settings = settings
    this.#names = new Fingerprints(settings.salt, path)
  }

  async read(content: Content): Promise<void> {
    const kind = await kindOf(content.read(0, headLength), '')
    if (kind?.isText !== true) return this.#lines(content)
    const budget = new Budget(this.#settings.limits, content.size)
    const note = (reason: GapReason): number => this.gaps.push({ path: this.#path, reason })
    for (const { name, chunks } of kind.open({ content, budget, note })) {
      for (const value of chunks) this.#value(value, { line: 1, name })
    }
    if (budget.spent !== null) note(budget.spent)
    // What was deleted may still lie there.
    this.#text(chunksOf(content))
  }

  #lines(content: Content): void {
    let line = 1
    const held = new LineInParts(this.#whole())
    const end = (rest: Uint8Array): void => {
      const found = held.end(rest)
      if (found instanceof Uint8Array) this.#value(found, { line, name: '' })
      else this.#addPlain(found, line - 1)
      line++
    }
    for (const chunk of chunksOf(content)) {
      let at = 0
      for (let feed = chunk.indexOf(lineFeed); feed >= 0; feed = chunk.indexOf(lineFeed, at)) {
        end(chunk.subarray(at, feed))
        at = feed + 1
      }
      held.add(chunk.subarray(at))
    }
    end(new Uint8Array(0))
  }

  /** A JSON text; what is none is read all the same. */
  #value(bytes: Uint8Array, { line, name }: { line: number; name: string }): void {
    const text = unescaped(bytes)
    const found = scan(text, { threshold: this.#settings.threshold })
    if (found.length === 0) return
    const time = timeOf(bytes)
    for (const [index, { start, end, detector, confidence }] of found.entries()) {
      const value = text.subarray(start, end)
      this.#seen.add(value)
      // Each takes a walk through the line.
      const inner = index < mostPlaced ? pathAt(bytes, escapedPosition(bytes, start)) : ''
      const at = redact([name, inner].filter((part) => part !== '').join(' ')).text
      this.#add({ line, at, time, detector, confidence, fingerprint: this.#names.of(detector, value) })
    }
  }

  /** The bytes of a database as they lie there. */
  #text(chunks: Iterable<Uint8Array>): void {
    const scanned = new TextScan(this.#whole())
    for (const chunk of chunks) if (!scanned.push(chunk)) break
    this.#addPlain(scanned.finish(), 0)
  }

  #whole(): Whole {
    return { settings: this.#settings, path: this.#path, known: this.#seen, heedsNoComment: true }
  }

  #addPlain(found: readonly FoundSecret[], before: number): void {
    for (const { line, detector, confidence, fingerprint } of found) {
      this.#add({ line: before + line, at: '', time: null, detector, confidence, fingerprint })
    }
  }

  #add(secret: TranscriptSecret): void {
    if (this.secrets.length < this.#settings.limits.findings) this.secrets.push(secret)
    else if (this.gaps.every(({ reason }) => reason !== 'too-many-findings')) {
      this.gaps.push({ path: this.#path, reason: 'too-many-findings' })
    }
  }
}

/** A line that lies in several chunks; one that is too long to hold is scanned as it comes. */
class LineInParts {
  readonly #whole: Whole
  #parts: Uint8Array[] = []
  #length = 0
  #scan: TextScan | null = null

  constructor(whole: Whole) {
    this.#whole = whole
  }

  add(part: Uint8Array): void {
    this.#length += part.length
    if (this.#length > longestLine) {
      this.#scan ??= new TextScan(this.#whole)
      for (const held of this.#parts.splice(0)) this.#scan.push(held)
      this.#scan.push(part)
    } else if (part.length > 0) this.#parts.push(part.slice())
  }

  /** Gives the line, or what was found in it, and begins the next. */
  end(rest: Uint8Array): Uint8Array | FoundSecret[] {
    if (this.#length === 0) return rest
    this.add(rest)
    const ended = this.#scan?.finish() ?? concat(...this.#parts)
    this.#parts = []
    this.#length = 0
    this.#scan = null
    return ended
  }
}

/** What the assistants write beside each message: ISO 8601, or seconds or milliseconds since 1970. */
function timeOf(line: Uint8Array): number | null {
  const message = parseJson(line)
  const stated = memberOf(message, 'timestamp') ?? memberOf(message, 'ts')
  const time = typeof stated === 'string' ? Date.parse(stated) : milliseconds(stated)
  return Number.isFinite(time) ? time : null
}

function milliseconds(stated: unknown): number {
  if (typeof stated !== 'number') return Number.NaN
  return stated < 1e11 ? stated * 1000 : stated
}
