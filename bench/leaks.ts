// Whether a key comes back to who must not hold it: an upstream that hands it back in every way there is, and what the
// client finds of it. The same for us, for a control that masks nothing, and for others.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Authority } from '../test/certificates.ts'
import { bar, type BenchResult, type Figures } from './bench.ts'
import { cells, named } from './leaks/cells.ts'
import type { Identity } from './leaks/hostile.ts'
import { sandboxRuntime, upstreamName, varlock } from './leaks/others.ts'
import { freshKey, runTarget, type Outcome } from './leaks/run.ts'
import { control, keyreeve, type Target } from './leaks/targets.ts'

const numbers = [...cells.keys()]
const otherSecrets = 20

/** Runs on the compiled `dist/`; `npm run bench` builds it first. */
export default async function leaks(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-leaks-'))
  try {
    const authority = new Authority(folder)
    const { certificate, key } = authority.server(`DNS:${upstreamName}`)
    const identity = { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
    const ours = await figuresOf(keyreeve(otherSecrets, { isCompiled: true }), identity)
    const peers = Object.fromEntries(
      await Array.fromAsync([control, varlock(authority), sandboxRuntime(authority)], async (target) => [
        target.name,
        await figuresOf(target, identity),
      ]),
    ) as BenchResult['peers']
    return resultOf(ours, peers)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function resultOf(ours: Figures | string, peers: BenchResult['peers']): BenchResult {
  const figures = typeof ours === 'string' ? {} : ours
  const seen = peers[control.name]
  const { leaks: seenLeaks = Number.NaN, answered: seenAnswers = Number.NaN } =
    typeof seen === 'object' ? seen : {}
  return {
    name: 'leaks',
    figures,
    peers,
    ratios: {},
    bars: [
      bar('leaks', figures['leaks'] ?? Number.NaN, '<=', 0),
      bar('answered', figures['answered'] ?? Number.NaN, '>=', 400),
      bar('leaksOfControl', seenLeaks, '>=', seenAnswers),
      bar('answeredOfControl', seenAnswers, '>=', 600),
    ],
  }
}

/** How many cells were asked for with the real key, answered, and leaked. */
async function figuresOf(target: Target, identity: Identity): Promise<Figures | string> {
  const outcome = await runTarget(target, numbers, { secret: freshKey(), identity })
  return typeof outcome === 'string' ? outcome : counted(outcome, target)
}

function counted({ verdicts, reached }: Outcome, target: Target): Figures {
  const leaked = verdicts.filter(({ hasLeaked }) => hasLeaked)
  if (target.name === 'keyreeve')
    for (const { number } of leaked) console.error(`leaked: ${named(cells[number]!)}`)
  const byChannel = Map.groupBy(leaked, ({ number }) => cells[number]!.channel)
  return {
    cells: cells.length,
    reached: reached.size,
    answered: verdicts.filter(({ isAnswered }) => isAnswered).length,
    leaks: leaked.length,
    ...Object.fromEntries([...byChannel].map(([channel, all]) => [`leaks in ${channel}`, all.length])),
  }
}
