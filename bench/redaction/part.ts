// One part of the bench of redaction, and how parts become one result.
import type { BenchResult } from '../bench.ts'

export type Part = Partial<Omit<BenchResult, 'name'>>

export function join(name: string, parts: readonly Part[]): BenchResult {
  return {
    name,
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    peers: Object.assign({}, ...parts.map(({ peers }) => peers)),
    ratios: Object.assign({}, ...parts.map(({ ratios }) => ratios)),
    bars: parts.flatMap(({ bars = [] }) => bars),
  }
}

/** Millions of bytes a second. */
export function speed(bytes: number, ms: number): number {
  return bytes / 1000 / ms
}
