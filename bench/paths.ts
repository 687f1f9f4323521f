// Opening beneath a folder: what it costs beside the usual ways, that no swapped link ever leads outside, and that nothing
// is opened that the kernel's own openat2 would not open.
import { openBeneath } from '#files'
import { openat2 } from '#os'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { compareWithKernel, hasJudge } from '../tools/hostile.ts'
import { residentMiB } from '../tools/trial.ts'
import { bar, type BenchResult, type Figures, inTurns, median } from './bench.ts'
import { type Race, runRaces, startProgram } from './race.ts'

/** Of each race. */
const raceSeconds = Number(process.env['KEYREEVE_BENCH_SECONDS'] ?? 60)
/** To compare with openat2. */
const comparedPaths = Number(process.env['KEYREEVE_BENCH_PATHS'] ?? 1_000_000)
const seed = Number(process.env['KEYREEVE_BENCH_SEED'] ?? 20_261_125)

export default async function paths(): Promise<BenchResult> {
  const base = mkdtempSync(`${tmpdir()}/keyreeve-bench-paths-`)
  try {
    const opens = await measureOpens(`${base}/opens`)
    const reader = await measureReader(`${base}/opens`)
    const compared = compare(`${base}/trees`)
    const { usual, ...races } = await runRaces(`${base}/race`, raceSeconds)
    return {
      name: 'paths',
      figures: { openDepth3P50Us: opens.ours, ...reader, ...compared, ...raceFigures(races) },
      peers: {
        'realpath and open': {
          p50Us: opens.realpath,
          escapesPercent: (100 * usual!.escapes) / usual!.attempts,
        },
        openat2: opens.kernel === null ? 'absent: koffi is not installed' : { p50Us: opens.kernel },
      },
      ratios: {
        toRealpathAndOpen: opens.ours / opens.realpath,
        ...(opens.kernel !== null && { toOpenat2: opens.ours / opens.kernel }),
      },
      bars: [
        bar('openDepth3P50Us', opens.ours, '<=', 60),
        bar('comparedWrong', compared['comparedWrong'] ?? Number.NaN, '<=', 0),
        ...Object.entries(races).map(([way, { escapes, opened }]) =>
          // A race in which nothing was let through would show nothing.
          bar(`${way}Escapes`, opened === 0 ? Number.NaN : escapes, '<=', 0),
        ),
      ],
    }
  } finally {
    rmSync(base, { recursive: true })
  }
}

function raceFigures(races: Readonly<Record<string, Race>>): Figures {
  return Object.fromEntries(
    Object.entries(races).flatMap(([way, { attempts, opened, escapes }]) => [
      [`${way}Attempts`, attempts],
      [`${way}Opened`, opened],
      [`${way}Escapes`, escapes],
    ]),
  )
}

/** Not-a-number where the kernel cannot be asked, which meets no bar. */
function compare(base: string): Figures {
  if (!hasJudge()) return { comparedWrong: Number.NaN }
  const {
    paths: asked,
    same,
    stricter,
    wrong,
    opened,
    firstWrong,
  } = compareWithKernel(base, comparedPaths, seed)
  if (firstWrong !== null) console.error(`seed ${seed}: ${firstWrong}`)
  return {
    comparedPaths: asked,
    comparedSame: same,
    comparedStricter: stricter,
    comparedWrong: wrong,
    comparedOpened: opened,
  }
}

/** Medians in microseconds, of opening and closing. */
async function measureOpens(
  base: string,
): Promise<{ ours: number; realpath: number; kernel: number | null }> {
  const path = 'a/b/file'
  mkdirSync(`${base}/a/b`, { recursive: true })
  writeFileSync(`${base}/${path}`, randomBytes(3072).toString('base64'))
  const folder = openSync(base, constants.O_DIRECTORY)
  const hasKernel = openKernel(folder, path)
  const times = await inTurns(
    {
      ours: () => openBeneath(base, path)[Symbol.dispose](),
      realpath: () => closeSync(openSync(realpathSync.native(`${base}/${path}`), constants.O_RDONLY)),
      kernel: () => openKernel(folder, path),
    },
    { warmUp: 1000, runs: 5000 },
  )
  closeSync(folder)
  const [ours, realpath, kernel] = [times.ours, times.realpath, times.kernel].map(
    (each) => median(each) * 1000,
  )
  return {
    ours: ours ?? Number.NaN,
    realpath: realpath ?? Number.NaN,
    kernel: hasKernel ? (kernel ?? null) : null,
  }
}

function openKernel(folder: number, path: string): boolean {
  const fd = openat2(folder, path, constants.O_RDONLY) ?? -1
  if (fd >= 0) closeSync(fd)
  return fd >= 0
}

/** A real reader: 4 KiB read, masked and hashed over its channel, and the memory that it holds afterwards. */
async function measureReader(base: string): Promise<Figures> {
  const { channel, pid } = await startProgram('reader')
  const times: number[] = []
  for (let round = 0; round < 1000; round++) {
    const start = performance.now()
    await channel.ask('reader.read', { path: `${base}/a/b/file`, root: null, lines: null, mode: 'text' })
    times.push(performance.now() - start)
  }
  const readerRssMiB = residentMiB(pid)
  channel.close()
  return { readerRead4KiBP50Us: median(times.slice(200)) * 1000, readerRssMiB }
}
