// Bundles each program of dist/ into one file: what is not used of a library is not loaded, which saves 9 MB of memory
// and half of the start-up a program (docs/decisions/0009). The rooms stay as they are, for whoever imports them.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown, type OutputChunk } from 'rolldown'
import { programs } from '../floors.ts'

/** These hold machine code or WebAssembly that is found beside their own files. */
const kept = [/^@cedar-policy\//, /^@napi-rs\//, 'koffi']

/** Files that a program starts threads from, by the name that they get beside its `main.js`. */
const threads: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cli: { 'scan-worker': 'src/edges/scanning/worker.ts' },
  server: { 'sqlite-thread': 'src/edges/registry/sqlite-thread.ts' },
}

/** Replaces `dist/programs/NAME/` by its bundle, and names the libraries in it with their licences. */
export async function bundlePrograms(): Promise<void> {
  const libraries = new Set<string>()
  for (const name of Object.keys(programs)) {
    const chunks = await bundleProgram(name, (source) => source.replace('src/', 'dist/').replace(/ts$/, 'js'))
    const folder = join('dist/programs', name)
    for (const file of readdirSync(folder)) rmSync(join(folder, file), { recursive: true })
    for (const { fileName, code } of chunks) writeFileSync(join(folder, fileName), code)
    for (const library of chunks.flatMap(librariesOf)) libraries.add(library)
  }
  writeFileSync('dist/THIRD-PARTY.txt', [...libraries].toSorted().map(notice).join('\n\n'))
}

/**
 * Lays the programs into a folder as they are published, but bundled from the sources, which needs no `tsc`. The tests
 * start hundreds of them, and one starts in a third of the time that its sources take.
 */
export async function bundleSources(folder: string): Promise<void> {
  for (const name of Object.keys(programs)) {
    const chunks = await bundleProgram(name, (source) => source)
    mkdirSync(join(folder, 'programs', name), { recursive: true })
    for (const { fileName, code } of chunks) writeFileSync(join(folder, 'programs', name, fileName), code)
  }
  copyFileSync('package.json', join(folder, 'package.json'))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  if (existsSync('web/dist')) cpSync('web/dist', join(folder, 'web'), { recursive: true })
}

/** @param place Where a source is found, or what was compiled from it. */
async function bundleProgram(name: string, place: (source: string) => string): Promise<OutputChunk[]> {
  const inputs = Object.entries({ main: `src/programs/${name}/main.ts`, ...threads[name] })
  const bundle = await rolldown({
    input: Object.fromEntries(inputs.map(([entry, source]) => [entry, resolve(place(source))])),
    cwd: resolve(place('src/')),
    platform: 'node',
    external: [/^node:/, ...kept],
    logLevel: 'warn',
    // `depd`, which koa uses, makes functions of texts of its own.
    checks: { eval: false },
  })
  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  await bundle.close()
  return output.filter((part): part is OutputChunk => part.type === 'chunk')
}

function librariesOf({ moduleIds }: OutputChunk): string[] {
  return moduleIds.flatMap(libraryOf)
}

/** Folder of the library that a module belongs to; none for our own. */
function libraryOf(module: string): string[] {
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)
  return found?.[1] === undefined ? [] : [found[1]]
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  const text =
    file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : ''
  return `${name} ${version} (${license})\n\n${text.trim()}\n`
}
