// Checks the lock file. Catches the dependency that would run its install script, that came from somewhere else than the
// registry, or whose version may drift.
import { manifest, readJson } from './tree.ts'

interface LockedPackage {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}

const { packages } = readJson('package-lock.json') as { packages: Record<string, LockedPackage> }
const { '': root, ...installed } = packages
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/

const declared = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap(
  (list) => Object.entries(list),
)
const problems = [
  ...Object.entries(installed).flatMap(([at, locked]) => problemsOf(at, locked)),
  ...declared
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `package.json asks for ${name} ${version}: give one exact version`),
]
if (root?.version !== manifest.version)
  problems.push('the lock file is of another version: run "npm install"')

for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function problemsOf(
  at: string,
  { version, resolved, integrity, link, hasInstallScript }: LockedPackage,
): string[] {
  const name = at.replace(/^.*node_modules\//, '')
  const found: string[] = []
  if (hasInstallScript === true && manifest.allowScripts[name] !== false) {
    found.push(`${name} has an install script: add it to allowScripts with false, or drop it`)
  }
  if (resolved !== undefined) found.push(`${name} names the host ${hostOf(resolved)}: take "resolved" out`)
  if (integrity === undefined || link === true) found.push(`${name} has no integrity hash`)
  if (!exact.test(version)) found.push(`${name} has no exact version: ${version}`)
  return found
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address
}
