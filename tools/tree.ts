// What the tools share: the manifest, the files of the tree, and what a file imports.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { init, parse, type Import } from 'es-module-lexer'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  /** Doors: `#name` to a file. */
  readonly imports: Readonly<Record<string, string>>
  /** Published doors: sub-path to a file. */
  readonly exports: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}

/** A JSON file of the tree; its shape is the caller's claim. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

export const manifest = readJson('package.json') as Manifest

/** Paths beneath the tree's root that match, sorted, with forward slashes. */
export function filesOf(...patterns: readonly string[]): string[] {
  return globSync([...patterns], {
    exclude: ['node_modules/**', 'dist/**', 'dist-redaction/**', 'web/dist/**'],
  })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
}

/**
 * Names that a file imports or requires when Node runs it. An `import type` is gone by then; an `import { type … }`
 * still loads its file.
 * @returns A null stands for an import whose name is computed, so that nobody can tell what it loads.
 */
export function importsOf(file: string): (string | null)[] {
  const code = readFileSync(file, 'utf8')
  const required = [...code.matchAll(/\b(?:require|createRequire\([^)]*\))\(([^)]*)\)/g)]
  return [
    ...parse(code)[0].flatMap(loadedBy),
    ...required.map(([, name]) => /^\s*'([^']+)'/.exec(name ?? '')?.[1] ?? null),
  ]
}

function loadedBy(statement: Import): (string | null)[] {
  if (statement.type === 'import-meta') return []
  if (statement.type !== 'dynamic') return statement.typeOnly ? [] : [statement.specifier]
  if (statement.probablyTypeOnly) return []
  return [statement.glob ? null : (statement.specifier ?? null)]
}

/** The file of the tree that an import of ours means, or null for npm packages and Node modules. */
export function ownFile(name: string, importer: string): string | null {
  if (name.startsWith('#')) return manifest.imports[name]?.replace(/^\.\//, '') ?? null
  return name.startsWith('.') ? normalize(join(dirname(importer), name)).replaceAll('\\', '/') : null
}

await init()
