// Holds the engine against what everybody writes first: one regular expression for each row of the table, made from the row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floods, mixed, text, textKinds } from '../../../bench/corpus.ts'
import { naiveRows, patternOf, regexOf } from '../../../bench/redaction/naive.ts'
import { detectors } from './detectors.ts'
import type { Finding } from './finding.ts'
import { namedFormats } from './named.ts'
import { scan } from './redact.ts'

const rows = naiveRows.map((row) => ({
  row,
  regex: regexOf(row),
  // Wherever it stands: the engine knows more places where a word begins, such as behind an escape.
  loose: new RegExp(patternOf(row), row.isFolded === true ? 'gi' : 'g'),
}))
/** What stands beside a finding and may be part of the match: the anchor that stays, and a longer run. */
const margin = 64
const otherwise = new Set([
  ...namedFormats.map(({ id }) => id),
  ...detectors.filter((row) => !naiveRows.includes(row)).map(({ id }) => id),
])
/** Ids that stand for tokens with a mark and for nothing else. */
const tokenIds = new Set(rows.map(({ row }) => row.id).filter((id) => !otherwise.has(id)))

const corpora: readonly (readonly [name: string, make: () => Buffer])[] = [
  ['a mixture with secrets', () => mixed(400_000, 41, { secretsPer20kB: 20 }).bytes],
  ...textKinds.map((kind) => [kind, () => text(kind, 40_000, 42)] as const),
]

function hasDigitAndLetter(match: string): boolean {
  return /\d/.test(match) && /[A-Za-z]/.test(match)
}

/** What begins within another token ends with it. */
function isCovered(findings: readonly Finding[], start: number, end: number): boolean {
  if (findings.some((finding) => finding.start < start && finding.end > start)) return true
  let at = start
  for (const finding of findings) if (finding.start <= at && finding.end > at) at = finding.end
  return at >= end
}

/** What a row finds, less what only looks so: positions in bytes. */
function* matchesOf(
  latin1: string,
  regex: RegExp,
  { needsDigit, keepsAnchor, anchors }: (typeof naiveRows)[number],
) {
  for (const { 0: match, index } of latin1.matchAll(regex)) {
    const anchor = anchors.find((text) => match.toLowerCase().includes(text.toLowerCase())) ?? ''
    const body = match.slice(match.toLowerCase().indexOf(anchor.toLowerCase()) + anchor.length)
    if (needsDigit === true && !hasDigitAndLetter(body)) continue
    yield {
      start: keepsAnchor === true ? index + match.length - body.length : index,
      end: index + match.length,
    }
  }
}

function compare(name: string, bytes: Buffer): void {
  const findings = scan(bytes, { threshold: 'hint' })
  const latin1 = bytes.toString('latin1')
  for (const { row, regex } of rows) {
    for (const { start, end } of matchesOf(latin1, regex, row)) {
      assert.ok(isCovered(findings, start, end), `${name}: ${row.id} at ${start} is not found`)
    }
  }
  for (const { detector, start, end } of findings) {
    if (!tokenIds.has(detector)) continue
    const around = latin1.slice(Math.max(0, start - margin), end + margin)
    const isNaive = rows.some(({ row, loose }) => row.id === detector && around.search(loose) >= 0)
    assert.ok(isNaive, `${name}: ${detector} at ${start} is found by no regular expression`)
  }
}

for (const [name, make] of corpora) {
  test(`scan() finds the tokens that a regular expression for each row finds in ${name}`, () => {
    compare(name, make())
  })
}

test('scan() finds the tokens that a regular expression for each row finds in floods', () => {
  const made = floods().map(({ make }) => Buffer.concat([make(600), Buffer.from('\n')]))
  for (let at = 0; at < made.length; at += 100) {
    compare(`floods from ${at}`, Buffer.concat(made.slice(at, at + 100)))
  }
})
