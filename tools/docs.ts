// Checks what is written for readers. Catches the export without a docstring, the link to a file that moved, the decision
// without its price, and the example in the docs that no longer compiles.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { filesOf } from './tree.ts'

const pages = filesOf('*.md', '{docs,bench,examples,test,vectors,web}/**/*.md', '.github/**/*.md')

const problems = [
  ...filesOf('src/**/index.ts').flatMap(problemsOfDoor),
  ...pages.flatMap(deadLinks),
  ...filesOf('docs/decisions/*.md').flatMap(missingHeadings),
  ...problemsOfExamples(pages.flatMap(examplesOf)),
]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** A door holds explicit re-exports, each of something that has a docstring. */
function problemsOfDoor(door: string): string[] {
  const text = readFileSync(door, 'utf8')
  const reExport = /^export (?:type )?\{([^}]*)\} from '(\.\/[^']+)'$/gm
  const rest = text.replace(reExport, '').replace(/^\/\/.*$/gm, '')
  const other = rest.trim() === '' ? [] : [`${door} holds more than explicit re-exports`]
  return text
    .matchAll(reExport)
    .flatMap(([, names = '', from = '']) => undocumented(names, join(dirname(door), from)))
    .toArray()
    .concat(other)
}

function undocumented(names: string, file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return names
    .split(',')
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/, ''),
    )
    .filter((name) => name !== '' && !hasDocstring(name, text))
    .map((name) => `${file}: ${name} leaves the room without a docstring`)
}

function hasDocstring(name: string, text: string): boolean {
  const kinds = '(?:async )?(?:abstract )?(?:function\\*?|class|const|interface|type)'
  return new RegExp(`\\*/\\n(?:export )?${kinds} ${name}\\b`).test(text)
}

function deadLinks(page: string): string[] {
  const prose = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '')
  return prose
    .matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(page), target)))
    .map((target) => `${page} links to ${target}, which is not there`)
    .toArray()
}

function missingHeadings(page: string): string[] {
  const text = readFileSync(page, 'utf8')
  const name = /^docs\/decisions\/\d{4}-[\w-]+\.md$/.test(page) ? [] : [`${page}: name it NNNN-title.md`]
  return ['Context', 'Options', 'Decision', 'Price']
    .filter((heading) => !new RegExp(`^## ${heading}\\b`, 'm').test(text))
    .map((heading) => `${page} has no heading "## ${heading}"`)
    .concat(name)
}

interface Example {
  /** Page and line where the block begins. */
  readonly at: string
  readonly code: string
}

/** Blocks of TypeScript that use what we publish. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(page, 'utf8')
  return text
    .matchAll(/^```ts\n(import [^\n]* from 'keyreeve[\s\S]*?)^```/gm)
    .map(({ index, 1: code = '' }) => ({ at: `${page}:${text.slice(0, index).split('\n').length}`, code }))
    .toArray()
}

/** Type-checks the examples against the sources, in a folder where the published names mean this tree. */
function problemsOfExamples(examples: readonly Example[]): string[] {
  if (examples.length === 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-docs-'))
  try {
    for (const shared of ['src', 'node_modules', 'package.json'])
      symlinkSync(resolve(shared), join(folder, shared))
    const extended = { extends: resolve('tsconfig.json'), compilerOptions: { noUnusedLocals: false } }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...extended, include: ['*.ts'] }))
    for (const [index, { code }] of examples.entries()) writeFileSync(join(folder, `${index}.ts`), code)
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', folder], {
      encoding: 'utf8',
      cwd: folder,
    })
    return stdout.trim() === ''
      ? []
      : [stdout.trim().replace(/^(\d+)\.ts/gm, (_, index) => examples[index]?.at ?? '')]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
