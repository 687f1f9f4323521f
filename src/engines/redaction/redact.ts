// Whole inputs: finds, and masks.
import { utf8 } from '#base'
import { isGlanceable } from './clear.ts'
import { Engine } from './engine.ts'
import type { Finding, RedactOptions, ScanOptions } from './finding.ts'
import { lookoutOf } from './lookout.ts'
import type { Redaction } from './merger.ts'
import { replace } from './placeholder.ts'
import { Text } from './text.ts'
import { fromWide, wideOf } from './wide.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Finds secrets. Work is linear in the input, whatever it holds.
 * @param input Attacker-controlled. Bytes are read as UTF-8 or any other superset of ASCII, or as UTF-16 if they begin so.
 * @returns Findings in order, none overlapping another; offsets in UTF-16 code units for a string, in bytes for bytes.
 */
export function scan(input: string | Uint8Array, options: ScanOptions = {}): Finding[] {
  const wide = typeof input === 'string' ? null : wideOf(input, true)
  if (wide) return scan(fromWide(asBytes(input), wide), options).map(inBytes)
  if (isClear(input, options)) return []
  const { bytes, redactions } = run(input, options)
  return findingsOf(input, bytes, redactions)
}

/**
 * Puts a placeholder where each secret was: `[github-token:4f2a]`, the same for the same secret under one key.
 * JSON stays JSON, and placeholders of an earlier run stay as they are.
 * @param input Attacker-controlled.
 * @returns The text, bytes that are no UTF-8 as U+FFFD; and the findings, with offsets in the input.
 */
export function redact(
  input: string | Uint8Array,
  options: RedactOptions = {},
): { text: string; findings: Finding[] } {
  const wide = typeof input === 'string' ? null : wideOf(input, true)
  if (wide) {
    const { text, findings } = redact(fromWide(asBytes(input), wide), options)
    return { text, findings: findings.map(inBytes) }
  }
  if (isClear(input, options)) return { text: input, findings: [] }
  const { bytes, redactions } = run(input, options)
  const findings = findingsOf(input, bytes, redactions)
  let text = ''
  let at = 0
  for (const [index, { start, end }] of findings.entries()) {
    text += cut(input, at, start) + replace(redactions[index]!.label, bytes, [start, end], options)
    at = end
  }
  return { text: text + cut(input, at, input.length), findings }
}

/** Tells of a short string that nothing is in it; false says nothing. Most lines of a log are done here. */
export function isClear(input: string | Uint8Array, options: ScanOptions): input is string {
  return isGlanceable(input, options) && lookoutOf(options.rules).prefilter.isClear(input)
}

function asBytes(input: string | Uint8Array): Uint8Array {
  return typeof input === 'string' ? utf8(input) : input
}

/** Of UTF-16: two bytes a code unit. */
function inBytes(finding: Finding): Finding {
  return { ...finding, start: 2 * finding.start, end: 2 * finding.end }
}

function run(
  input: string | Uint8Array,
  options: ScanOptions,
): { bytes: Uint8Array; redactions: readonly Redaction[] } {
  const bytes = asBytes(input)
  return { bytes, redactions: new Engine(options).advance(new Text(bytes, true)).redactions }
}

function cut(input: string | Uint8Array, start: number, end: number): string {
  return typeof input === 'string' ? input.slice(start, end) : decoder.decode(input.subarray(start, end))
}

function findingsOf(
  input: string | Uint8Array,
  bytes: Uint8Array,
  redactions: readonly Redaction[],
): Finding[] {
  // As many bytes as code units: all ASCII.
  const toUnits = typeof input === 'string' && bytes.length !== input.length ? unitCounter(bytes) : same
  return redactions.map(({ start, end, label: { detector, confidence } }) => ({
    start: toUnits(start),
    end: toUnits(end),
    detector,
    confidence,
  }))
}

function same(position: number): number {
  return position
}

/** Turns byte positions, which must come in order, into UTF-16 positions. */
function unitCounter(bytes: Uint8Array): (position: number) => number {
  let at = 0
  let units = 0
  return (position) => {
    for (; at < position; at++) {
      const byte = bytes[at]!
      // A continuation byte adds nothing, the first of four begins a surrogate pair.
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    return units
  }
}
