// Takes mints in one statement, and so in one round trip and one commit.
import { tablesOf } from './once.ts'
import type { MintOutcome, MintStep } from './mints.ts'
import type { Milliseconds } from '#base'

/** Runs a statement that is kept compiled under its name. */
export type Ask = (query: {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}) => Promise<{ readonly rows: readonly unknown[] }>

/** A device's second mint builds on the join state of its first, so it goes in a later turn. */
export async function takeInTurns(
  ask: Ask,
  steps: readonly MintStep[],
  now: Milliseconds,
): Promise<readonly MintOutcome[]> {
  const outcomes = new Map<MintStep, MintOutcome>()
  for (let left = steps; left.length > 0; left = left.filter((step) => !outcomes.has(step))) {
    const devices = new Set<string>()
    const turn = left.filter(({ device }) => !devices.has(device) && devices.add(device))
    for (const [step, outcome] of await takeTurn(ask, turn, now)) outcomes.set(step, outcome)
  }
  return steps.map((step) => outcomes.get(step)!)
}

async function takeTurn(
  ask: Ask,
  steps: readonly MintStep[],
  now: Milliseconds,
): Promise<ReadonlyMap<MintStep, MintOutcome>> {
  const first = Math.min(...steps.map(({ from }) => from))
  const last = Math.max(...steps.map(({ to }) => to))
  const columns = columnsOf(steps, first)
  const { rows } = await ask({
    ...statementOf(tablesOf({ from: first, to: last })),
    values: [...columns, now],
  })
  const moved = new Map(rows.filter(isTaken).map(({ key, device }) => [key, device !== null]))
  const stuck = steps.filter(({ hash }) => moved.get(hash) === false)
  const diverged = stuck.length === 0 ? new Set() : await quarantine(ask, stuck)
  const outcomeOf = ({ hash, device }: MintStep): MintOutcome => {
    const hasMoved = moved.get(hash)
    if (hasMoved === undefined) return 'replayed'
    return hasMoved ? 'minted' : diverged.has(device) ? 'diverged' : 'refused'
  }
  return new Map(steps.map((step) => [step, outcomeOf(step)]))
}

/**
 * Of each proof that was new in all its tables a row, with its device if that was active and moved on. All proofs are
 * written before any device, and in order, so that nobody waits in a circle.
 */
function statementOf(tables: readonly string[]): { readonly name: string; readonly text: string } {
  const used = tables.map(
    (table, at) => `used_${at} as (
      insert into ${table} (key) select key from attempt where first <= ${at} and ${at} <= last order by key
      on conflict do nothing returning key)`,
  )
  const isFresh = tables.map(
    (_, at) => `(${at} < first or last < ${at} or key in (select key from used_${at}))`,
  )
  const text = `with attempt as (
      select * from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[])
        as a(key, first, last, device, state, next)),
    ${used.join()},
    fresh as materialized (select * from attempt where ${isFresh.join(' and ')}),
    moved as (
      update devices set join_previous = f.state, join_state = f.next, seen_at = $7 from fresh f
      where devices.id = f.device and devices.status = 'active'
        and (devices.join_state = f.state or devices.join_previous = f.state)
        and (select count(*) from fresh) > 0
      returning devices.id)
    select fresh.key, moved.id as device from fresh left join moved on moved.id = fresh.device`
  return { name: `mint-${tables.join('-')}`, text }
}

function columnsOf(steps: readonly MintStep[], first: number): readonly (readonly unknown[])[] {
  return [
    steps.map(({ hash }) => hash),
    steps.map(({ from }) => from - first),
    steps.map(({ to }) => to - first),
    steps.map(({ device }) => device),
    steps.map(({ joinState }) => joinState),
    steps.map(({ nextJoinState }) => nextJoinState),
  ]
}

/**
 * The proofs are used up by now, so that nothing is lost where this fails: the state still differs the next time. What
 * another process moved on in between is looked at anew.
 */
async function quarantine(ask: Ask, steps: readonly MintStep[]): Promise<ReadonlySet<string>> {
  const { rows } = await ask({
    name: 'mint-quarantine',
    text: `update devices set status = 'quarantined' from unnest($1::text[], $2::text[]) as a(device, state)
      where devices.id = a.device and devices.status = 'active'
        and devices.join_state <> a.state and devices.join_previous <> a.state
      returning devices.id as device`,
    values: [steps.map(({ device }) => device), steps.map(({ joinState }) => joinState)],
  })
  return new Set(rows.filter(isDevice).map(({ device }) => device))
}

function isTaken(row: unknown): row is { readonly key: string; readonly device: string | null } {
  return typeof row === 'object' && row !== null && 'key' in row && 'device' in row
}

function isDevice(row: unknown): row is { readonly device: string } {
  return typeof row === 'object' && row !== null && 'device' in row
}
