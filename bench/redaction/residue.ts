// What is left in the speed corpus, whose secrets stand amid other text.
import { scan } from '../../src/api/lib/redaction.ts'
import { bar } from '../bench.ts'
import { mixed } from '../corpus.ts'
import { longestLeft } from './left.ts'
import type { Part } from './part.ts'

/** Characters in a row that count as left; three or fewer are as good as guessed. */
const run = 4

export function measureResidue(size: number): Part {
  const { bytes, planted } = mixed(size, 23, { secretsPer20kB: 1 })
  const findings = scan(bytes)
  let touched = 0
  let left = 0
  let missed = 0
  for (const { start, end } of planted) {
    const { length, isTouched } = longestLeft(findings, start, end)
    if (!isTouched) missed++
    else touched++
    if (isTouched && length >= run) left++
  }
  return {
    figures: {
      planted: planted.length,
      plantedMissed: missed,
      plantedRedacted: touched,
      plantedPartlyLeft: left,
    },
    bars: [bar('plantedPartlyLeft', left, '<=', 0)],
  }
}
