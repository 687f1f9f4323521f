// Holds the engine against what everybody writes first: one regular expression for each row of the table, made from the row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floods, mixed, text, textKinds } from '../../../bench/corpus.ts'
import { naiveRows, patternOf, regexOf } from '../../../bench/redaction/naive.ts'
import { defaultAnchors, detectors } from './detectors.ts'
import type { Finding } from './finding.ts'
import { namedFormats } from './named.ts'
import { mayOpen } from './opening.ts'
import { prefilterOf, usualPrefilter } from './prefilter-simd.ts'
import { PlainPrefilter, type Prefilter } from './prefilter.ts'
import { scan } from './redact.ts'
import { Sweep } from './sweep.ts'
import { Text } from './text.ts'

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

const builds = [
  prefilterOf(defaultAnchors, ['relaxed']),
  prefilterOf(defaultAnchors, ['plain']),
  usualPrefilter(() => defaultAnchors),
]

const corpora: readonly (readonly [name: string, make: () => Buffer])[] = [
  ['a mixture with secrets', () => mixed(400_000, 41, { secretsPer20kB: 20 }).bytes],
  ...textKinds.map((kind) => [kind, () => text(kind, 40_000, 42)] as const),
]

function hasDigitAndLetter(match: string): boolean {
  return /\d/.test(match) && /[A-Za-z]/.test(match)
}

interface Match {
  /** Of the anchor, which may stay. */
  readonly from: number
  readonly start: number
  readonly end: number
}

/** What begins within another token ends with it. */
function isCovered(findings: readonly Finding[], { from, start, end }: Match): boolean {
  if (findings.some((finding) => finding.start < start && finding.end > from)) return true
  let at = start
  for (const finding of findings) if (finding.start <= at && finding.end > at) at = finding.end
  return at >= end
}

/** What a row finds, less what only looks so: positions in bytes. */
function* matchesOf(
  latin1: string,
  regex: RegExp,
  { needsDigit, keepsAnchor, anchors }: (typeof naiveRows)[number],
): Generator<Match> {
  for (const { 0: match, index } of latin1.matchAll(regex)) {
    const anchor = anchors.find((text) => match.toLowerCase().includes(text.toLowerCase())) ?? ''
    const body = match.slice(match.toLowerCase().indexOf(anchor.toLowerCase()) + anchor.length)
    if (needsDigit === true && !hasDigitAndLetter(body)) continue
    yield {
      from: index,
      start: keepsAnchor === true ? index + match.length - body.length : index,
      end: index + match.length,
    }
  }
}

function compare(name: string, bytes: Buffer): void {
  const findings = scan(bytes, { threshold: 'hint' })
  const latin1 = bytes.toString('latin1')
  for (const { row, regex } of rows) {
    for (const match of matchesOf(latin1, regex, row)) {
      assert.ok(isCovered(findings, match), `${name}: ${row.id} at ${match.start} is not found`)
    }
  }
  for (const { detector, start, end } of findings) {
    if (!tokenIds.has(detector)) continue
    const around = unescaped(latin1.slice(Math.max(0, start - margin), end + margin))
    const isNaive = rows.some(({ row, loose }) => row.id === detector && around.search(loose) >= 0)
    assert.ok(isNaive, `${name}: ${detector} at ${start} is found by no regular expression`)
  }
}

/** The engine reads escape sequences besides. */
function unescaped(text: string): string {
  const plain = text.replaceAll(/(?:%|\\+x|\\+u00)([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  return `${text}\n${plain}`
}

/** Places where an anchor stands that may open a finding: a fast build may name more, which then come to nothing. */
function openIn(prefilter: Prefilter, bytes: Buffer): number[] {
  const text = new Text(bytes, true)
  const sweep = new Sweep(prefilter)
  sweep.begin(text, 0)
  const places: number[] = []
  for (let at = sweep.nextPlace(0); at < text.end; at = sweep.nextPlace(at + 1)) {
    const isOpen = defaultAnchors
      .of(bytes[at]!, bytes[at + 1]!)
      .some((anchor) => text.has(anchor.literal, at, anchor.detector.isFolded) && mayOpen(text, at, anchor))
    if (isOpen) places.push(at)
  }
  return places
}

for (const [name, make] of corpora) {
  test(`scan() finds the tokens that a regular expression for each row finds in ${name}`, () => {
    compare(name, make())
  })

  test(`sweep() opens the same places in WebAssembly and in JavaScript in ${name}`, () => {
    const bytes = make()
    const places = openIn(new PlainPrefilter(defaultAnchors), bytes)
    for (const build of builds) assert.deepEqual(openIn(build, bytes), places)
  })
}

test('scan() finds the tokens that a regular expression for each row finds in floods', () => {
  for (const [name, bytes] of floodsTogether(600)) compare(name, bytes)
})

test('sweep() opens the same places in WebAssembly and in JavaScript in floods', () => {
  for (const [name, bytes] of floodsTogether(1500)) {
    const places = openIn(new PlainPrefilter(defaultAnchors), bytes)
    for (const build of builds) assert.deepEqual(openIn(build, bytes), places, name)
  }
})

/** A hundred floods in each text, which is faster than a text for each. */
function* floodsTogether(size: number): Generator<readonly [name: string, bytes: Buffer]> {
  const made = floods().map(({ make }) => Buffer.concat([make(size), Buffer.from('\n')]))
  for (let at = 0; at < made.length; at += 100) {
    yield [`floods from ${at}`, Buffer.concat(made.slice(at, at + 100))]
  }
}
