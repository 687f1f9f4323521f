// Others' work to measure ours against. It is fetched once into a cache outside of the tree, in exact versions and without
// running anything of it on the way; what cannot be had is reported absent.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'keyreeve-bench')

/** Packages of npm that are there to be loaded. */
export interface Peers {
  readonly folder: string
  readonly load: (name: string) => Promise<unknown>
}

/**
 * Installs packages that one bench needs together.
 * @param packages Names and exact versions.
 * @returns A text says why they are absent.
 */
export async function npmPeers(packages: Readonly<Record<string, string>>): Promise<Peers | string> {
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const folder = join(cache, wanted.join('+').replaceAll('/', '-'))
  if (!existsSync(folder)) {
    const failure = make(folder, (work) => installInto(work, wanted))
    if (failure !== null) return failure
  }
  // A module in the folder resolves names as its own imports do, for CommonJS and ESM alike.
  const loader = (await import(pathToFileURL(join(folder, 'load.mjs')).href)) as Pick<Peers, 'load'>
  return { folder, load: loader.load }
}

function installInto(work: string, wanted: readonly string[]): string | null {
  writeFileSync(join(work, 'package.json'), '{"private":true}\n')
  writeFileSync(join(work, 'load.mjs'), 'export const load = (name) => import(name)\n')
  return run(work, 'npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--save-exact',
    ...wanted,
  ])
}

/**
 * Finds a command, or takes it from its Debian package without installing that.
 * @param libraries Packages that it needs besides.
 * @returns Path or name of the command, or null.
 */
export function debianCommand(
  command: string,
  name: string,
  libraries: readonly string[] = [],
): string | null {
  if (isThere(command)) return command
  const folder = join(cache, `debian-${name}`)
  const fill = (work: string): string | null => unpackInto(work, [name, ...libraries])
  if (!existsSync(folder) && make(folder, fill) !== null) return null
  return join(folder, 'usr/bin', command)
}

function isThere(command: string): boolean {
  return ['--version', '-V'].some((option) => spawnSync(command, [option], { stdio: 'ignore' }).status === 0)
}

function unpackInto(work: string, names: readonly string[]): string | null {
  for (const name of names) {
    const failure = run(work, 'apt-get', ['download', name])
    if (failure !== null) return failure
  }
  for (const archive of readdirSync(work)) {
    const failure = run(work, 'dpkg-deb', ['-x', archive, '.'])
    if (failure !== null) return failure
  }
  return null
}

/** Makes a folder of the cache, whole or not at all. */
function make(folder: string, fill: (work: string) => string | null): string | null {
  const work = `${folder}.${process.pid}`
  mkdirSync(work, { recursive: true })
  const failure = fill(work)
  if (failure === null && !existsSync(folder)) renameSync(work, folder)
  rmSync(work, { recursive: true, force: true })
  return failure
}

/** @returns Null if it went well, else why not. */
function run(cwd: string, command: string, args: readonly string[]): string | null {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'ignore'] })
  return status === 0 ? null : `absent: ${error?.message ?? `${command} ${args[0]} ended with ${status}`}`
}
