// What one log line costs: a string of 160 characters in which there is nothing to find, as most are.
import { redact, scan } from '../../src/api/lib/redaction.ts'
import { bar, inTurns, median } from '../bench.ts'
import { text } from '../corpus.ts'
import type { Part } from './part.ts'

const length = 160
/** More than one, so that no cache knows the line already. */
const count = 20_000

export async function measureLines(): Promise<Part> {
  const lines = cleanLines()
  const times = await inTurns(
    {
      redact: () => each(lines, (line) => redact(line).text.length),
      scan: () => each(lines, (line) => scan(line).length),
      stringify: () => each(lines, (line) => JSON.stringify(line).length),
    },
    { warmUp: 5, runs: 15 },
  )
  const [redactLineUs, scanLineUs, stringifyLineUs] = [times.redact, times.scan, times.stringify].map(
    (each) => (median(each) * 1000) / count,
  )
  return {
    figures: { redactLineUs: redactLineUs!, scanLineUs: scanLineUs! },
    peers: { 'JSON.stringify of the line': { us: stringifyLineUs! } },
    bars: [bar('redactLineUs', redactLineUs!, '<=', 0.5)],
  }
}

function cleanLines(): string[] {
  const whole = text('pino', count * length * 3, 5).toString()
  return whole
    .split('\n')
    .map((line) => line.slice(0, length))
    .filter((line) => line.length === length)
    .slice(0, count)
}

function each(lines: readonly string[], act: (line: string) => number): number {
  let sum = 0
  for (const line of lines) sum += act(line)
  return sum
}
