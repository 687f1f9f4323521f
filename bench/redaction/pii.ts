// Structured personal data, on the made-up sentences of presidio-research, which stay outside of the tree.
import { readFileSync } from 'node:fs'
import { scan } from '../../src/api/lib/redaction.ts'
import { bar } from '../bench.ts'
import { cleanLogs } from '../corpus.ts'
import { longestLeft } from './left.ts'
import type { Part } from './part.ts'

interface Sentence {
  readonly full_text: string
  readonly spans: readonly {
    readonly entity_type: string
    readonly start_position: number
    readonly end_position: number
  }[]
}

/** Their names of the types that have a form, and our ids. */
const types: ReadonlyMap<string, readonly string[]> = new Map([
  ['EMAIL_ADDRESS', ['email']],
  ['CREDIT_CARD', ['payment-card']],
  ['IBAN_CODE', ['iban']],
  ['PHONE_NUMBER', ['phone-number']],
  ['IP_ADDRESS', ['ip-address', 'private-ip-address']],
])

/** Clean logs hold addresses of these kinds, so that what is found of them is right. */
const inLogs: ReadonlySet<string> = new Set(['email', 'ip-address', 'private-ip-address'])
const logSize = 4_000_000

/** @param file The data set's `data/synth_dataset_v2.json`. */
export function measurePii(file: string | undefined): Part {
  const piiFalsePerMBOfLogs = falseInLogs()
  if (file === undefined) {
    const absent = 'absent: give its sentences with --pii FILE'
    return { figures: { piiFalsePerMBOfLogs }, peers: { 'presidio-research': absent } }
  }
  const sentences = JSON.parse(readFileSync(file, 'utf8')) as Sentence[]
  const rows = [...types].map(([type, ids]) => ({ type, ...score(sentences, type, ids) }))
  const total = (of: (row: Score) => number): number => rows.reduce((sum, row) => sum + of(row), 0)
  const recall = total(({ found }) => found) / total(({ spans }) => spans)
  const precision = total(({ right }) => right) / total(({ findings }) => findings)
  return {
    figures: {
      piiFalsePerMBOfLogs,
      piiRecall: recall,
      piiPrecision: precision,
      ...Object.fromEntries(
        rows.flatMap(({ type, found, spans, right, findings }) => [
          [`pii ${type} recall`, found / spans],
          [`pii ${type} precision`, right / findings],
        ]),
      ),
    },
    bars: [bar('piiRecall', recall, '>=', 0.97), bar('piiPrecision', precision, '>=', 0.97)],
  }
}

interface Score {
  readonly found: number
  readonly spans: number
  readonly right: number
  readonly findings: number
}

/** A span is found if all of it is covered, a finding is right if it touches a span of its type. */
function score(sentences: readonly Sentence[], type: string, ids: readonly string[]): Score {
  const score = { found: 0, spans: 0, right: 0, findings: 0 }
  for (const { full_text: text, spans } of sentences) {
    const wanted = spans.filter(({ entity_type }) => entity_type === type)
    const findings = scan(text, { pii: true }).filter(({ detector }) => ids.includes(detector))
    score.spans += wanted.length
    score.findings += findings.length
    for (const { start_position: start, end_position: end } of wanted) {
      if (longestLeft(findings, start, end).length === 0) score.found++
    }
    score.right += findings.filter(({ start, end }) =>
      wanted.some((span) => span.start_position < end && span.end_position > start),
    ).length
  }
  return score
}

function falseInLogs(): number {
  const findings = scan(cleanLogs(logSize, 3), { pii: true })
  return findings.filter(({ detector }) => !inLogs.has(detector)).length / (logSize / 1e6)
}
