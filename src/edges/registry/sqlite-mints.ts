// Takes mints in the thread that holds the file, inside its transaction: a few compiled statements for each.
import type { StatementSync } from 'node:sqlite'
import type { Milliseconds } from '#base'
import type { MintOutcome } from './mints.ts'

/** A mint as it is sent to the thread: the tables in which its proof is remembered, then the rest. */
export interface MintTask {
  readonly tables: readonly string[]
  readonly hash: string
  readonly device: string
  readonly joinState: string
  readonly nextJoinState: string
}

/** Many of them. */
export interface MintTasks {
  readonly now: Milliseconds
  readonly mints: readonly MintTask[]
}

/** The present state, and the one before: an answer that was lost is asked for again. */
const moveOn = `update devices set join_previous = ?, join_state = ?, seen_at = ?
  where id = ? and status = 'active' and (join_state = ? or join_previous = ?)`
const quarantine = `update devices set status = 'quarantined' where id = ? and status = 'active'`

/** @param compile Gives a statement, compiled once. */
export function takeMints(
  { now, mints }: MintTasks,
  compile: (sql: string) => StatementSync,
): readonly MintOutcome[] {
  return mints.map((task) => {
    if (!isFresh(task, compile)) return 'replayed'
    const { device, joinState, nextJoinState } = task
    const move = compile(moveOn).run(joinState, nextJoinState, now, device, joinState, joinState)
    if (move.changes === 1) return 'minted'
    return compile(quarantine).run(device).changes === 1 ? 'diverged' : 'refused'
  })
}

/** Written to each, and fresh if it was new in all. */
function isFresh({ tables, hash }: MintTask, compile: (sql: string) => StatementSync): boolean {
  const added = tables.map((table) =>
    Number(compile(`insert into ${table} (key) values (?) on conflict do nothing`).run(hash).changes),
  )
  return added.every((count) => count === 1)
}
