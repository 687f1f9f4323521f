// Whether a stream gives the same wherever it is cut.
import { redact, StreamRedactor } from '../../src/api/lib/redaction.ts'
import { bar } from '../bench.ts'
import { mixed } from '../corpus.ts'
import type { Part } from './part.ts'

const key = new Uint8Array(32)
/** Around each planted secret. */
const margin = 150
const largestChunk = 64

/** @param samples So many secrets with what stands around them, each cut at every byte and into chunks of 1 to 64. */
export function measureCuts(samples: number): Part {
  const { bytes, planted } = mixed(samples * 20_000, 17, { secretsPer20kB: 1 })
  let all = 0
  let same = 0
  for (const { start, end } of planted.slice(0, samples)) {
    const sample = bytes.subarray(Math.max(0, start - margin), end + margin)
    const { text } = redact(sample, { key })
    for (const chunks of cutsOf(sample)) {
      all++
      if (streamed(chunks) === text) same++
    }
  }
  const percent = (100 * same) / all
  return {
    figures: { cuts: all, sameAtCutsPercent: percent },
    bars: [bar('sameAtCutsPercent', percent, '>=', 100)],
  }
}

function* cutsOf(sample: Buffer): Generator<readonly Buffer[]> {
  for (let at = 0; at <= sample.length; at++) yield [sample.subarray(0, at), sample.subarray(at)]
  for (let size = 1; size <= largestChunk; size++) {
    const count = Math.ceil(sample.length / size)
    yield Array.from({ length: count }, (_, index) => sample.subarray(index * size, (index + 1) * size))
  }
}

function streamed(chunks: readonly Buffer[]): string {
  const redactor = new StreamRedactor({ key })
  const parts = chunks.flatMap((chunk) => redactor.push(chunk))
  return Buffer.concat([...parts, ...redactor.finish()]).toString()
}
