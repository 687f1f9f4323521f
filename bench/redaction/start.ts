// What it costs to have it: the first scan of a fresh process, beyond a process that does nothing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bar, median } from '../bench.ts'
import type { Part } from './part.ts'

const rounds = 11
const root = join(import.meta.dirname, '../..')
const built = join(root, 'dist/engines/redaction/index.js')

/** On what is published where that was built, since a clone pays for its types on each start. */
export function measureStart(): Part {
  const door = existsSync(built) ? built : join(root, 'src/engines/redaction/index.ts')
  const script = `
    const before = performance.now()
    const { scan } = await import(${JSON.stringify(pathToFileURL(door).href)})
    scan('nothing to find')
    console.log(performance.now() - before)`
  const startMs = median(Array.from({ length: rounds }, () => printedBy(script)))
  const emptyModule = `
    const before = performance.now()
    await import('data:text/javascript,export default 1')
    console.log(performance.now() - before)`
  const emptyMs = median(Array.from({ length: rounds }, () => printedBy(emptyModule)))
  return {
    figures: { startMs },
    peers: { 'import of an empty module': { startMs: emptyMs } },
    bars: [bar('startMs', startMs - emptyMs, '<=', 5)],
  }
}

function printedBy(script: string): number {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return Number.parseFloat(stdout)
}
