// How long until the house is ready, the shim answers, and a command has printed; warm, on the compiled dist.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { spawnSync } from 'node:child_process'
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
    return {
      name: 'startup',
      figures: { readyMs, shimMs, statusMs: median(status) },
      peers: { 'empty node': { startMs: await emptyNode() } },
      ratios: {},
      bars: [bar('readyMs', readyMs, '<=', 1500), bar('shimMs', shimMs, '<=', 300)],
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

async function emptyNode(): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < rounds; i++) times.push(await timed(() => spawnSync(process.execPath, ['-e', '0'])))
  return median(times)
}
