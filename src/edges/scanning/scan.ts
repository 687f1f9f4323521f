// A scan from beginning to end: what to look at, who looks, and what of it is new.
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { compare, type Baseline, type BaselineEntry } from './baseline.ts'
import { runJobs, type Crew, type Job } from './crew.ts'
import type { FoundSecret, Gap, Report } from './finding.ts'
import { gitPlace, gitText, type GitPlace } from './git.ts'
import { pastFiles, type Past } from './history.ts'
import type { Settings } from './settings.ts'
import { isAdded, stagedFiles, type Staged } from './staged.ts'
import { listFiles } from './walk.ts'

/** What a scan is asked for. */
export interface ScanRequest {
  /** Files and folders; of a repository, what to keep to. */
  readonly paths: readonly string[]
  /** Absolute: where relative paths begin. */
  readonly cwd: string
  /** Files as they lie there, what is about to be committed, or all that ever was. */
  readonly of: 'files' | 'staged' | 'history'
  /** Leave out what ignore files name. */
  readonly heedsIgnoreFiles: boolean
  readonly settings: Settings
  readonly baseline: Baseline | null
  /** For git; next to nothing of it is passed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly crew: Omit<Crew, 'settings' | 'git'>
}

/** What a scan found. */
export interface ScanResult {
  /** In order of paths and places; without those that the baseline lets stand. */
  readonly findings: readonly FoundSecret[]
  /** Those that a baseline lets stand, too. */
  readonly all: readonly FoundSecret[]
  readonly gaps: readonly Gap[]
  /** Entries of the baseline that nothing answers to any more. Not told where only a part was looked at. */
  readonly stale: readonly BaselineEntry[]
  readonly files: number
  /** As stored. */
  readonly bytes: number
}

/**
 * Scans. Whatever the files hold, it does not throw for it.
 * @throws Fault `path-not-found`, `path-unreadable` for a path that was named; `git-failed`
 */
export async function scanPaths(request: ScanRequest): Promise<ScanResult> {
  const { reports, gaps } = await lookAt(request)
  const all = reports.flatMap(({ findings }) => findings)
  const { fresh, stale } =
    request.baseline === null ? { fresh: all, stale: [] } : compare(all, request.baseline)
  return {
    findings: fresh,
    all,
    gaps: [...gaps, ...reports.flatMap(({ gaps }) => gaps)],
    stale: request.of === 'staged' ? [] : stale,
    files: reports.length,
    bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function lookAt(request: ScanRequest): Promise<{ reports: Report[]; gaps: readonly Gap[] }> {
  if (request.of === 'files') {
    const files = request.heedsIgnoreFiles ? 'all' : 'none'
    const listing = listFiles(request.paths, { cwd: request.cwd, files })
    return { reports: await run(listing.files, null, request), gaps: listing.gaps }
  }
  const place = await topOf(request)
  const paths = request.paths.map((path) => resolve(request.cwd, path))
  const reports =
    request.of === 'staged'
      ? await lookAtStaged(await stagedFiles(place, paths), place, request)
      : await lookAtPast(await pastFiles(place, paths), place, request)
  return { reports, gaps: [] }
}

async function lookAtStaged(
  files: readonly Staged[],
  place: GitPlace,
  request: ScanRequest,
): Promise<Report[]> {
  const reports = await run(files, place, request)
  return reports.map((report, index) => ({
    ...report,
    findings: report.findings.filter((finding) => isAdded(finding, files[index]!)),
  }))
}

/** The same secret in the versions of a file is told once, where it came in. */
async function lookAtPast(
  versions: readonly Past[],
  place: GitPlace,
  request: ScanRequest,
): Promise<Report[]> {
  const reports = await run(versions, place, request)
  const told = new Set<string>()
  return reports.map((report, index) => ({
    ...report,
    findings: report.findings
      .filter(({ path, fingerprint }) => !told.has(`${fingerprint} ${path}`))
      .map((finding) => {
        told.add(`${finding.fingerprint} ${finding.path}`)
        return { ...finding, commit: versions[index]!.commit }
      }),
  }))
}

function run(jobs: readonly Job[], git: GitPlace | null, { settings, crew }: ScanRequest): Promise<Report[]> {
  return runJobs(jobs, { ...crew, settings, git })
}

async function topOf({ cwd, paths, env }: ScanRequest): Promise<GitPlace> {
  const first = resolve(cwd, paths[0] ?? '.')
  const place = gitPlace(isFolder(first) ? first : dirname(first), env, cwd)
  return { ...place, folder: await gitText(place, ['rev-parse', '--show-toplevel']) }
}

/** What is staged or past need not be there any more. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
