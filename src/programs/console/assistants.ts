// Who asks for things, as the system sees it: connected now, or in the log of the last thirty days.
import type { Json, Milliseconds } from '#base'
import { entriesSince } from '#review'
import type { Caller, Grant, LogEntry } from '#wire'
import { ask, type Call } from './asking.ts'
import { assistantOf, member } from './filter.ts'

const lookedBack: Milliseconds = 30 * 86_400_000

/** A pair of programs that asked under one name. */
interface SeenProgram {
  readonly executable: string
  readonly launcher: string | null
  readonly firstAt: Milliseconds
  readonly lastAt: Milliseconds
  readonly allowed: number
  readonly denied: number
}

interface SeenAssistant {
  /** What its configuration calls it: anyone of this user can use the name. */
  readonly name: string
  readonly connected: readonly Caller[]
  /** The latest first. */
  readonly programs: readonly SeenProgram[]
  readonly grants: number
}

/** Those that are connected come first, then the latest. */
export async function listAssistants({ desk }: Call): Promise<{ assistants: readonly SeenAssistant[] }> {
  const since = desk.clock.now() - lookedBack
  const [{ assistants: connected }, { grants }, entries] = await Promise.all([
    ask(desk, 'status', {}),
    ask(desk, 'grant.list', {}),
    entriesSince((page) => ask(desk, 'log.list', page), since),
  ])
  return { assistants: gather({ connected, grants, entries }) }
}

interface Sources {
  readonly connected: readonly Caller[]
  readonly grants: readonly Grant[]
  readonly entries: readonly LogEntry[]
}

export function gather({ connected, grants, entries }: Sources): SeenAssistant[] {
  const past = Map.groupBy(asksIn(entries), ({ name }) => name)
  const names = new Set([...connected.map(({ assistant }) => assistant), ...past.keys()])
  return [...names]
    .map((name) => ({
      name,
      connected: connected.filter(({ assistant }) => assistant === name),
      programs: programsOf(past.get(name) ?? []),
      grants: grants.filter(({ assistant }) => assistant === name).length,
    }))
    .toSorted((a, b) => rankOf(b) - rankOf(a))
}

function rankOf({ connected, programs }: SeenAssistant): number {
  return connected.length > 0 ? Number.MAX_SAFE_INTEGER : (programs[0]?.lastAt ?? 0)
}

interface Ask {
  readonly name: string
  readonly executable: string
  readonly launcher: string | null
  readonly at: Milliseconds
  readonly isAllowed: boolean
}

/** Intents and denials say which program asked. */
function asksIn(entries: readonly LogEntry[]): Ask[] {
  return entries.flatMap(({ time, event }) => {
    if (event === null || (event['kind'] !== 'intent' && event['kind'] !== 'denial')) return []
    const name = assistantOf(event)
    const executable = textOf(member(event['who'], 'executable'))
    if (name === null || executable === null) return []
    const launcher = textOf(member(event['who'], 'launcher'))
    return [{ name, executable, launcher, at: time, isAllowed: event['kind'] === 'intent' }]
  })
}

function programsOf(asks: readonly Ask[]): SeenProgram[] {
  const byProgram = Map.groupBy(asks, ({ executable, launcher }) => JSON.stringify([executable, launcher]))
  return [...byProgram.values()].flatMap(programOf).toSorted((a, b) => b.lastAt - a.lastAt)
}

function programOf(asks: readonly Ask[]): SeenProgram[] {
  const [first] = asks
  if (first === undefined) return []
  const times = asks.map(({ at }) => at)
  const allowed = asks.filter(({ isAllowed }) => isAllowed).length
  return [
    {
      executable: first.executable,
      launcher: first.launcher,
      firstAt: times.reduce((a, b) => Math.min(a, b)),
      lastAt: times.reduce((a, b) => Math.max(a, b)),
      allowed,
      denied: asks.length - allowed,
    },
  ]
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}
