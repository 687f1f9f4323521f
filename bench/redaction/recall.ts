// How many secrets of vendors' formats are found, wherever they stand and however they are written. Run on its own it
// lists those that were not: how many of how many, detector, encoding, contexts.
import { scan } from '../../src/api/lib/redaction.ts'
import { bar } from '../bench.ts'
import { contextNames, contexts, Dice, encodingNames, encodings, formats } from '../corpus.ts'
import { longestLeft } from './left.ts'
import type { Part } from './part.ts'

export interface Trial {
  readonly detector: string
  readonly context: string
  readonly encoding: string
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** Each format in each context in each encoding, so many times. */
export function* trials(times: number, seed: number): Generator<Trial> {
  const dice = new Dice(seed)
  for (const format of formats) {
    for (const context of contextNames) {
      for (const encoding of encodingNames) {
        for (let time = 0; time < times; time++) {
          const planted = format.example(dice)
          yield {
            detector: planted.detector,
            context,
            encoding,
            ...encodings[encoding](contexts[context](planted)),
          }
        }
      }
    }
  }
}

/** Longest stretch that stays; 0 if the secret is found. */
function leftOf({ bytes, start, end }: Trial): number {
  return longestLeft(scan(bytes), start, end).length
}

/** Found is a secret of which no character stays; what it is called counts apart. */
export function measureRecall(times: number): Part {
  const of = new Map<string, { found: number; named: number; all: number }>()
  let leftOfFound = 0
  for (const { detector, encoding, bytes, start, end } of trials(times, 11)) {
    const findings = scan(bytes)
    const { length, isTouched } = longestLeft(findings, start, end)
    const row = of.get(encoding) ?? { found: 0, named: 0, all: 0 }
    of.set(encoding, row)
    row.all++
    if (length === 0) row.found++
    else if (isTouched) leftOfFound = Math.max(leftOfFound, length)
    if (findings.some((finding) => finding.detector === detector)) row.named++
  }
  const rows = [...of.values()]
  const all = sum(rows.map((row) => row.all))
  const recall = sum(rows.map(({ found }) => found)) / all
  return {
    figures: {
      trials: all,
      vendorRecall: recall,
      vendorNamed: sum(rows.map(({ named }) => named)) / all,
      ...Object.fromEntries([...of].map(([name, { found, all }]) => [`vendorRecall.${name}`, found / all])),
      leftOfFound,
    },
    bars: [bar('vendorRecall', recall, '>=', 0.995), bar('leftOfFound', leftOfFound, '<=', 3)],
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

if (import.meta.main) {
  const missed = [...trials(3, 11)].filter((trial) => leftOf(trial) > 0)
  const groups = Map.groupBy(missed, ({ detector, encoding }) => `${detector}\t${encoding}`)
  for (const [name, group] of [...groups].toSorted((a, b) => b[1].length - a[1].length)) {
    console.log(`${group.length}\t${name}\t${[...new Set(group.map(({ context }) => context))].join(' ')}`)
  }
}
