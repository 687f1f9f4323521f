// Builds the console into web/dist when what it is made of has changed, and lists the hash of every file. Says nothing
// when there is nothing to do.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { filesOf } from './tree.ts'

/** What the console checks at its start. */
interface WebManifest {
  /** Hash of all that the build was made from. */
  readonly source: string
  /** Names of the files to their SHA-256. */
  readonly files: Readonly<Record<string, string>>
}

const sources = [
  'web/src/**',
  'web/public/**',
  'web/index.html',
  'web/vite.config.ts',
  'src/base/*.ts',
  'src/engines/redaction/*.ts',
  'package-lock.json',
]
const manifestFile = 'web/dist/manifest.json'

process.chdir(new URL('..', import.meta.url).pathname)
const source = sourceHash()
if (!isFresh()) await buildWeb()

async function buildWeb(): Promise<void> {
  // The manifest goes first and comes last: a build that was cut short is built again.
  rmSync(manifestFile, { force: true })
  const { build } = await import('vite')
  await build({ configFile: 'web/vite.config.ts' })
  const files = Object.fromEntries(
    readdirSync('web/dist')
      .toSorted()
      .map((name) => [name, sha256(`web/dist/${name}`)]),
  )
  const manifest: WebManifest = { source, files }
  writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`)
}

function isFresh(): boolean {
  try {
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as WebManifest
    const isWhole = Object.entries(manifest.files).every(
      ([name, hash]) => sha256(`web/dist/${name}`) === hash,
    )
    return manifest.source === source && isWhole
  } catch {
    return false
  }
}

function sourceHash(): string {
  const hash = createHash('sha256')
  for (const file of filesOf(...sources).filter(
    (path) => !path.endsWith('.test.ts') && /\.\w+$/.test(path),
  )) {
    hash.update(`${file}\0${sha256(file)}\0`)
  }
  return hash.digest('hex')
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
