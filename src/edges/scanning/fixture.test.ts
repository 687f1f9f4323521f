// What the tests of this room share: secrets put together from pieces, a folder that goes away, and a scan of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { scanPaths, type ScanRequest, type ScanResult } from './scan.ts'
import { usualLimits, type Limits, type Settings } from './settings.ts'

/** A token of a form that is certain, a different one for each number. */
export function token(number = 0): string {
  const letters = 'A1b2C3d4E5f6G7h8J9k0L1m2N3p4Q5r6S7t8'
  const at = number % letters.length
  return `ghp_${letters.slice(at)}${letters.slice(0, at)}`
}

export function pem(): string {
  const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'
  return [`-----BEGIN ${'PRIVATE'} KEY-----`, line, line, line, `-----END ${'PRIVATE'} KEY-----`, ''].join(
    '\n',
  )
}

export function scratch(t: TestContext, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-scanning-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) put(folder, name, content)
  return folder
}

export function put(folder: string, name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

interface Look extends Partial<Omit<ScanRequest, 'settings'>> {
  readonly limits?: Partial<Limits>
  readonly threads?: number
  readonly salt?: Uint8Array
  readonly told?: Partial<Settings>
}

export function look(
  cwd: string,
  { limits, threads = 1, salt, told, ...rest }: Look = {},
): Promise<ScanResult> {
  return scanPaths({
    paths: ['.'],
    cwd,
    of: 'files',
    heedsIgnoreFiles: true,
    baseline: null,
    env: process.env,
    settings: {
      threshold: 'likely',
      salt: salt ?? null,
      today: '2026-06-01',
      limits: { ...usualLimits, ...limits },
      ...told,
    },
    crew: { threads, worker: new URL('./worker.ts', import.meta.url), onProgress: () => {} },
    ...rest,
  })
}

/** `PATH:LINE:COLUMN DETECTOR` of each finding. */
export function places({ findings }: Pick<ScanResult, 'findings'>): string[] {
  return findings.map(({ path, line, column, detector }) => `${path}:${line}:${column} ${detector}`)
}

/** `PATH REASON` of each gap. */
export function gaps(result: ScanResult): string[] {
  return result.gaps.map(({ path, reason }) => `${path} ${reason}`)
}

/** Runs git as a person would, away from any settings of theirs. */
export function git(folder: string, ...args: readonly string[]): string {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  }
  return execFileSync('git', ['-C', folder, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}
