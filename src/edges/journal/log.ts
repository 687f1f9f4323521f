// The log: an append is acknowledged when it is on disk, signed; whatever goes wrong before that is a refusal.
import { Fault, type Clock, type Milliseconds } from '#base'
import { base64, dayOf, isLeafTime, type GrowingTree } from '#tlog'
import type { Entry, JournalEvent } from './events.ts'
import { makeDurableIntent, type DurableIntent } from './intent.ts'
import { encodePayload } from './payload.ts'
import type { Publisher } from './publish.ts'
import type { Ratchet } from './ratchet.ts'
import type { EntryReader } from './read.ts'
import type { FrameWriter, Head } from './writer.ts'

/** Events and payload bytes of one frame at most. */
const largestBatch = { events: 4096, bytes: 1024 * 1024 }
/** Publish when this many events are not published, or when this long after the last one. */
const publishEvery = 4096
const publishAfter: Milliseconds = 1000

/** What `openLog` puts together. */
export interface LogParts {
  readonly vkey: string
  readonly origin: string
  readonly clock: Clock
  readonly tree: GrowingTree
  readonly writer: FrameWriter
  readonly publisher: Publisher
  readonly reader: EntryReader
  readonly ratchet: Ratchet
  readonly lastTime: number
  readonly unlock: () => void
}

interface Waiting {
  readonly payload: Buffer
  readonly resolve: (index: number) => void
  readonly reject: (fault: Fault) => void
}

/** An append-only log in a folder. One process writes it; made by `openLog`. */
export class Log {
  readonly #parts: LogParts
  #head: Head
  #lastTime: number
  #waiting: Waiting[] = []
  #draining: Promise<void> | undefined
  #publishing: Promise<void> = Promise.resolve()
  #isPublishingQueued = false
  #cancelTimer: () => void = () => {}
  #failure: Fault | undefined
  #isClosing = false

  /** @internal */
  constructor(parts: LogParts) {
    this.#parts = parts
    this.#head = { size: parts.tree.size, root: parts.tree.root() }
    this.#lastTime = parts.lastTime
  }

  /** Number of durable events. */
  get size(): number {
    return this.#head.size
  }

  /** Root of the tree of all durable events, base64. */
  get root(): string {
    return base64(this.#head.root)
  }

  /** Why the log takes nothing any more; null while it does. */
  get failure(): Fault | null {
    return this.#failure ?? null
  }

  /** Name of the log in its checkpoints. */
  get origin(): string {
    return this.#parts.origin
  }

  /** Public key of the log, as text. @see C2SP signed-note, "Verifier keys" */
  get vkey(): string {
    return this.#parts.vkey
  }

  /**
   * Appends an event. Events that come while a commit is under way share the next one.
   * @returns Its index, once it is on disk under a signed checkpoint.
   * @throws Fault `message-invalid` for an event of more than 60,000 bytes; `journal-unwritable` if it is not on disk.
   *   After an error of the disk that is so for every later event, until the log is opened again; without a key for
   *   the day it is so until there is one.
   */
  async append(event: JournalEvent): Promise<number> {
    const payload = encodePayload(event, this.#parts.clock.monotonic())
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined || this.#isClosing) return reject(this.#refusal())
      this.#waiting.push({ payload, resolve, reject })
      // After the events of this turn of the loop have all come: they share a commit.
      this.#draining ??= new Promise((done) => setImmediate(() => done(this.#drain())))
    })
  }

  /** Appends as `append` does, and gives the proof that what was intended is on record. */
  async intend(event: JournalEvent): Promise<DurableIntent> {
    return makeDurableIntent(await this.append(event))
  }

  /**
   * Reads one event.
   * @throws Fault `journal-unknown-entry` if there is none with this index; `journal-corrupt` if it cannot be opened
   *   although its key is there.
   */
  async read(index: number): Promise<Entry> {
    this.#requireEntry(index)
    const [entry] = await this.#parts.reader.backFrom(index)
    return entry!
  }

  /** Reads up to `limit` events that are older than `before` (all by default), newest first. */
  async list({ before = this.size, limit }: { before?: number; limit: number }): Promise<Entry[]> {
    const entries: Entry[] = []
    let next = Math.min(before, this.size) - 1
    while (next >= 0 && entries.length < limit) {
      entries.push(...(await this.#parts.reader.backFrom(next)))
      next = entries.at(-1)!.index - 1
    }
    return entries.slice(0, limit)
  }

  /** Writes tiles and checkpoint for all events so far. @throws Fault `journal-unwritable` */
  async publish(): Promise<void> {
    await this.#queuePublishing()
    if (this.#failure !== undefined) throw this.#refusal()
  }

  /** Commits what waits, publishes, and gives the folder free. Later appends are refused. */
  async close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    await this.#draining
    this.#cancelTimer()
    await this.#queuePublishing()
    await this.#endWriting()
    this.#parts.ratchet.wipe()
    this.#parts.unlock()
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#commit(this.#takeBatch())
    this.#draining = undefined
  }

  #takeBatch(): Waiting[] {
    let bytes = 0
    const end = this.#waiting.findIndex(({ payload }, at) => {
      bytes += payload.length
      return at >= largestBatch.events || (at > 0 && bytes > largestBatch.bytes)
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const time = Math.floor(this.#parts.clock.now())
    const own = this.#rollback(time)
    const payloads = [...own, ...batch.map(({ payload }) => payload)]
    const { writer } = this.#parts
    try {
      if (this.#failure !== undefined) throw this.#failure
      if (!isLeafTime(time))
        throw new Fault('journal-unwritable', 'the clock shows no time that can be recorded')
      if (!writer.isReady(payloads, dayOf(time))) await this.#prepare(payloads, dayOf(time))
      this.#write(payloads, time)
    } catch (error) {
      // A Fault was thrown before anything was written.
      const fault = error instanceof Fault ? error : this.#fail(error)
      for (const { reject } of batch) reject(fault)
      return
    }
    const first = this.#head.size - batch.length
    for (const [at, { resolve }] of batch.entries()) resolve(first + at)
    this.#planPublishing()
  }

  /** A clock that went back is recorded, so that times out of order are explained. */
  #rollback(time: number): Buffer[] {
    if (time >= this.#lastTime) return []
    const event = { v: 1, kind: 'clock-rollback', from: this.#lastTime, to: time } as const
    return [encodePayload(event, this.#parts.clock.monotonic())]
  }

  async #prepare(payloads: readonly Uint8Array[], day: number): Promise<void> {
    await this.#parts.writer.prepare(payloads, day)
    if (this.#failure !== undefined) throw this.#failure
  }

  #write(payloads: readonly Uint8Array[], time: number): void {
    try {
      this.#head = this.#parts.writer.write(payloads, time)
      this.#lastTime = time
    } catch (error) {
      throw this.#fail(error)
    }
  }

  #planPublishing(): void {
    this.#cancelTimer()
    const publish = () => void this.#queuePublishing()
    if (this.#head.size - this.#parts.publisher.size >= publishEvery) publish()
    this.#cancelTimer = this.#parts.clock.after(publishAfter, publish)
  }

  /** One publication at a time; those asked for while one waits are that one. Never rejects: an error fails the log. */
  #queuePublishing(): Promise<void> {
    if (this.#isPublishingQueued) return this.#publishing
    this.#isPublishingQueued = true
    this.#publishing = this.#publishing.then(() => this.#publishNow())
    return this.#publishing
  }

  async #publishNow(): Promise<void> {
    this.#isPublishingQueued = false
    if (this.#failure !== undefined) return
    try {
      await this.#parts.publisher.publish(this.#parts.tree)
    } catch (error) {
      this.#fail(error)
    }
  }

  async #endWriting(): Promise<void> {
    try {
      await (this.#failure === undefined ? this.#parts.writer.finish() : this.#parts.writer.abandon())
    } catch (error) {
      // All that was acknowledged is on disk; recovery cuts what is not used.
      this.#fail(error)
    }
  }

  /** From here on nothing is acknowledged: after a failed sync nobody knows what is on disk. */
  #fail(cause: unknown): Fault {
    this.#failure ??= new Fault('journal-unwritable', 'the journal cannot be written', { cause })
    return this.#failure
  }

  #refusal(): Fault {
    const cause = this.#failure?.cause
    const message = this.#failure === undefined ? 'the journal is closed' : this.#failure.message
    return new Fault('journal-unwritable', message, { cause })
  }

  #requireEntry(index: number): void {
    if (Number.isSafeInteger(index) && index >= 0 && index < this.size) return
    throw new Fault('journal-unknown-entry', `the journal has no event ${index}; it has ${this.size}`)
  }
}
