// Picks the lines that give a file its structure, in whatever language it is: a help to find the lines to ask for.
import { decode, sniff, type TextEncoding, withoutTornEnd } from './encoding.ts'
import { pause, readAt, steadily } from './steady.ts'

/** One line of structure. */
export interface OutlineLine {
  /** Counted from 1. */
  readonly line: number
  /** Offsets in the text, in UTF-16 code units. */
  readonly start: number
  readonly end: number
}

/** The structure of a file. */
export interface Outline {
  readonly encoding: TextEncoding
  /** The text that the offsets are in. */
  readonly text: string
  readonly lines: readonly OutlineLine[]
  /** Null where the file was not read to its end. */
  readonly totalLines: number | null
}

const most = { bytes: 4 * 2 ** 20, lines: 400, width: 200 }
/** Text at the end of what was read that serves only to recognise what lies before it. */
const margin = 64 * 2 ** 10

const modifier =
  '(?:export|default|declare|public|private|protected|internal|static|abstract|final|sealed|async|override|unsafe|pub|const)'
const keyword =
  '(?:function|class|interface|enum|struct|trait|impl|def|fn|func|fun|type|record|protocol|module|namespace|mod|object|sub|macro|CREATE|ALTER)'

/** What is structure, and how much of the line: of a key in a settings file only the name, never the value. */
const structures: readonly RegExp[] = [
  // Keys come first, so that no other rule takes `from: …` or `export NAME=…` whole.
  /^(?:export )?[A-Za-z_][\w.-]{0,99}(?=:(?:\s|$)|\s{0,20}=)/,
  /^(?: {2}|\t)?"[^"\\]{1,100}"(?=\s*:)/,
  /^#{1,6} .*/,
  /^(?:import|from|package|use|using|include|require|#include|#import|export|@import)\b.*/,
  new RegExp(`^[ \\t]{0,8}(?:${modifier}\\s){0,4}${keyword}\\b.*`),
  /^\[{1,2}[\w."' -]{1,100}\]{1,2}(?=\s*$)/,
]

/**
 * Reads a file's beginning, at most 4 MiB, and finds in it at most 400 lines of structure: headings, declarations,
 * imports, and the names of top-level keys of JSON, YAML, TOML and environment files.
 * @param signal Ends the work when it is aborted.
 * @throws Fault `file-not-text`, `file-changed`, `path-unreadable`; what `signal` was aborted with.
 */
export function readOutline(fd: number, signal?: AbortSignal): Promise<Outline> {
  return steadily(fd, async () => {
    const bytes = readAt(fd, 0, most.bytes)
    const { encoding, mark } = sniff(bytes)
    const isWhole = bytes.length < most.bytes
    const content = bytes.subarray(mark)
    const text = decode(isWhole ? content : withoutTornEnd(content, encoding), encoding)
    const lines = structureOf(text, isWhole ? text.length : text.length - margin)
    await pause(signal)
    return { encoding, text, lines, totalLines: isWhole ? countLines(text) : null }
  })
}

function structureOf(text: string, until: number): OutlineLine[] {
  const found: OutlineLine[] = []
  let start = 0
  for (let line = 1; start < until && found.length < most.lines; line++) {
    const feed = text.indexOf('\n', start)
    const lineEnd = feed === -1 ? text.length : feed
    const width = widthOfStructure(text.slice(start, Math.min(lineEnd, start + most.width)))
    if (width > 0) found.push({ line, start, end: start + width })
    start = lineEnd + 1
  }
  return found
}

function widthOfStructure(line: string): number {
  for (const structure of structures) {
    const match = structure.exec(line)?.[0]
    if (match !== undefined) return match.trimEnd().length
  }
  return 0
}

function countLines(text: string): number {
  const feeds = text.split('\n').length - 1
  return text === '' || text.endsWith('\n') ? feeds : feeds + 1
}
