// Trains the model that judges credentials, and writes src/engines/redaction/model-weights.ts:
//
//     node tools/train.ts DATA
//
// DATA is what tools/creddata.ts made; only its develop part is read. Logistic regression over hashed features, by
// stochastic descent in a fixed order, then rounded to whole numbers of a byte. The same input gives the same file.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { base64url } from '#base'
import { featureCount, kindOf, symbolCount, symbolOf } from '../src/engines/redaction/features.ts'
import { cleanPackages, examplesOf, labelledFiles, sequence, type Example } from './examples.ts'

const target = 'src/engines/redaction/model-weights.ts'
const sources = ['tools/train.ts', 'tools/examples.ts', 'src/engines/redaction/features.ts']
const epochs = 20
/** From this one on the weights of each epoch are averaged. */
const firstAveraged = 6
const rate = 0.05
const decay = 5e-3
/** Steps of a weight that make one bit of the logit's natural unit. */
const scale = 32
const folds = 5
/** Least share of right ones among what is told in repositories that were left out. */
const leastPrecision = { likely: 0.88, hint: 0.6 } as const
const largestForPairs = 300_000

const [dir] = process.argv.slice(2)
if (dir === undefined) {
  console.error('usage: node tools/train.ts DATA')
  process.exitCode = 2
} else {
  train(dir)
}

function train(dir: string): void {
  const files = labelledFiles(dir)
  const pairCosts = pairCostsOf(
    files.map(({ bytes }) => bytes).filter(({ length }) => length < largestForPairs),
  )
  const examples = examplesOf(files, pairCosts)
  const held = leftOut(examples)
  const weights = rounded(fit(examples))
  const [likelyFrom, hintFrom] = [
    thresholdFor(held, leastPrecision.likely),
    thresholdFor(held, leastPrecision.hint),
  ]
  const repositories = new Set(files.map(({ labels }) => labels[0]!.repository)).size
  console.log(
    `${examples.length} examples, ${repositories} repositories; likely from ${likelyFrom}, hint from ${hintFrom}`,
  )
  writeFileSync(
    target,
    [
      '// Made by tools/train.ts; do not edit. Whole numbers of a byte, one for each bucket of features.',
      `// Sources: ${hashOf(sources.map((path) => readFileSync(path)))}`,
      `// Data: CredData c2e5761a, ${repositories} repositories whose id leaves 0 when divided by 3; as harmless code the`,
      `// installed packages ${cleanPackages.join(', ')}.`.replaceAll(
        /(.{1,116})(?: |$)/g,
        (_, line: string, at: number) => (at === 0 ? line : `\n// ${line}`),
      ),
      '',
      '/** Scores from here on are `likely`. */',
      `export const likelyFrom = ${likelyFrom}`,
      '/** Scores from here on are a `hint`. */',
      `export const hintFrom = ${hintFrom}`,
      '/** Base64url of signed bytes. */',
      `export const weights =\n  '${base64url(new Uint8Array(weights.buffer))}'`,
      '/** Base64url of bytes: how rare each pair of symbols is, in eighths of a bit. */',
      `export const pairCosts =\n  '${base64url(pairCosts)}'`,
      '',
    ].join('\n'),
  )
}

/** How rare a letter is behind another in words and names, and fixed costs where other symbols stand. */
function pairCostsOf(texts: readonly Uint8Array[]): Uint8Array {
  const counts = new Float64Array(symbolCount ** 2).fill(0.5)
  for (const bytes of texts) countPairs(bytes, counts)
  return Uint8Array.from(counts, (count, pair) => {
    const [before, symbol] = [Math.floor(pair / symbolCount), pair % symbolCount]
    const isLetter = symbol >= 1 && symbol <= 26
    if (!isLetter) return symbol === 27 ? 44 : symbol === 28 ? 24 : 56
    if (before > 26) return 40
    const row = counts.subarray(before * symbolCount + 1, before * symbolCount + 27)
    return Math.min(255, Math.round(-8 * Math.log2(count / row.reduce((sum, one) => sum + one, 0))))
  })
}

function countPairs(bytes: Uint8Array, counts: Float64Array): void {
  let word: number[] = []
  const endWord = (): void => {
    if (word.length >= 3 && word.length <= 16) {
      for (const [index, symbol] of word.entries()) counts[(word[index - 1] ?? 0) * symbolCount + symbol]!++
    }
    word = []
  }
  let previous = 0
  for (const byte of bytes) {
    const kind = kindOf[byte]!
    if ((kind !== 2 && kind !== 3) || (kind === 3 && previous === 2)) endWord()
    if (kind === 2 || kind === 3) word.push(symbolOf(byte))
    previous = kind
  }
  endWord()
}

function fit(examples: readonly Example[]): Float64Array {
  const weights = new Float64Array(featureCount)
  const squares = new Float64Array(featureCount).fill(1e-8)
  const sums = new Float64Array(featureCount)
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { features, isCredential, weight } of shuffled(examples, epoch)) {
      const error = (1 / (1 + Math.exp(-scoreOf(weights, features))) - Number(isCredential)) * weight
      for (const feature of features) {
        const slope = error + decay * weights[feature]!
        squares[feature]! += slope * slope
        weights[feature]! -= (rate * slope) / Math.sqrt(squares[feature]!)
      }
    }
    if (epoch >= firstAveraged) for (const [index, weight] of weights.entries()) sums[index]! += weight
  }
  return sums.map((sum) => sum / (epochs - firstAveraged))
}

function scoreOf(weights: Float64Array | Int8Array, features: Uint16Array): number {
  let sum = 0
  for (const feature of features) sum += weights[feature]!
  return sum
}

function shuffled(examples: readonly Example[], seed: number): Example[] {
  let state = 12_345 + seed
  const mixed = [...examples]
  for (let index = mixed.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (index + 1))
    const moved = mixed[index]!
    mixed[index] = mixed[other]!
    mixed[other] = moved
  }
  return mixed
}

function rounded(weights: Float64Array): Int8Array<ArrayBuffer> {
  return Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight * scale))))
}

interface Scored {
  readonly score: number
  readonly isCredential: boolean
}

/** Sure examples of each fifth of the repositories, scored by a model that has not seen them. */
function leftOut(examples: readonly Example[]): Scored[] {
  return Array.from({ length: folds }, (_, fold) => {
    const isOut = ({ group }: Example): boolean =>
      isRepository(group) && sequence(Number.parseInt(group, 16))(folds) === fold
    const weights = rounded(fit(examples.filter((example) => !isOut(example))))
    return examples
      .filter((example) => isOut(example) && example.by === 'label')
      .map(({ features, isCredential }) => ({ score: scoreOf(weights, features), isCredential }))
  }).flat()
}

function isRepository(group: string): boolean {
  return /^[0-9a-f]{8}$/.test(group)
}

/** The lowest score from which on at least that share is right. */
function thresholdFor(scored: readonly Scored[], precision: number): number {
  const sorted = scored.toSorted((a, b) => b.score - a.score)
  let [right, lowest] = [0, 0]
  for (const [index, { score, isCredential }] of sorted.entries()) {
    if (isCredential) right++
    if (right / (index + 1) >= precision) lowest = score
  }
  const told = sorted.filter(({ score }) => score >= lowest)
  console.log(
    `from ${lowest} on: ${told.filter(({ isCredential }) => isCredential).length} right of ${told.length} told, of ${sorted.filter(({ isCredential }) => isCredential).length} in all`,
  )
  return lowest
}

function hashOf(contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  return hash.digest('hex').slice(0, 16)
}
