// A cached token: what asking for it costs, and how many mints a crowd of callers causes.
import { machineClock } from '#base'
import { tokenSource } from '#tokenclient'
import { randomBytes } from 'node:crypto'
import { bar, type BenchResult } from './bench.ts'

const callers = 10_000
const rounds = 7
const calls = 2_000_000

export default async function tokenCache(): Promise<BenchResult> {
  let mints = 0
  const source = tokenSource({
    clock: machineClock({ Date, performance, setTimeout }),
    random: (length) => Uint8Array.from(randomBytes(length)),
    mint: async () => {
      mints++
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { token: 'token', life: 900_000 }
    },
  })
  await Promise.all(Array.from({ length: callers }, () => source.get()))
  const cachedNs = Math.min(...Array.from({ length: rounds }, () => cpuOf(source.cached.bind(source))))
  source.close()
  const figures = { cachedNs, callers, mints }
  return {
    name: 'token-cache',
    figures,
    peers: {},
    ratios: {},
    bars: [bar('cachedNs', cachedNs, '<=', 100), bar('mints', mints, '<=', 1)],
  }
}

/** Nanoseconds of processor time a call. */
function cpuOf(act: () => string | undefined): number {
  const start = process.cpuUsage()
  let length = 0
  for (let i = 0; i < calls; i++) length += act()?.length ?? 0
  const { user, system } = process.cpuUsage(start)
  if (length === 0) throw new Error('there was no token')
  return ((user + system) * 1000) / calls
}
