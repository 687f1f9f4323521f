// Finding and masking secrets: how fast, what it finds, what it takes by mistake, and how slow anyone can make it.
// From source: Node strips the types on load, and what runs is the same as what is published.
import { availableParallelism } from 'node:os'
import type { BenchOptions, BenchResult } from './bench.ts'
import { pinToOneCore } from './bench.ts'
import { creddata } from './creddata.ts'
import { measureBulk } from './redaction/bulk.ts'
import { measureClean } from './redaction/clean.ts'
import { measureCuts } from './redaction/cuts.ts'
import { measureFloods } from './redaction/floods.ts'
import { measureLines } from './redaction/lines.ts'
import { join, type Part } from './redaction/part.ts'
import { measurePii } from './redaction/pii.ts'
import { measureRecall } from './redaction/recall.ts'
import { measureResidue } from './redaction/residue.ts'
import { measureStart } from './redaction/start.ts'

const megabyte = 2 ** 20
const noCredData: Part = {
  peers: { CredData: 'absent: give what tools/creddata.ts makes with --data DIR' },
}

/** Speed comes first, before the other parts have taught the compiler their own inputs. */
export default async function redaction({ data, pii }: BenchOptions): Promise<BenchResult> {
  const cores = pinToOneCore() ? 1 : availableParallelism()
  return join('redaction', [
    { figures: { cores } },
    await measureBulk(32 * megabyte),
    await measureLines(),
    await measureStart(),
    await measureFloods(),
    measureRecall(3),
    measureResidue(8 * megabyte),
    measureClean(16 * megabyte),
    measureCuts(40),
    measurePii(pii),
    data === undefined ? noCredData : await creddata(data),
  ])
}
