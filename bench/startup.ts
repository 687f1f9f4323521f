// How long until the house is ready, the shim answers, and a command has printed; warm, on the compiled dist.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTrial, type Trial } from '../tools/trial.ts'
import { bar, median, timed, type BenchResult } from './bench.ts'

const rounds = 9

/** "Ready" is `keyreeve start` returning: socket bound, vault open, log open. */
export default async function startup(): Promise<BenchResult> {
  const trial = await openTrial({ isCompiled: true })
  try {
    const ready: number[] = []
    const shim: number[] = []
    const status: number[] = []
    for (let i = 0; i < rounds + 2; i++) {
      await trial.run(['stop'])
      const started = await timed(() => trial.run(['start']))
      const shimmed = await timed(() => initialise(trial))
      const asked = await timed(() => trial.run(['status', '--json']))
      if (i < 2) continue
      ready.push(started)
      shim.push(shimmed)
      status.push(asked)
    }
    const [readyMs, shimMs] = [median(ready), median(shim)]
    const serverReadyMs = await tokenServer()
    return {
      name: 'startup',
      figures: { readyMs, shimMs, statusMs: median(status), serverReadyMs },
      peers: { 'empty node': { startMs: await emptyNode() } },
      ratios: {},
      bars: [
        bar('readyMs', readyMs, '<=', 1500),
        bar('shimMs', shimMs, '<=', 300),
        bar('serverReadyMs', serverReadyMs, '<=', 500),
      ],
    }
  } finally {
    await trial.close()
  }
}

/** From spawn to the answer to `initialize`. */
async function initialise(trial: Trial): Promise<void> {
  const client = new Client({ name: 'bench', version: '1.0.0' })
  await client.connect(new StdioClientTransport({ ...trial.shim('bench'), stderr: 'ignore' }))
  await client.close()
}

/** A token server on its embedded register: from spawn until it says that it is ready. */
async function tokenServer(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-startup-'))
  try {
    const times: number[] = []
    for (let i = 0; i < rounds + 2; i++) {
      const took = await serverReady(folder)
      if (i >= 2) times.push(took)
    }
    return median(times)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function serverReady(folder: string): Promise<number> {
  const main = join(import.meta.dirname, '../dist/programs/server/main.js')
  const place = ['--issuer', 'http://127.0.0.1:8470', '--listen', '127.0.0.1:0', '--state', folder]
  const start = performance.now()
  const child = spawn(process.execPath, [main, ...place], { stdio: ['ignore', 'ignore', 'pipe'] })
  // Its first line says so; whatever it says else is a fault.
  const [line] = await once(child.stderr, 'data')
  const took = performance.now() - start
  child.kill('SIGKILL')
  await once(child, 'exit')
  if (!String(line).includes('"ready"')) throw new Error('the token server did not start')
  return took
}

async function emptyNode(): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < rounds; i++) times.push(await timed(() => spawnSync(process.execPath, ['-e', '0'])))
  return median(times)
}
