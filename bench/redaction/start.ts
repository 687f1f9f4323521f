// What it costs to have it: bytes to ship, and the first scan of a fresh process beyond a process that does nothing.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { bar, median } from '../bench.ts'
import type { Part } from './part.ts'

const rounds = 11
const root = join(import.meta.dirname, '../..')

/** As a bundler puts it into an app: one file, without types. */
export async function measureStart(): Promise<Part> {
  const code = await bundled(join(root, 'src/api/lib/redaction.ts'))
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-bench-'))
  try {
    const file = join(folder, 'redaction.mjs')
    writeFileSync(file, code)
    const emptyMs = startOf("await import('data:text/javascript,export default 1')")
    const cryptoMs = startOf("await import('node:crypto')") - emptyMs
    const startMs = startOf(`const { scan } = await import('${file}'); scan('nothing to find')`) - emptyMs
    const gzippedKB = gzipSync(code, { level: 9 }).length / 1000
    return {
      figures: { startMs, gzippedKB },
      peers: { 'import of node:crypto': { startMs: cryptoMs } },
      bars: [bar('startMs', startMs, '<=', 5), bar('gzippedKB', gzippedKB, '<=', 120)],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function bundled(input: string): Promise<string> {
  const bundle = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    external: [/^node:/],
    logLevel: 'warn',
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  return output[0].code
}

/** Median of what a fresh process says that it took. */
function startOf(act: string): number {
  const script = `const before = performance.now(); ${act}; console.log(performance.now() - before)`
  const times = Array.from({ length: rounds }, () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    return Number.parseFloat(stdout)
  })
  return median(times)
}
