// Opening beneath a folder: what it costs beside the usual ways, and that no swapped link ever leads outside.
import { base64url, Fault, machineClock } from '#base'
import { listFolder, openBeneath, openFolderBeneath } from '#files'
import { openat2 } from '#os'
import { knownTable } from '#forms'
import { Channel } from '#wire'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { Duplex } from 'node:stream'
import { permissions, programs } from '../floors.ts'
import { bar, type BenchResult, type Figures, inTurns, median } from './bench.ts'

/** Per operation. */
const raceSeconds = Number(process.env['KEYREEVE_BENCH_SECONDS'] ?? 60)

export default async function paths(): Promise<BenchResult> {
  const base = mkdtempSync(`${tmpdir()}/keyreeve-bench-paths-`)
  try {
    const opens = await measureOpens(base)
    const reader = await measureReader(base)
    const race = await runRaces(`${base}/race`)
    return {
      name: 'paths',
      figures: { openDepth3P50Us: opens.ours, ...reader, ...race.figures },
      peers: {
        'realpath and open': { p50Us: opens.realpath, escapesPercent: race.usualEscapesPercent },
        openat2: opens.kernel === null ? 'absent: koffi is not installed' : { p50Us: opens.kernel },
      },
      ratios: {
        toRealpathAndOpen: opens.ours / opens.realpath,
        ...(opens.kernel !== null && { toOpenat2: opens.ours / opens.kernel }),
      },
      bars: [
        bar('openDepth3P50Us', opens.ours, '<=', 60),
        bar('raceEscapes', race.figures['raceEscapes'] ?? Number.NaN, '<=', 0),
      ],
    }
  } finally {
    rmSync(base, { recursive: true })
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

const clock = machineClock({ Date, performance, setTimeout })

/** A real reader: 4 KiB read, masked and hashed over its channel, and the memory that it holds afterwards. */
async function measureReader(base: string): Promise<Figures> {
  const main = new URL(`../${programs.reader}`, import.meta.url).pathname
  const stdio: ('ignore' | 'inherit' | 'pipe')[] = ['ignore', 'ignore', 'inherit', 'pipe']
  const child = spawn(process.execPath, [...permissions.reader, main], { stdio })
  const stream = child.stdio[3]
  if (!(stream instanceof Duplex)) throw new Fault('program-gone', 'the reader could not be started')
  const channel = new Channel({
    stream,
    self: 'broker',
    peer: 'reader',
    handlers: {},
    clock,
    phase: () => 'ready',
  })
  const { table } = knownTable([], (length) => Uint8Array.from(randomBytes(length)))
  await channel.ask('reader.table', { table, pseudonymKey: base64url(randomBytes(32)) })
  const times: number[] = []
  for (let round = 0; round < 1000; round++) {
    const start = performance.now()
    await channel.ask('reader.read', { path: `${base}/a/b/file`, root: null, lines: null, mode: 'text' })
    times.push(performance.now() - start)
  }
  const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
  channel.close()
  return { readerRead4KiBP50Us: median(times.slice(200)) * 1000, readerRssMiB: rss }
}

/** Swaps a folder, and then the file in it, for a link to the outside and back, until it is killed. */
const swapper = `
  const { renameSync } = require('node:fs')
  const turn = (there, other) => { renameSync(there, 'held'); renameSync(other, there); renameSync(there, other); renameSync('held', there) }
  for (;;) { turn('granted/folder', 'link'); turn('granted/folder/file', 'file-link') }`

async function runRaces(base: string): Promise<{ figures: Figures; usualEscapesPercent: number }> {
  const granted = `${base}/granted`
  const child = startSwapper(base)
  try {
    const read = race(raceSeconds, () => {
      using file = openBeneath(granted, 'folder/file')
      return readFileSync(file.fd, 'utf8') !== 'inside'
    })
    const list = race(raceSeconds, () => {
      using folder = openFolderBeneath(granted, 'folder')
      return listFolder(folder.fd).entries.some(({ name }) => name === 'outside')
    })
    // What is usual elsewhere, for a shorter time: it shows that the race is one.
    const usual = race(Math.max(1, raceSeconds / 10), () => {
      if (!realpathSync.native(`${granted}/folder/file`).startsWith(`${granted}/`)) return false
      return readFileSync(`${granted}/folder/file`, 'utf8') !== 'inside'
    })
    return {
      figures: {
        raceAttempts: read.attempts + list.attempts,
        raceOpened: read.opened + list.opened,
        raceEscapes: read.escapes + list.escapes,
      },
      usualEscapesPercent: (100 * usual.escapes) / usual.attempts,
    }
  } finally {
    await stop(child)
  }
}

function startSwapper(base: string): ChildProcess {
  mkdirSync(`${base}/granted/folder`, { recursive: true })
  mkdirSync(`${base}/outside`)
  writeFileSync(`${base}/granted/folder/file`, 'inside')
  writeFileSync(`${base}/outside/file`, 'outside')
  writeFileSync(`${base}/outside/outside`, '')
  symlinkSync(`${base}/outside`, `${base}/link`)
  symlinkSync(`${base}/outside/file`, `${base}/file-link`)
  return spawn(process.execPath, ['-e', swapper], { cwd: base, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

function race(
  seconds: number,
  escapes: () => boolean,
): { attempts: number; opened: number; escapes: number } {
  const end = performance.now() + seconds * 1000
  const counts = { attempts: 0, opened: 0, escapes: 0 }
  for (; performance.now() < end; counts.attempts++) {
    try {
      if (escapes()) counts.escapes++
      counts.opened++
    } catch {
      // Refused, or swapped away at this very moment.
    }
  }
  return counts
}
