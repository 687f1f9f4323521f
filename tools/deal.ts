// `node tools/deal.ts`: deals the windows of our own anchors out among the prefilter's buckets and keeps that in
// src/engines/redaction/prefilter-deal.ts, so that no start has to. With --check it says whether what is kept is current.
import { readFileSync, writeFileSync } from 'node:fs'
import type { Anchor } from '../src/engines/redaction/anchors.ts'
import { defaultAnchors } from '../src/engines/redaction/detectors.ts'
import { deal } from '../src/engines/redaction/prefilter-buckets.ts'
import { nameOf, shapesOf } from '../src/engines/redaction/prefilter-memory.ts'

const path = 'src/engines/redaction/prefilter-deal.ts'
const { all } = defaultAnchors
const words = all.filter(({ beginsWord }) => beginsWord)
const others = all.filter(({ beginsWord }) => !beginsWord)
const old = readFileSync(path, 'utf8')
const text = `${old.slice(0, old.indexOf('export const'))}${written()}`

if (process.argv.includes('--check') && text !== old) {
  console.error(`${path} is out of date: run "node tools/deal.ts"`)
  process.exitCode = 1
} else if (text !== old) writeFileSync(path, text)

function written(): string {
  const rows = [words, others].map(
    (anchors) => `  [\n    '${nameOf(anchors)}',\n    '${digitsOf(anchors)}',\n  ],\n`,
  )
  return `export const kept: ReadonlyMap<string, string> = new Map([\n${rows.join('')}])\n`
}

function digitsOf(anchors: readonly Anchor[]): string {
  return deal(anchors.map(shapesOf))
    .flat()
    .map((number) => number.toString(36))
    .join('')
}
