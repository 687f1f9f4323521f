// Whether a key comes back to who must not hold it: an upstream that hands it back in every way there is, and what the
// client finds of it. The same for us, for a control that masks nothing, and for others.
import { bar, type BenchResult, type Figures } from './bench.ts'
import { cells, named } from './leaks/cells.ts'
import { freshKey, runTarget, type Outcome } from './leaks/run.ts'
import { control, keyreeve } from './leaks/targets.ts'

const otherSecrets = 20

/** Runs on the compiled `dist/`; `npm run bench` builds it first. */
export default async function leaks(): Promise<BenchResult> {
  const numbers = [...cells.keys()]
  const ourOutcome = await runTarget(keyreeve(otherSecrets, { isCompiled: true }), numbers, {
    secret: freshKey(),
  })
  if (typeof ourOutcome === 'string') throw new Error(ourOutcome)
  for (const { number } of ourOutcome.verdicts.filter(({ hasLeaked }) => hasLeaked))
    console.error(`leaked: ${named(cells[number]!)}`)
  const controlOutcome = await runTarget(control, numbers, { secret: freshKey() })
  const figures = figuresOf(ourOutcome)
  const controlFigures = typeof controlOutcome === 'string' ? {} : figuresOf(controlOutcome)
  return {
    name: 'leaks',
    figures,
    peers: { 'a proxy that masks nothing': controlFigures },
    ratios: {},
    bars: [
      bar('leaks', figures['leaks'] ?? Number.NaN, '<=', 0),
      bar('answered', figures['answered'] ?? Number.NaN, '>=', 400),
      bar('leaksOfControl', controlFigures['leaks'] ?? Number.NaN, '>=', cells.length),
    ],
  }
}

/** Cells in all and by channel: asked for, answered, leaked. */
function figuresOf({ verdicts, reached }: Outcome): Figures {
  const leaked = verdicts.filter(({ hasLeaked }) => hasLeaked)
  const byChannel = Map.groupBy(leaked, ({ number }) => cells[number]!.channel)
  return {
    cells: cells.length,
    reached: reached.size,
    answered: verdicts.filter(({ isAnswered }) => isAnswered).length,
    leaks: leaked.length,
    ...Object.fromEntries([...byChannel].map(([channel, all]) => [`leaksIn ${channel}`, all.length])),
  }
}
