// How slow anyone can make it: a megabyte of each thing that could keep it busy. Run on its own it lists the slowest, or
// times the floods whose names hold a word: `node bench/redaction/floods.ts [WORD]`.
import { scan } from '../../src/api/lib/redaction.ts'
import { bar, median, timed } from '../bench.ts'
import { type Flood, floods } from '../corpus.ts'
import { type Part, speed } from './part.ts'

const size = 1_000_000
/** What is looked at first is a part of it. */
const glance = size / 4
/** So many of the slowest are measured again, each as often. */
const again = 24
const runs = 5
const shown = 6

interface Slow {
  readonly flood: Flood
  readonly ms: number
}

export async function measureFloods(): Promise<Part> {
  const all = floods()
  const [worst, ...others] = await slowest(all)
  const ms = worst?.ms ?? Number.NaN
  return {
    figures: {
      floods: all.length,
      ...Object.fromEntries([worst, ...others].slice(0, shown).map((slow) => [nameOf(slow), slow?.ms ?? 0])),
    },
    bars: [bar('floodMinMBps', speed(size, ms), '>=', 40), bar('floodMaxMs', ms, '<=', 25)],
  }
}

/** Slowest first: one look at each, and a closer one at those that may be the worst. */
async function slowest(all: readonly Flood[]): Promise<Slow[]> {
  const once: Slow[] = []
  for (const flood of all) once.push({ flood, ms: await measure(flood.make(glance), 1) })
  const closer: Slow[] = []
  for (const { flood } of ordered(once).slice(0, again))
    closer.push({ flood, ms: await measure(flood.make(size), runs) })
  return ordered(closer)
}

async function measure(bytes: Buffer, times: number): Promise<number> {
  const each: number[] = []
  for (let run = 0; run < times; run++) each.push(await timed(() => scan(bytes)))
  return median(each)
}

function ordered(list: readonly Slow[]): Slow[] {
  return list.toSorted((a, b) => b.ms - a.ms)
}

function nameOf(slow: Slow | undefined): string {
  return `flood "${slow?.flood.name}" Ms`
}

if (import.meta.main) {
  const [word = ''] = process.argv.slice(2)
  const chosen = floods().filter(({ name }) => name.includes(word))
  for (const { flood, ms } of await slowest(chosen)) console.log(`${ms.toFixed(1)} ms\t${flood.name}`)
}
