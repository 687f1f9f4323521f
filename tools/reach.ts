// Writes what each program can reach (our own lines, npm packages, Node modules) to docs/reach/, or with --check says
// whether that is still true. Catches the import that makes a program larger than anyone meant it to be.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { floors, programs, trustedCoreLines, type Floor } from '../floors.ts'
import { importsOf, ownFile, readJson } from './tree.ts'

interface Reach {
  /** Our files, with their lines. */
  readonly files: Map<string, number>
  readonly npm: Set<string>
  readonly node: Set<string>
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lock = readJson('package-lock.json') as Lock
const problems = new Set<string>()
const isCheck = process.argv.includes('--check')

for (const [program, main] of Object.entries(programs)) report(program, [main])
const core = report('trusted-core', [programs.broker, programs.keeper])
if (core > trustedCoreLines) {
  problems.add(`the trusted core has ${core} lines; floors.ts allows ${trustedCoreLines}`)
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.size > 0 ? 1 : 0

/** Gives the number of our own lines. */
function report(name: string, mains: readonly string[]): number {
  const reach: Reach = { files: new Map(), npm: new Set(), node: new Set() }
  for (const main of mains) walk(main, reach)
  const lines = reach.files.values().reduce((sum, count) => sum + count, 0)
  keep(`docs/reach/${name}.txt`, written(name, reach, lines))
  return lines
}

function walk(file: string, reach: Reach): void {
  if (reach.files.has(file)) return
  if (!existsSync(file)) {
    problems.add(`${file} is missing`)
    return
  }
  reach.files.set(file, readFileSync(file, 'utf8').trimEnd().split('\n').length)
  for (const name of importsOf(file)) {
    const own = name === null ? null : ownFile(name, file)
    if (own !== null) walk(own, reach)
    else if (name === null) problems.add(`${file} imports what is computed: write the name out`)
    else foreign(name, file, reach)
  }
  hiddenWays(file)
}

/** Lint checks the same for import statements; this also sees what is required, and no comment switches it off. */
function foreign(name: string, file: string, reach: Reach): void {
  const floor = Object.values<Floor>(floors).find(({ at }) => file.startsWith(`${at}/`))
  const isNode = isBuiltin(name)
  const allowed = isNode ? floor?.node.map((module) => `node:${module}`) : floor?.npm
  if (allowed?.includes(name) !== true) problems.add(`${file} may not use ${name} (see floors.ts)`)
  if (isNode) reach.node.add(name)
  else reach.npm.add(/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name)
}

function hiddenWays(file: string): void {
  const way = /\b(getBuiltinModule|_linkedBinding|dlopen|new Function)\b/.exec(
    readFileSync(file, 'utf8'),
  )?.[0]
  if (way !== undefined) problems.add(`${file} uses ${way}, which loads code past every list`)
}

function written(name: string, { files, npm, node }: Reach, lines: number): string {
  const packages = withDependencies(npm)
  return [
    `${name}: ${lines} lines in ${files.size} files, ${packages.size} npm packages`,
    ...[...packages].toSorted().map((at) => `  npm   ${described(at)}`),
    ...[...node].toSorted().map((module) => `  node  ${module}`),
    ...[...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, count]) => `  ours  ${file} (${count})`),
    '',
  ].join('\n')
}

/** Places in the lock file of the packages and of all that they depend on. */
function withDependencies(names: ReadonlySet<string>): Set<string> {
  const found = new Set<string>()
  const queue = [...names].map((name) => `node_modules/${name}`)
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (found.has(at)) continue
    found.add(at)
    for (const name of Object.keys(lock.packages[at]?.dependencies ?? {})) queue.push(placeOf(name, at))
  }
  return found
}

/** As Node resolves: the nearest node_modules upwards. */
function placeOf(name: string, from: string): string {
  const own = `${from}/node_modules/${name}`
  if (own in lock.packages || from === '') return own.replace(/^\//, '')
  return placeOf(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))))
}

function described(at: string): string {
  const { version = 'not in the lock file', optionalDependencies } = lock.packages[at] ?? {}
  const native = optionalDependencies === undefined ? '' : ', with a build for each platform'
  return `${at.replace(/^.*node_modules\//, '')} ${version}${native}`
}

function keep(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  if (isCheck) {
    problems.add(`${path} is out of date: run "npm run reach" and look at the diff`)
    return
  }
  mkdirSync('docs/reach', { recursive: true })
  writeFileSync(path, text)
}
