// Shares the files of a scan among threads. Each takes the next one when it is done, the largest first.
import { Worker } from 'node:worker_threads'
import type { Report } from './finding.ts'
import { Blobs } from './blobs.ts'
import type { GitPlace } from './git.ts'
import { Inspector, type FileTarget } from './inspect.ts'
import type { Settings } from './settings.ts'

/** A version of a file in a repository. */
export interface Version {
  readonly id: string
  readonly shown: string
}

export type Job = { readonly size: number } & (FileTarget | Version)

/** What a worker is told. */
export interface Work {
  readonly jobs: readonly Job[]
  /** Indices of the jobs, in the order that they are taken. */
  readonly order: Uint32Array
  /** Of two numbers: the next place in the order, and KiB that were looked at. */
  readonly counters: Int32Array<SharedArrayBuffer>
  readonly settings: Settings
  readonly git: GitPlace | null
}

/** What a worker says of each job. */
export interface Done {
  readonly index: number
  readonly report: Report
}

export interface Crew {
  readonly settings: Settings
  readonly git: GitPlace | null
  /** Threads in all, this one too. */
  readonly threads: number
  /** File that a thread runs: `worker.ts` of this room. */
  readonly worker: URL
  /** Bytes that are worth another thread. By default what one does while another starts and warms up. */
  readonly worthAThread?: number
  /** Told now and then. */
  readonly onProgress: (done: { readonly files: number; readonly bytes: number }) => void
}

const usualWorth = 1 << 25
const breath = 16

/**
 * Does all jobs.
 * @returns Their reports in order. A job whose thread died is a gap.
 */
export async function runJobs(jobs: readonly Job[], crew: Crew): Promise<Report[]> {
  const work = workOf(jobs, crew)
  const reports: (Report | undefined)[] = jobs.map(() => undefined)
  let files = 0
  const progress = (): void => crew.onProgress({ files, bytes: Atomics.load(work.counters, 1) * 1024 })
  const keep = ({ index, report }: Done): void => {
    reports[index] = report
    files++
    progress()
  }
  const keepAll = (done: readonly Done[]): void => done.forEach(keep)
  const others = Array.from({ length: threadsFor(jobs, crew) - 1 }, () => hire(work, crew.worker, keepAll))
  await workThrough(work, keep, progress)
  await Promise.all(others)
  return reports.map((report, index) => report ?? lost(jobs[index]?.shown ?? ''))
}

/** Takes jobs until none is left. */
export async function workThrough(
  work: Work,
  keep: (done: Done) => void,
  progress = (): void => {},
): Promise<void> {
  const { jobs, order, counters } = work
  const inspector = new Inspector(work.settings, (bytes) => {
    Atomics.add(counters, 1, bytes >>> 10)
    progress()
  })
  using blobs = work.git === null ? null : new LazyBlobs(work.git)
  for (let turn = Atomics.add(counters, 0, 1); turn < order.length; turn = Atomics.add(counters, 0, 1)) {
    const index = order[turn]!
    keep({ index, report: await perform(jobs[index]!, inspector, blobs) })
    // What the other threads say waits for a moment when this one is not at work.
    if (turn % breath === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

function workOf(jobs: readonly Job[], { settings, git }: Crew): Work {
  const order = Uint32Array.from(jobs.keys()).sort((a, b) => jobs[b]!.size - jobs[a]!.size || a - b)
  return { jobs, order, counters: new Int32Array(new SharedArrayBuffer(8)), settings, git }
}

function threadsFor(jobs: readonly Job[], { threads, git, worthAThread = usualWorth }: Crew): number {
  const bytes = jobs.reduce((sum, { size }) => sum + size, 0)
  // A version in a history costs more than its bytes.
  const worth = Math.floor(bytes / worthAThread) + (git === null ? 0 : Math.floor(jobs.length / 1000))
  return Math.max(1, Math.min(threads, jobs.length, 1 + worth))
}

/** Resolves when the thread is gone, however it went. */
function hire(work: Work, file: URL, keep: (done: readonly Done[]) => void): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(file, { workerData: work })
    worker.on('message', keep)
    worker.on('error', () => {})
    worker.on('exit', () => resolve())
  })
}

async function perform(job: Job, inspector: Inspector, blobs: LazyBlobs | null): Promise<Report> {
  if ('path' in job) return inspector.file(job)
  const blob = await blobs?.get().read(job.id)
  if (blob === null || blob === undefined) return lost(job.shown, 'unreadable')
  return inspector.version(blob, job.shown)
}

function lost(path: string, reason: 'failed' | 'unreadable' = 'failed'): Report {
  return { findings: [], gaps: [{ path, reason }], bytes: 0 }
}

/** Starts git with the first version that is asked for. */
class LazyBlobs {
  readonly #place: GitPlace
  #blobs: Blobs | null = null

  constructor(place: GitPlace) {
    this.#place = place
  }

  get(): Blobs {
    this.#blobs ??= new Blobs(this.#place)
    return this.#blobs
  }

  [Symbol.dispose](): void {
    void this.#blobs?.close()
  }
}
