// keyreeve/retention: keeps redacted lines in sealed daily files, and deletes them when their time is over.
import { asFault, Fault, machineClock, utf8, type Clock } from '#base'
import { mkdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { LineRedactor, tell, type LogOptions } from './line.ts'
import { Part } from './part.ts'
import { dayLength, dayOf, fileOf, partsIn } from './parts.ts'
import { newPartKey, type PartKey, type Seal } from './sealing.ts'

export {
  readSealedLog,
  type Problem,
  type SealedLines,
  type SealedPiece,
  type SealedProblem,
} from './unseal.ts'
export type { Seal, Unseal } from './sealing.ts'

/** Where lines are kept, for whom, and for how long. */
export interface SealedLogOptions extends LogOptions {
  /** Folder of the log; made with mode 0700. Several processes may share it. */
  readonly dir: string
  readonly seal: Seal
  /** Full days that every line is kept, from 1 to 36,500. A file goes when its youngest line is that old. */
  readonly days: number
  /** When written lines are forced onto the disk: at once, within a second, or when the system likes. Default `second`. */
  readonly sync?: 'line' | 'second' | 'never'
  /** Default: the machine's. Days are those of UTC. */
  readonly clock?: Clock
}

/** A sink for lines: give it to pino, to a JSON lines writer, or to a stream. */
export interface SealedLog extends AsyncDisposable {
  /**
   * Redacts, seals and writes one line, or several. Never throws: what goes wrong is told to `onFault`, and the next
   * line that can be written is preceded by one that says how many were lost.
   * @returns False if the line was lost.
   */
  write(line: string): boolean
  /** Forces what was written onto the disk. */
  flush(): void
  /** Writes the end and closes. Lines that come later are lost. */
  close(): Promise<void>
}

const second = 1000
const mostDays = 36_500

/**
 * Opens a sealed log. What was written before stays as it is, also a tail that a crash tore: this process begins a file
 * of its own.
 * @throws Fault `usage` for a recipient, a key or days that are none; `disk-full` or `internal` if the folder cannot be made.
 */
export async function sealedLog(options: SealedLogOptions): Promise<SealedLog> {
  if (!(options.days >= 1 && options.days <= mostDays)) {
    throw new Fault('usage', `a log is kept for 1 to ${mostDays} days`)
  }
  const key = await newPartKey(options.seal)
  try {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw asFault(thrown, 'the folder of the log cannot be made')
  }
  return new Sealed(options, key)
}

class Sealed implements SealedLog {
  readonly #options: SealedLogOptions
  readonly #clock: Clock
  readonly #lines: LineRedactor
  #part: Part | undefined
  /** For the part that comes next; undefined while it is being made. */
  #key: PartKey | undefined
  #lost = 0
  #isClosed = false
  /** After a failure nothing is tried again until then. */
  #restUntil = 0
  #cancelSync: (() => void) | undefined
  #cancelSweep: () => void

  constructor(options: SealedLogOptions, key: PartKey) {
    this.#options = options
    this.#clock = options.clock ?? machineClock({ Date, performance, setTimeout })
    this.#lines = new LineRedactor(options)
    this.#key = key
    this.#cancelSweep = this.#sweepDaily()
  }

  write(line: string): boolean {
    const text = this.#lines.redact(line.endsWith('\n') ? line : `${line}\n`)
    try {
      this.#append(text)
      return true
    } catch (thrown) {
      this.#lost++
      this.#fail(thrown)
      return false
    }
  }

  flush(): void {
    this.#cancelSync?.()
    this.#cancelSync = undefined
    try {
      this.#part?.sync()
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelSweep()
    this.#end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #append(text: string): void {
    const part = this.#partOf(dayOf(this.#clock.now()))
    const before =
      this.#lost === 0 ? '' : `${JSON.stringify({ level: 50, msg: `[lost: ${this.#lost} lines]` })}\n`
    part.append(utf8(before + text))
    this.#lost = 0
    this.#schedule(part)
  }

  #partOf(day: string): Part {
    if (this.#isClosed) throw new Fault('internal', 'the log is closed')
    if (this.#part?.name.day === day) return this.#part
    if (this.#clock.monotonic() < this.#restUntil) throw resting
    this.#end()
    const key = this.#key
    if (key === undefined) throw resting
    this.#key = undefined
    void this.#prepare()
    this.#part = Part.create(this.#options.dir, day, key)
    return this.#part
  }

  async #prepare(): Promise<void> {
    try {
      this.#key = await newPartKey(this.#options.seal)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #end(): void {
    const part = this.#part
    this.#part = undefined
    this.#cancelSync?.()
    try {
      if (this.#options.sync !== 'never') part?.sync()
      part?.close()
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #schedule(part: Part): void {
    const { sync = 'second' } = this.#options
    if (sync === 'line') part.sync()
    if (sync === 'second') this.#cancelSync ??= this.#clock.after(second, () => this.flush())
  }

  #fail(thrown: unknown): void {
    if (thrown === resting) return
    this.#part?.abandon()
    this.#part = undefined
    this.#restUntil = this.#clock.monotonic() + second
    tell(this.#options.onFault, asFault(thrown, 'the sealed log cannot be written'))
  }

  #sweepDaily(): () => void {
    this.#sweep()
    const now = this.#clock.now()
    return this.#clock.after(dayLength - (now % dayLength), () => {
      if (!this.#isClosed) this.#cancelSweep = this.#sweepDaily()
    })
  }

  #sweep(): void {
    const today = Math.floor(this.#clock.now() / dayLength)
    try {
      for (const name of partsIn(this.#options.dir)) {
        if (today - Date.parse(name.day) / dayLength > this.#options.days) {
          unlinkSync(join(this.#options.dir, fileOf(name)))
        }
      }
    } catch (thrown) {
      tell(this.#options.onFault, asFault(thrown, 'an old file of the sealed log cannot be deleted'))
    }
  }
}

/** Not told: it only means that a failure was told a moment ago. */
const resting = new Fault('busy', 'the sealed log waits before it tries again')
