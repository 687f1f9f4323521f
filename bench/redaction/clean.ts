// How often something is taken that is no secret, in the code that is installed here and in logs as they should be.
// Run on its own it lists what was found in the code, for a person to look at: detector and place only.
import { type Finding, scan } from '../../src/api/lib/redaction.ts'
import { bar } from '../bench.ts'
import { cleanFiles, cleanLogs } from '../corpus.ts'
import type { Part } from './part.ts'

interface Tally {
  bytes: number
  certain: number
  likely: number
}

/** @param logSize Bytes of logs beside the code. */
export function measureClean(logSize: number): Part {
  const [code, logs] = [newTally(), newTally()]
  for (const { bytes } of cleanFiles()) count(code, bytes)
  count(logs, cleanLogs(logSize, 3))
  const all = {
    bytes: code.bytes + logs.bytes,
    certain: code.certain + logs.certain,
    likely: code.likely + logs.likely,
  }
  const [certain, likely] = [perMB(all, all.certain), perMB(all, all.certain + all.likely)]
  return {
    figures: {
      cleanMB: all.bytes / 1e6,
      falsePerMB: likely,
      falseCertainPerMB: certain,
      falsePerMBOfCode: perMB(code, code.certain + code.likely),
      falsePerMBOfLogs: perMB(logs, logs.certain + logs.likely),
    },
    bars: [bar('falseCertainPerMB', certain, '<=', 0.05), bar('falsePerMB', likely, '<=', 0.5)],
  }
}

function newTally(): Tally {
  return { bytes: 0, certain: 0, likely: 0 }
}

function count(tally: Tally, bytes: Buffer): void {
  tally.bytes += bytes.length
  for (const { confidence } of scan(bytes)) tally[confidence === 'certain' ? 'certain' : 'likely']++
}

function perMB({ bytes }: Tally, found: number): number {
  return found / (bytes / 1e6)
}

function placeOf(path: string, bytes: Buffer, { detector, confidence, start }: Finding): string {
  const line = bytes.subarray(0, start).toString('latin1').split('\n').length
  return `${confidence}\t${detector}\t${path}:${line}`
}

if (import.meta.main) {
  for (const { path, bytes } of cleanFiles()) {
    for (const finding of scan(bytes)) console.log(placeOf(path, bytes, finding))
  }
}
