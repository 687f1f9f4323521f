// Holds the engine against what everybody writes first: one regular expression for each row of the table, made from the row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floods, mixed, text, textKinds } from '../../../bench/corpus.ts'
import { naiveRows, patternOf, regexOf } from '../../../bench/redaction/naive.ts'
import type { Finding } from './finding.ts'
import { scan } from './redact.ts'

const rows = naiveRows.map((row) => ({
  row,
  regex: regexOf(row),
  // Wherever it stands: the engine knows more places where a word begins, such as behind an escape.
  loose: new RegExp(patternOf(row), row.isFolded === true ? 'gi' : 'g'),
}))
/** What stands beside a finding and may be part of the match: the anchor that stays, and a longer run. */
const margin = 64
const tokenIds = new Set(rows.map(({ row }) => row.id))

const corpora: readonly (readonly [name: string, make: () => Buffer])[] = [
  ['a mixture with secrets', () => mixed(400_000, 41, { secretsPer20kB: 20 }).bytes],
  ...textKinds.map((kind) => [kind, () => text(kind, 40_000, 42)] as const),
]

function hasDigitAndLetter(match: string): boolean {
  return /\d/.test(match) && /[A-Za-z]/.test(match)
}

function isCovered(findings: readonly Finding[], start: number, end: number): boolean {
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
  for (const flood of floods()) compare(flood.name, flood.make(2000))
})
