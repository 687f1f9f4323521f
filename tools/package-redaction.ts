// Makes dist-redaction/, the package `@keyreeve/redaction`: the redaction engine as one file that needs neither Node nor
// another package, the same in parts for Node (front.ts), and its declarations.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { asAscii, bundleFront } from './front.ts'
import { manifest } from './tree.ts'

const entry = 'src/api/lib/package.ts'

/** Writes the whole package. @throws Error if a type is wrong. */
export async function packageRedaction(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.js'), await bundleRedaction())
  mkdirSync(join(folder, 'node'))
  await bundleFront(entry, join(folder, 'node'))
  copyDeclarations(folder)
  copyFileSync('docs/package-redaction.md', join(folder, 'README.md'))
  copyFileSync('LICENSE', join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(), null, 2)}\n`)
}

/** The engine and what it uses of base, as one module. */
async function bundleRedaction(): Promise<string> {
  const bundle = await rolldown({
    input: resolve(entry),
    cwd: resolve('.'),
    platform: 'neutral',
    logLevel: 'warn',
    // Nothing here runs for its effects.
    treeshake: { moduleSideEffects: false },
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  return asAscii(output[0].code)
}

function published(): object {
  const { version, license } = manifest
  return {
    name: '@keyreeve/redaction',
    version,
    description: 'Finds and masks secrets and personal data in text, streams and records.',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    exports: {
      '.': {
        types: './types/api/lib/package.d.ts',
        node: './node/index.cjs',
        default: './index.js',
      },
    },
    // For the declarations alone.
    imports: {
      '#base': { types: './types/base/index.d.ts' },
      '#redaction': { types: './types/engines/redaction/index.d.ts' },
    },
    files: ['index.js', 'node', 'types'],
  }
}

/** The declarations that can be reached from the entry. */
function copyDeclarations(folder: string): void {
  const compiled = mkdtempSync(join(tmpdir(), 'keyreeve-package-'))
  try {
    const config = join(compiled, 'tsconfig.json')
    const typeRoots = [resolve('node_modules/@types')]
    const compilerOptions = {
      emitDeclarationOnly: true,
      rootDir: resolve('src'),
      outDir: compiled,
      typeRoots,
    }
    const extended = { extends: resolve('tsconfig.build.json'), compilerOptions, include: [resolve(entry)] }
    writeFileSync(config, JSON.stringify(extended))
    const { status, stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', config], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`the declarations do not compile: ${stdout}`)
    copyReachable(join(compiled, 'api/lib/package.d.ts'), compiled, join(folder, 'types'))
  } finally {
    rmSync(compiled, { recursive: true })
  }
}

function copyReachable(file: string, from: string, to: string): void {
  const target = join(to, relative(from, file))
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  // The declarations keep the extension of the sources.
  const text = readFileSync(file, 'utf8').replaceAll(/(['"])(\.\/[^'"]+)\.ts\1/g, '$1$2.js$1')
  writeFileSync(target, text)
  for (const [, path = ''] of text.matchAll(/['"](\.\/[^'"]+)\.js['"]/g))
    copyReachable(join(dirname(file), `${path}.d.ts`), from, to)
  for (const [, door = ''] of text.matchAll(/from ['"](#\w+)['"]/g))
    copyReachable(join(from, doorOf(door)), from, to)
}

function doorOf(door: string): string {
  return (manifest.imports[door] ?? '').replace('./src/', '').replace(/\.ts$/, '.d.ts')
}
