// How well credentials are found in others' code: CredData, in repositories that nothing was trained on.
//
// DIR is what `node tools/creddata.ts` makes. A label is a stretch of a file that people have judged. By line: a line with
// a credential counts as found if any of it is masked, another one that was judged as wrong. By span: a credential counts
// as found if nine tenths of its letters and digits are masked, and as wrong what is masked on a judged line and touches
// no credential. What nobody has judged is not counted. Made-up values (X) are once taken for harmless, once left out.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scan, type Finding } from '../src/api/lib/redaction.ts'
import { bar, percentile, type Bar, type Figures } from './bench.ts'

type Span = readonly [start: number, end: number]

/** A line of `labels.jsonl`. Positions are bytes of the file, whose path is beneath `files/`. */
export interface Label {
  readonly repository: string
  readonly part: 'develop' | 'select'
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly lineSpan: Span
  /** Null where the label is for the whole line. */
  readonly valueSpan: Span | null
  /** A credential, none, or one that is made up, such as in an example. */
  readonly truth: 'T' | 'F' | 'X'
  readonly categories: readonly string[]
}

interface Tally {
  readonly found: number
  readonly wrong: number
  readonly missed: number
}

interface Measure {
  readonly level: 'line' | 'span'
  /** What made-up values count as. */
  readonly madeUp: 'negative' | 'ignored'
}

const measures: readonly Measure[] = [
  { level: 'line', madeUp: 'negative' },
  { level: 'line', madeUp: 'ignored' },
  { level: 'span', madeUp: 'negative' },
  { level: 'span', madeUp: 'ignored' },
]
const leastF1 = 0.75
const leastCovered = 0.9
const resamples = 1000

/** Identifiers, not secrets: what is labelled as one of these is neither asked for nor counted. */
const outOfScope: ReadonlySet<string> = new Set([
  'UUID',
  'Nonce',
  'Salt',
  'AWS S3 Bucket',
  'AWS Client ID',
  'Twilio Credentials',
  'Firebase Domain',
])

/** Figures and bars over the select part of CredData. */
export function creddata(dir: string): Promise<{ readonly figures: Figures; readonly bars: readonly Bar[] }> {
  const labels = readLabels(dir, 'select')
  const repositories = Map.groupBy(labels, ({ repository }) => repository)
  const files = [...repositories.values()].map((those) => scanned(dir, those))
  const rows = measures.map((measure) => rowOf(files, measure))
  return Promise.resolve({
    figures: {
      creddataRepositories: repositories.size,
      creddataCredentials: labels.filter((label) => label.truth === 'T' && isInScope(label)).length,
      ...Object.assign({}, ...rows),
    },
    bars: rows.flatMap((row) =>
      Object.entries(row).flatMap(([name, value]) =>
        name.endsWith('F1') ? [bar(name, value, '>=', leastF1)] : [],
      ),
    ),
  })
}

/** Labels of a part of CredData, as tools/creddata.ts wrote them. */
export function readLabels(dir: string, part: Label['part']): Label[] {
  const path = join(dir, 'labels.jsonl')
  if (!existsSync(path)) throw new Error(`${path} is missing`)
  const labels = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Label)
  return labels.filter((label) => label.part === part)
}

/** Which third of CredData a repository belongs to, by its id. The sealed one is for others to measure with. */
export function partOf(id: string): Label['part'] | 'sealed' {
  return (['develop', 'select', 'sealed'] as const)[Number.parseInt(id, 16) % 3]!
}

export function isInScope({ categories }: Label): boolean {
  return !categories.some((category) => outOfScope.has(category))
}

interface Scanned {
  readonly bytes: Buffer
  readonly labels: readonly Label[]
  readonly findings: readonly Finding[]
}

function scanned(dir: string, labels: readonly Label[]): Scanned[] {
  return [...Map.groupBy(labels, ({ file }) => file)].map(([file, labels]) => {
    const bytes = readFileSync(join(dir, 'files', file))
    return { bytes, labels, findings: scan(bytes) }
  })
}

/** One measure over all repositories, with the interval that holds in 95 of 100 draws of as many repositories. */
function rowOf(repositories: readonly (readonly Scanned[])[], measure: Measure): Record<string, number> {
  const tallies = repositories.map((files) => sumOf(files.map((file) => tallyOf(file, measure))))
  const total = sumOf(tallies)
  const drawn = draws(tallies).map((draw) => f1(sumOf(draw)))
  const name = `creddata${measure.level === 'line' ? 'Line' : 'Span'}${measure.madeUp === 'negative' ? 'Strict' : ''}`
  return {
    [`${name}Precision`]: total.found / (total.found + total.wrong),
    [`${name}Recall`]: total.found / (total.found + total.missed),
    [`${name}F1`]: f1(total),
    [`${name}F1Low`]: percentile(drawn, 2.5),
    [`${name}F1High`]: percentile(drawn, 97.5),
  }
}

function f1({ found, wrong, missed }: Tally): number {
  return (2 * found) / (2 * found + wrong + missed)
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0)
  return { found: sum('found'), wrong: sum('wrong'), missed: sum('missed') }
}

/** As many of them, drawn again and again with returning; the same each time. */
function draws(tallies: readonly Tally[]): Tally[][] {
  let state = 1
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0)
  return Array.from({ length: resamples }, () =>
    tallies.map(() => tallies[Math.floor((next() / 2 ** 32) * tallies.length)]!),
  )
}

function tallyOf(file: Scanned, { level, madeUp }: Measure): Tally {
  const isIgnored = (label: Label): boolean =>
    !isInScope(label) || (label.truth === 'X' && madeUp === 'ignored')
  return level === 'line' ? tallyOfLines(file, isIgnored) : tallyOfSpans(file, isIgnored)
}

type Test = (label: Label) => boolean

function isWanted(label: Label): boolean {
  return label.truth === 'T' && isInScope(label)
}

function tallyOfLines({ labels, findings }: Scanned, isIgnored: Test): Tally {
  const lines = [...Map.groupBy(labels, ({ lineSpan }) => lineSpan.join('-')).values()]
  const isMasked = (line: readonly Label[]): boolean =>
    findings.some((finding) => touches(finding, line[0]!.lineSpan))
  const wanted = lines.filter((line) => line.some(isWanted))
  const others = lines.filter((line) => !line.some(isWanted) && !line.some(isIgnored))
  const found = wanted.filter(isMasked).length
  return { found, missed: wanted.length - found, wrong: others.filter(isMasked).length }
}

function tallyOfSpans({ bytes, labels, findings }: Scanned, isIgnored: Test): Tally {
  const wanted = labels.filter(isWanted)
  const found = wanted.filter((label) => covered(bytes, spanOf(label), findings) >= leastCovered).length
  const wrong = findings.filter((finding) => {
    const isJudged = labels.some(({ lineSpan }) => touches(finding, lineSpan))
    return (
      isJudged &&
      !labels.some((label) => touches(finding, spanOf(label)) && (isWanted(label) || isIgnored(label)))
    )
  }).length
  return { found, missed: wanted.length - found, wrong }
}

function spanOf({ valueSpan, lineSpan }: Label): Span {
  return valueSpan ?? lineSpan
}

function touches({ start, end }: Finding, [from, to]: Span): boolean {
  return start < to && end > from
}

/** Share of the letters and digits that are masked: what stands between the lines of a key is no secret. */
function covered(bytes: Buffer, [from, to]: Span, findings: readonly Finding[]): number {
  const near = findings.filter((finding) => touches(finding, [from, to]))
  let [all, masked] = [0, 0]
  for (let at = from; at < to; at++) {
    if (!/\w/.test(String.fromCharCode(bytes[at]!))) continue
    all++
    if (near.some(({ start, end }) => at >= start && at < end)) masked++
  }
  return all === 0 ? Number(near.length > 0) : masked / all
}
