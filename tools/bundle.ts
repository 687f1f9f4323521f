// Bundles each program of dist/ into one file: what is not used of a library is not loaded, which saves 9 MB of memory
// and half of the start-up a program (docs/decisions/0009). The rooms stay as they are, for whoever imports them.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown, type OutputChunk } from 'rolldown'
import { programs } from '../floors.ts'

/** These hold machine code or WebAssembly that is found beside their own files. */
const kept = [/^@cedar-policy\//, /^@napi-rs\//, 'koffi']

/** Files that a program starts threads from, by the name that they get beside its `main.js`. */
const threads: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cli: { 'scan-worker': 'dist/edges/scanning/worker.js' },
}

/** Replaces `dist/programs/NAME/` by its bundle, and names the libraries in it with their licences. */
export async function bundlePrograms(): Promise<void> {
  const libraries = new Set<string>()
  for (const [name, source] of Object.entries(programs)) {
    const main = source.replace('src/', 'dist/').replace(/\.ts$/, '.js')
    for (const library of await bundleProgram(name, main)) libraries.add(library)
  }
  writeFileSync('dist/THIRD-PARTY.txt', [...libraries].toSorted().map(notice).join('\n\n'))
}

async function bundleProgram(name: string, main: string): Promise<string[]> {
  const folder = join('dist/programs', name)
  const bundle = await rolldown({
    input: { main: resolve(main), ...threadsOf(name) },
    cwd: resolve('dist'),
    platform: 'node',
    external: [/^node:/, ...kept],
    logLevel: 'warn',
  })
  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  await bundle.close()
  for (const file of readdirSync(folder)) rmSync(join(folder, file), { recursive: true })
  const chunks = output.filter((part): part is OutputChunk => part.type === 'chunk')
  for (const { fileName, code } of chunks) writeFileSync(join(folder, fileName), code)
  return chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(libraryOf))
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

function threadsOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(threads[name] ?? {}).map(([thread, file]) => [thread, resolve(file)]),
  )
}
