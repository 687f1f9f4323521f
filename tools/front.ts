// Bundles a door for Node in two files: index.cjs is loaded at once and can tell that a line has nothing in it; whole.cjs
// is the engine, loaded when it is first needed. CommonJS, since only there can a file be loaded in the middle of a call
// and every bundler follow it.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

/** The door, and by its name what is made for it here. */
const front = 'keyreeve:front'
const whole = './whole.cjs'
const shared = './shared.cjs'
/** What has an answer before the whole is there. */
const looksFirst = ['scan', 'redact']

type Door = Readonly<Record<string, unknown>>

/**
 * Writes both files.
 * @param entry The source of the door.
 * @param to The folder, which must be there.
 * @param external Doors that are not bundled but asked for where they are needed.
 */
export async function bundleFront(
  entry: string,
  to: string,
  external: readonly string[] = [],
): Promise<void> {
  const codes = await bundled(entry, external)
  const codeOf = (name: string): string => codes.get(name) ?? ''
  // What both use is in the first file, which hands it on: a third file would cost more than what is in it.
  const index = `const shared={};(function(exports){${codeOf('shared.cjs')}})(shared);${codeOf('index.cjs')}`
  const withShared = index.replace(`require("${whole}")`, `require("${whole}")(shared)`)
  writeFileSync(join(to, 'index.cjs'), handedOn(withShared))
  const body = handedOn(codeOf('whole.cjs'))
  writeFileSync(
    join(to, 'whole.cjs'),
    `module.exports=(function(shared){const exports={};${body};return exports})`,
  )
}

/** Text beyond ASCII, which stands in strings alone, spelled out: a file of one byte a character is read twice as fast. */
export function asAscii(code: string): string {
  return code.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

async function bundled(entry: string, external: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const bundle = await rolldown({
    input: { index: front, whole: resolve(entry) },
    cwd: resolve('.'),
    platform: 'node',
    external: [...external],
    logLevel: 'warn',
    treeshake: { moduleSideEffects: false },
    plugins: [frontOf(await import(resolve(entry)))],
  })
  const { output } = await bundle.generate({
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'shared.cjs',
  })
  await bundle.close()
  return new Map(output.map((part) => [part.fileName, 'code' in part ? asAscii(part.code) : '']))
}

function handedOn(code: string): string {
  const parts = code.split(`require("${shared}")`)
  if (parts.length !== 2) throw new Error('a part of the bundle does not ask once for what both use')
  return parts.join('shared')
}

function frontOf(door: Door): Plugin {
  return {
    name: 'front',
    resolveId: (id) => (id === whole ? { id, external: true } : id === front ? front : null),
    load: (id) => (id === front ? written(door) : null),
  }
}

function written(door: Door): string {
  const others = Object.entries(door).filter(([name]) => !looksFirst.includes(name))
  return [
    `import { fronted, standIn } from ${JSON.stringify(resolve('src/engines/redaction/front.ts'))}`,
    'let loaded',
    `const whole = () => (loaded ??= require('${whole}'))`,
    `export const { ${looksFirst.join(', ')} } = fronted(whole)`,
    ...others.map(([name, value]) => `export const ${name} = ${standInFor(name, value)}`),
  ].join('\n')
}

function standInFor(name: string, value: unknown): string {
  if (typeof value !== 'function') return JSON.stringify(value)
  return /^class\b/.test(Function.prototype.toString.call(value))
    ? `standIn(() => whole().${name})`
    : `(...given) => whole().${name}(...given)`
}
