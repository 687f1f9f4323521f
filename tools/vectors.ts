// Writes vectors/redaction: for each kind of secret a case with one secret of every row, and one with look-alikes. Run it
// after a change to the tables, and look at the diff.
import { mkdirSync, writeFileSync } from 'node:fs'
import { contexts } from '../src/engines/redaction/contexts.ts'
import type { Detector } from '../src/engines/redaction/detector.ts'
import { detectors } from '../src/engines/redaction/detectors.ts'
import { namedConfidence, namedFormats, type NamedFormat } from '../src/engines/redaction/named.ts'
import { scan } from '../src/engines/redaction/redact.ts'
import { corrupted, namedPartsOf, partsOf, seeded, type Example, type Random } from './secrets.ts'

interface Case {
  readonly parts: readonly string[]
  readonly findings: readonly {
    readonly detector: string
    readonly confidence: string
    readonly parts: readonly [number, number]
  }[]
}

/** One secret of a case and what a scan says of it. */
interface Line {
  readonly example: Example
  readonly detector: string
  readonly confidence: string
}

const folder = new URL('../vectors/redaction/', import.meta.url)
/** What a part holds of a secret: too little for anyone to take it for one. */
const longestPart = 10
const mostAttempts = 60
/** Their forms need more than one line can show: these cases are written by hand. */
const byHand: ReadonlySet<string> = new Set(['jwt', ...contexts.map(({ id }) => id)])

/** All cases that are made here, by the name of their folder. The same every time. */
export function generatedCases(): ReadonlyMap<string, string> {
  const cases = new Map<string, string>()
  for (const id of generatedIds()) {
    const rows = detectors.filter((row) => row.id === id)
    const formats = namedFormats.filter((format) => format.id === id)
    const random = seeded(seedOf(id))
    cases.set(`ng.${id}`, spelled(secretsCase([...rowLines(rows, random), ...namedLines(formats, random)])))
    cases.set(`ok.${id}`, spelled(lookalikesCase(rows, formats, random)))
  }
  return cases
}

function generatedIds(): readonly string[] {
  const ids = new Set([...detectors, ...namedFormats].map(({ id }) => id))
  return [...ids].filter((id) => !byHand.has(id)).toSorted()
}

function rowLines(rows: readonly Detector[], random: Random): Line[] {
  return rows.map((row) => ({
    example: partsOf(row, random),
    detector: row.id,
    confidence: row.checksum === undefined ? row.confidence : 'certain',
  }))
}

function namedLines(formats: readonly NamedFormat[], random: Random): Line[] {
  return formats.map((format) => ({
    example: namedPartsOf(format, random),
    detector: format.id,
    confidence: namedConfidence(format),
  }))
}

function secretsCase(lines: readonly Line[]): Case {
  const parts: string[] = []
  const findings: Case['findings'][number][] = []
  for (const { example, detector, confidence } of lines) {
    const { context, lead, secret, tail } = example
    parts.push(...cut(context === '' ? lead : `${context} ${lead}`))
    const from = parts.length
    parts.push(...cut(secret))
    findings.push({ detector, confidence, parts: [from, parts.length] })
    parts.push(`${tail}\n`)
  }
  return { parts, findings }
}

/** Secrets with a fault, and values that other names keep from being secrets. */
function lookalikesCase(rows: readonly Detector[], formats: readonly NamedFormat[], random: Random): Case {
  const broken = rows.map((row) => harmless(() => corrupted(row, random)))
  const renamed = formats.map((format) => harmless(() => renamedValue(format, random)))
  const parts = [...broken, ...renamed].flatMap((text) => [...cut(text), '\n'])
  return { parts, findings: [] }
}

/** Broken by chance it may still be another kind of secret: then it is broken again. */
function harmless(make: () => string): string {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const text = make()
    if (scan(text).length === 0 && scan(`${text}\n`).length === 0) return text
  }
  return 'none'
}

function renamedValue(format: NamedFormat, random: Random): string {
  const { secret } = namedPartsOf(format, random)
  return `build: ${random(2) === 0 ? secret : secret.slice(random(4))}`
}

/** The first part ends within the anchor. */
function cut(text: string): string[] {
  if (text === '') return []
  const parts: string[] = []
  for (let at = 0; at < text.length;) {
    const end = at + (at === 0 ? 2 : longestPart)
    parts.push(text.slice(at, end))
    at = end
  }
  return parts
}

/** FNV-1a: a new kind of secret changes no other's cases. */
function seedOf(id: string): number {
  return (
    Array.from(id).reduce((sum, char) => Math.imul(sum ^ char.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0
  )
}

function spelled(one: Case): string {
  return `${JSON.stringify(one, null, 2)}\n`
}

function writeAll(): void {
  for (const [name, text] of generatedCases()) {
    const path = new URL(`${name}/`, folder)
    mkdirSync(path, { recursive: true })
    writeFileSync(new URL('input.json', path), text)
  }
}

if (import.meta.main) writeAll()
