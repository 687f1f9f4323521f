// The thread that holds the database file. What comes in one turn is one transaction: one sync serves all who asked.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { takeMints, type MintTasks } from './sqlite-mints.ts'

export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** Statements to run together. `read` and `write` stand alone, `inside` belongs to a transaction that is open. */
export interface Turn {
  readonly mode: 'read' | 'write' | 'inside'
  readonly statements: readonly (Statement | MintTasks)[]
}

export interface Success {
  readonly rows: readonly unknown[]
  readonly changes: number
}

/** The engine's code of the error, or -1 if the thread is gone. Its text may quote values and stays behind. */
export interface Failure {
  readonly failed: number
}

export type Answer = Success | Failure

/** Statements that are kept compiled. Batches differ in size, so there are some dozens. */
const mostKept = 256
/** Milliseconds to wait for another process that writes. */
const patience = 5000

const file: string = workerData
const database = new DatabaseSync(file, { timeout: patience })
database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
// Pages of the log before they are copied back, which holds up whoever commits then: 16 MiB.
database.exec('pragma wal_autocheckpoint = 4096')
const compiled = new Map<string, StatementSync>()

parentPort?.on('message', (turn: Turn | 'close') => {
  if (turn === 'close') {
    database.close()
    parentPort?.close()
  } else parentPort?.postMessage(run(turn), [])
})

/** An answer is given only after the commit; where that fails, each is told so. */
function run({ mode, statements }: Turn): Answer[] {
  if (mode !== 'write') return statements.map(execute)
  const begun = attempt('begin immediate')
  if (begun !== undefined) return statements.map(() => begun)
  const answers = statements.map(execute)
  // A full disk makes the engine roll back by itself.
  const ended = database.isTransaction ? attempt('commit') : answers.findLast((answer) => 'failed' in answer)
  if (ended === undefined) return answers
  if (database.isTransaction) attempt('rollback')
  return statements.map(() => ended)
}

function execute(task: Statement | MintTasks): Answer {
  try {
    if ('mints' in task) return { rows: takeMints(task, compile), changes: 0 }
    const { sql, parameters } = task
    const statement = compile(sql)
    const values = parameters.filter(isValue)
    if (statement.columns().length > 0) return { rows: statement.all(...values), changes: 0 }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  } catch (thrown) {
    return failure(thrown)
  }
}

function attempt(sql: string): Answer | undefined {
  try {
    compile(sql).run()
    return undefined
  } catch (thrown) {
    return failure(thrown)
  }
}

function compile(sql: string): StatementSync {
  const kept = compiled.get(sql)
  if (kept !== undefined) return kept
  if (compiled.size >= mostKept) compiled.clear()
  const statement = database.prepare(sql)
  compiled.set(sql, statement)
  return statement
}

function isValue(value: unknown): value is SQLInputValue {
  if (value === null || ['string', 'number', 'bigint'].includes(typeof value)) return true
  throw new TypeError('only text and numbers are kept')
}

function failure(thrown: unknown): Answer {
  const isCoded = thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
  return { failed: isCoded ? Number(thrown.errcode) : 1 }
}
