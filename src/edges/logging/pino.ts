// keyreeve/pino: redacts the lines that pino writes, in the process that logs or in a transport's worker.
import { asFault } from '#base'
import { parseKnownSecrets } from '#known'
import { parseRules, type RecordRedactor } from '#redaction'
import { openSync } from 'node:fs'
import { Transform, Writable, type Duplex } from 'node:stream'
import { LineRedactor, type LogOptions } from './line.ts'
import { RedactedText } from './lines.ts'
import { recordRedactor } from './record.ts'
import { writeAll } from './write.ts'

/** What pino writes to: `pino.destination()`, a transport, a multistream, or any stream. */
export interface Destination {
  write(line: string): unknown
  flush?(done?: (error?: Error) => void): unknown
  flushSync?(): unknown
  end?(): unknown
}

/** Options of the transport: what can travel to a worker. */
export interface TransportOptions extends Pick<LogOptions, 'threshold' | 'policy' | 'key' | 'pii'> {
  /** File to append to, or a descriptor. Default 1, the standard output. */
  readonly destination?: string | number
  /** Known secrets, as `KnownSecrets.serialise()` wrote them. */
  readonly knownTable?: string
  /** An organisation's own rules, as JSON that `parseRules` takes. */
  readonly rules?: unknown
  /** Hands the lines on to the next target of a `pipeline` instead. */
  readonly isPipelined?: boolean
}

/** pino tells a destination with this property what it is about to write. */
const metadata = Symbol.for('pino.metadata')

interface Told {
  lastLevel?: unknown
  lastTime?: unknown
  lastMsg?: unknown
  lastObj?: unknown
}

/**
 * A destination for pino that redacts each line and hands it on: `pino({}, redactor(pino.destination(1)))`. A line without
 * a finding goes on as the same string. A line that cannot be redacted is dropped, and a line says so.
 */
export function redactor(destination: Destination, options: LogOptions = {}): Destination {
  const isTold = metadata in destination && destination[metadata] === true
  return isTold ? new ToldRedactor(destination, options) : new PlainRedactor(destination, options)
}

/**
 * A transport: `pino.transport({target: 'keyreeve/pino', options: {destination: 'app.log'}})`. Lines cross to the worker
 * before they are redacted; nothing else sees them.
 * @throws Fault `rule-invalid`
 */
export default function transport(options: TransportOptions = {}): Duplex | Writable {
  const { knownTable, rules, destination = 1, isPipelined = false, ...rest } = options
  const known = knownTable === undefined ? {} : { known: parseKnownSecrets(knownTable) }
  const own = rules === undefined ? {} : { rules: parseRules(rules) }
  const redacted = new RedactedText({ ...rest, ...known, ...own })
  if (isPipelined) return pipelined(redacted)
  const fd = typeof destination === 'number' ? destination : openSync(destination, 'a', 0o600)
  return new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      settle(done, () => writeAll(fd, redacted.push(textOrBytes(chunk))))
    },
    final(done) {
      settle(done, () => writeAll(fd, redacted.finish()))
    },
  })
}

class PlainRedactor implements Destination {
  readonly #destination: Destination
  readonly #lines: LineRedactor

  constructor(destination: Destination, options: LogOptions) {
    this.#destination = destination
    this.#lines = new LineRedactor(options)
  }

  write(line: string): unknown {
    return this.#destination.write(this.#lines.redact(line))
  }

  flush(done?: (error?: Error) => void): unknown {
    if (this.#destination.flush !== undefined) return this.#destination.flush(done)
    return done?.()
  }

  flushSync(): unknown {
    return this.#destination.flushSync?.()
  }

  end(): unknown {
    return this.#destination.end?.()
  }
}

/** Tells the destination what pino told, redacted as well. */
class ToldRedactor extends PlainRedactor implements Told {
  readonly [metadata] = true
  lastLevel?: unknown
  lastTime?: unknown
  lastMsg?: unknown
  lastObj?: unknown
  readonly #told: Destination & Told
  readonly #records: RecordRedactor

  constructor(destination: Destination, options: LogOptions) {
    super(destination, options)
    this.#told = destination
    this.#records = recordRedactor(options)
  }

  override write(line: string): unknown {
    this.#told.lastLevel = this.lastLevel
    this.#told.lastTime = this.lastTime
    this.#told.lastMsg = this.#records.redact(this.lastMsg)
    this.#told.lastObj = this.#records.redact(this.lastObj)
    return super.write(line)
  }
}

function pipelined(redacted: RedactedText): Duplex {
  return new Transform({
    decodeStrings: false,
    transform(chunk, _, done) {
      settle(done, () => this.push(redacted.push(textOrBytes(chunk))))
    },
    flush(done) {
      settle(done, () => this.push(redacted.finish()))
    },
  })
}

function textOrBytes(chunk: unknown): string | Uint8Array {
  return chunk instanceof Uint8Array ? chunk : String(chunk)
}

function settle(done: (error?: Error) => void, act: () => unknown): void {
  try {
    act()
  } catch (thrown) {
    done(asFault(thrown))
    return
  }
  done()
}
