// What a bench hands in, and the few functions that measure.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'

/** A figure that the docs claim, and the bar that it must meet. */
export interface Bar {
  readonly figure: string
  readonly value: number
  readonly at: '<=' | '>='
  readonly bar: number
  readonly ok: boolean
}

/** The unit of a figure is the end of its name: `p50Ms`, `rssMiB`, `perSecond`. */
export type Figures = Readonly<Record<string, number>>

export interface BenchResult {
  readonly name: string
  readonly figures: Figures
  /** Others' work, measured in the same run; a text says why a peer is absent. */
  readonly peers: Readonly<Record<string, Figures | number | string>>
  /** Ours to a peer's: what holds on other machines too. */
  readonly ratios: Figures
  readonly bars: readonly Bar[]
}

/** Data that is not in the tree; a row whose data is not given is reported absent. */
export interface BenchOptions {
  /** Folder with a copy of CredData. */
  readonly data?: string
  /** File with the sentences of presidio-research. */
  readonly pii?: string
}

/** Default export of `bench/NAME.ts`. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>

/** Compares a figure with its bar. Not-a-number meets none. */
export function bar(figure: string, value: number, at: Bar['at'], limit: number): Bar {
  return { figure, value, at, bar: limit, ok: at === '<=' ? value <= limit : value >= limit }
}

/** The value below which `percent` of the values lie, by nearest rank; not-a-number of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** Milliseconds that one call took. */
export async function timed(act: () => unknown): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

export interface Contest {
  /** Calls of each that are not counted. */
  readonly warmUp: number
  readonly runs: number
}

/**
 * Times the contenders turn by turn, so that whatever else the machine does hits all of them alike.
 * @returns Milliseconds of each counted call.
 */
export async function inTurns<Name extends string>(
  contenders: Readonly<Record<Name, () => unknown>>,
  { warmUp, runs }: Contest,
): Promise<Record<Name, number[]>> {
  const entries = Object.entries<() => unknown>(contenders)
  const times = Object.fromEntries(entries.map(([name]) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -warmUp; round < runs; round++) {
    for (const [name, act] of entries) {
      const ms = await timed(act)
      if (round >= 0) times[name as Name].push(ms)
    }
  }
  return times
}

/** Ties this process to one core, so that its helper threads count, too. Gives whether that was possible. */
export function pinToOneCore(): boolean {
  const core = String(availableParallelism() - 1)
  return spawnSync('taskset', ['-a', '-p', '-c', core, String(process.pid)]).status === 0
}
