// Writes the public surface of every published door to docs/api/. With --check it says whether that is still true. Catches the change of a published name that nobody meant to make.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { filesOf, manifest } from './tree.ts'

const isCheck = process.argv.includes('--check')
const compiled = mkdtempSync(join(tmpdir(), 'keyreeve-api-'))
try {
  // Type errors are the business of another check; declarations come out all the same.
  const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', compiled]
  spawnSync(resolve('node_modules/.bin/tsc'), options)
  const doors = Object.entries(manifest.exports).map(pageOf)
  const problems = reconcile(new Map(doors))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
} finally {
  rmSync(compiled, { recursive: true })
}

function pageOf([door, source]: readonly [string, string]): readonly [path: string, text: string] {
  const name = door === '.' ? manifest.name : door.slice(2)
  return [`docs/api/${name}.d.ts`, surface(declarationsOf(source), new Set()).join('\n')]
}

function declarationsOf(source: string): string {
  return join(compiled, relative('src', source).replace(/\.ts$/, '.d.ts'))
}

/** The declarations of a file, of all in its room that it draws on, and of the doors that it passes on. */
function surface(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '// missing\n'
  const next = text
    .matchAll(/(?:from|import\() ?['"](\.\/[^'"]+)\.[jt]s['"]/g)
    .flatMap(([, path = '']) => surface(join(dirname(file), `${path}.d.ts`), seen))
  const passedOn = text
    .matchAll(/^export [^;]*? from '(#\w+)';$/gm)
    .flatMap(([, door = '']) => surface(declarationsOf(manifest.imports[door] ?? ''), seen))
  return [`// ${relative(compiled, file).replaceAll('\\', '/')}\n${text}`, ...next, ...passedOn]
}

function reconcile(pages: ReadonlyMap<string, string>): string[] {
  const stale = [...pages].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
  const left = filesOf('docs/api/*.d.ts').filter((path) => !pages.has(path))
  if (isCheck) return [...stale.map(([path]) => path), ...left].map(advice)
  mkdirSync('docs/api', { recursive: true })
  for (const [path, text] of stale) writeFileSync(path, text)
  for (const path of left) rmSync(path)
  return []
}

function advice(path: string): string {
  return `${path} is out of date: run "npm run api" and look at the diff; a published name changes only with a decision`
}
