// `npm run build`: compiles src/ to dist/ and gives it the package.json that is published. The published manifest maps the
// same `#doors` to JavaScript, so no import is rewritten, and leaves out the Node that a clone pins. Programs are bundled.
// The redaction engine is a package of its own besides, in dist-redaction/.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { bundlePrograms } from './bundle.ts'
import { bundleFront } from './front.ts'
import { packageRedaction } from './package-redaction.ts'
import { filesOf, manifest } from './tree.ts'

const { name, version, description, license, dependencies } = manifest

rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
})
if (status === 0) {
  copyAssets()
  writeManifest({})
  await bundlePrograms()
  // For whoever imports the rooms: apps, and the adapters in them.
  mkdirSync('dist/redaction')
  await bundleFront('src/engines/redaction/index.ts', 'dist/redaction', ['#base'])
  writeManifest({
    '#redaction': { types: './engines/redaction/index.d.ts', default: './redaction/index.cjs' },
  })
  await packageRedaction('dist-redaction')
} else {
  rmSync('dist', { recursive: true, force: true })
  process.exitCode = 1
}

function copyAssets(): void {
  const assets = filesOf('src/**/*.*').filter((file) => !file.endsWith('.ts'))
  for (const file of assets) copy(file, join('dist', relative('src', file)))
  for (const file of filesOf('{README,CHANGELOG,SECURITY}.md', 'LICENSE')) copy(file, join('dist', file))
  copy('bin/keyreeve.js', 'dist/bin/keyreeve.js')
  chmodSync('dist/bin/keyreeve.js', 0o755)
  if (existsSync('web/dist')) cpSync('web/dist', 'dist/web', { recursive: true })
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

function writeManifest(doors: Readonly<Record<string, object>>): void {
  const optional = Object.entries(manifest.optionalDependencies)
  const published = {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=24' },
    bin: { keyreeve: './bin/keyreeve.js' },
    imports: { ...compiled(manifest.imports), ...doors },
    exports: compiled(manifest.exports),
    dependencies,
    optionalDependencies: Object.fromEntries(
      optional.filter(([dependency]) => !dependency.startsWith('node-')),
    ),
  }
  writeFileSync('dist/package.json', `${JSON.stringify(published, null, 2)}\n`)
}

function compiled(doors: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(doors).map(([door, path]) => [door, path.replace('./src/', './').replace(/\.ts$/, '.js')]),
  )
}
