// What it costs to have it: bytes to ship, and the first scan of a fresh process beyond an import of an empty module.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packageRedaction } from '../../tools/package-redaction.ts'
import { bar, median } from '../bench.ts'
import type { Part } from './part.ts'

const rounds = 11
const plainLine = "scan('nothing to find')"
// keyreeve:allow password reason="made up, for the engine to find"
const findingLine = "redact('password: correct-horse-42')"

/** Of the package as it is published, in the way that an app has it. */
export async function measureStart(): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-bench-'))
  const home = join(folder, 'node_modules/@keyreeve/redaction')
  try {
    await packageRedaction(home)
    writeEmpty(join(folder, 'node_modules/empty'))
    const nothing = startOf(folder, 'empty', '')
    const beyond = (what: string, act: string): number => startOf(folder, what, act) - nothing
    const startMs = beyond('@keyreeve/redaction', plainLine)
    const gzippedKB = gzippedOf(join(home, 'index.js'))
    return {
      figures: {
        startMs,
        gzippedKB,
        startWithFindingMs: beyond('@keyreeve/redaction', findingLine),
        startOfOneFileMs: beyond(join(home, 'index.js'), plainLine),
        startFromSourceMs: beyond(resolve('src/api/lib/package.ts'), plainLine),
      },
      peers: { 'import of node:crypto': { startMs: beyond('node:crypto', '') } },
      bars: [bar('startMs', startMs, '<=', 5), bar('gzippedKB', gzippedKB, '<=', 120)],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeEmpty(home: string): void {
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{"type":"module","exports":"./index.js"}')
  writeFileSync(join(home, 'index.js'), 'export default 1\n')
}

function gzippedOf(file: string): number {
  return gzipSync(readFileSync(file), { level: 9 }).length / 1000
}

/** Median of what a fresh process says that it took. */
function startOf(folder: string, what: string, act: string): number {
  const script = `const before = performance.now()
    const { redact, scan } = await import('${what}')
    ${act}
    console.log(performance.now() - before)`
  const times = Array.from({ length: rounds }, () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: folder,
    })
    return Number.parseFloat(stdout)
  })
  return median(times)
}
