// `npm run wasm`: compiles tools/wasm/*.ts (AssemblyScript) to modules of the rooms that use them, as base64 beside the
// hash of the source; with --check it says whether what is committed is still what the source gives, byte for byte.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { filesOf } from './tree.ts'

interface WasmModule {
  /** The file that is written. */
  readonly to: string
  /** An export for each build: its name, and what asc is told beyond `usual`. */
  readonly builds: Readonly<Record<string, readonly string[]>>
}

/** By the name of the source in tools/wasm/. */
const modules: Readonly<Record<string, WasmModule>> = {
  prefilter: {
    to: 'src/engines/redaction/prefilter-wasm.ts',
    builds: { plain: ['--enable', 'simd'], relaxed: ['--enable', 'simd,relaxed-simd'] },
  },
  known: { to: 'src/engines/known/known-wasm.ts', builds: { plain: [] } },
}

/** Sources lay out their memory themselves, from address 0 on; it is exported as `memory` and grown from outside. */
const usual = ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '1', '--memoryBase', '0']

const isCheck = process.argv.includes('--check')
const problems = filesOf('tools/wasm/*.ts').flatMap(reconcile)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function reconcile(source: string): string[] {
  const module = modules[basename(source, '.ts')]
  if (module === undefined) return [`${source} belongs to no room: name one in tools/wasm.ts`]
  const text = written(source, module)
  if (existsSync(module.to) && readFileSync(module.to, 'utf8') === text) return []
  if (isCheck) return [`${module.to} is not what ${source} gives: run "npm run wasm"`]
  writeFileSync(module.to, text)
  return []
}

/** As oxfmt would write it. */
function written(source: string, { builds }: WasmModule): string {
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex')
  const exports = Object.entries(builds).map(([name, more]) => {
    const base64 = compiled(source, more).toString('base64')
    return `\n/** asc ${[...usual, ...more].join(' ')} */\nexport const ${name} =\n  '${base64}'\n`
  })
  return `// WebAssembly in base64, made by tools/wasm.ts from ${source} of SHA-256\n// ${sha256}\n${exports.join('')}`
}

function compiled(source: string, more: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-wasm-'))
  try {
    const to = join(folder, 'out.wasm')
    const asc = ['--enable-source-maps', 'node_modules/assemblyscript/bin/asc.js', source, '-o', to]
    const { status } = spawnSync(process.execPath, [...asc, ...usual, ...more], { stdio: 'inherit' })
    if (status !== 0) throw new Error(`${source} does not compile`)
    return readFileSync(to)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
