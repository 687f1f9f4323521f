// Hands statements to the thread that holds the file: together what can go together, alone what belongs to a transaction.
import { Worker } from 'node:worker_threads'
import { Fault } from '#base'
import type { MintTasks } from './sqlite-mints.ts'
import type { Failure, Statement, Turn } from './sqlite-thread.ts'

/** What a statement gave: rows of the table it names, and how many it changed where it gives none. */
interface Result<Row> {
  readonly rows: readonly Row[]
  readonly changes: number
}

/** As the thread sends it. What rows a query gives only its asker knows, so here they are of no type. */
type Success = Result<never>
type Answer = Success | Failure

/** Who asks: statements of one connection that has begun a transaction go alone until it ends. */
export type Asker = object

interface Waiting {
  readonly statement: Statement | MintTasks
  readonly isRead: boolean
  readonly begins?: Asker
  readonly settle: (answer: Answer) => void
}

/** Beside this file; in a bundle, beside the program. */
const threadFile = import.meta.filename.endsWith('.ts') ? './sqlite-thread.ts' : './sqlite-thread.js'
const mostTogether = 1000
const gone: Failure = { failed: -1 }
const begin: Statement = { sql: 'begin immediate', parameters: [] }
/** SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL: https://sqlite.org/rescode.html */
const [busy, locked, full] = [5, 6, 13]

export class SqliteQueue {
  readonly #worker: Worker
  readonly #gone: Promise<void>
  #waiting: Waiting[] = []
  #turn: readonly Waiting[] = []
  #owner: Asker | null = null
  #lost = false

  constructor(file: string) {
    this.#worker = new Worker(new URL(threadFile, import.meta.url), { workerData: file })
    this.#worker.on('message', (answers: readonly Answer[]) => this.#settle(answers))
    this.#worker.on('error', () => {})
    this.#gone = new Promise((resolve) => this.#worker.once('exit', () => resolve(this.#lose())))
  }

  /** Runs one statement; on return it is on disk, unless the asker has a transaction open. */
  async run<Row>(asker: Asker, statement: Statement | MintTasks, isRead: boolean): Promise<Result<Row>> {
    return await this.#answer((settle) => {
      if (this.#owner === asker) return this.#post('inside', [{ statement, isRead, settle }])
      this.#waiting.push({ statement, isRead, settle })
      this.#pump()
    })
  }

  /** Begins a transaction once those before it have ended. */
  async begin(asker: Asker): Promise<void> {
    await this.#answer((settle) => {
      this.#waiting.push({ statement: begin, isRead: false, begins: asker, settle })
      this.#pump()
    })
  }

  /** Lets others in again after the asker's transaction. */
  release(asker: Asker): void {
    if (this.#owner !== asker) return
    this.#owner = null
    this.#pump()
  }

  async close(): Promise<void> {
    this.#worker.postMessage('close', [])
    await this.#gone
  }

  async #answer(ask: (settle: Waiting['settle']) => void): Promise<Success> {
    const answer = await new Promise<Answer>((settle) => (this.#lost ? settle(gone) : ask(settle)))
    if ('failed' in answer) throw faultOf(answer)
    return answer
  }

  #pump(): void {
    if (this.#turn.length > 0 || this.#owner !== null) return
    const first = this.#waiting[0]
    if (first === undefined) return
    if (first.begins !== undefined) {
      this.#owner = first.begins
      return this.#post('inside', this.#waiting.splice(0, 1))
    }
    const end = this.#waiting.findIndex(({ begins }) => begins !== undefined)
    const together = this.#waiting.splice(0, Math.min(mostTogether, end === -1 ? this.#waiting.length : end))
    this.#post(together.every(({ isRead }) => isRead) ? 'read' : 'write', together)
  }

  #post(mode: Turn['mode'], turn: readonly Waiting[]): void {
    this.#turn = turn
    this.#worker.postMessage({ mode, statements: turn.map(({ statement }) => statement) } satisfies Turn, [])
  }

  #settle(answers: readonly Answer[]): void {
    const turn = this.#turn
    this.#turn = []
    turn.forEach(({ begins, settle }, at) => {
      const answer = answers[at] ?? gone
      if (begins !== undefined && 'failed' in answer) this.#owner = null
      settle(answer)
    })
    this.#pump()
  }

  #lose(): void {
    this.#lost = true
    for (const { settle } of [...this.#turn, ...this.#waiting]) settle(gone)
    this.#turn = []
    this.#waiting = []
  }
}

/** The engine's own text is not repeated: it may quote values. */
function faultOf({ failed }: Failure): Fault {
  // The low byte is the kind, the rest says more of it.
  const kind = failed & 0xff
  if (failed === -1) return new Fault('database-unavailable', 'the database is closed')
  if (kind === busy || kind === locked)
    return new Fault('database-busy', 'another process holds the database')
  if (kind === full) return new Fault('disk-full', 'the database could not be written: no space left')
  return new Fault('database-failed', `the database answered with error ${failed}`)
}
