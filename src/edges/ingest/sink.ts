// Where masked records go: lines of JSON on a stream, or a collector.
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** A masked request of an exporter, to be delivered or written out. */
export interface OtlpRecord {
  readonly signal: 'logs' | 'traces'
  readonly type: 'json' | 'protobuf'
  readonly body: Uint8Array
  /** Headers of the exporter's request, such as a collector's key. They go to the collector and nowhere else. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a collector answered. */
export interface Answer {
  readonly status: number
  readonly body: Uint8Array
}

/** Takes masked records. */
export interface Sink {
  /** Settles when there is room for more. Rejects if the record is lost. */
  readonly syslog: (message: string) => Promise<void>
  /** Null stands for the usual answer of success. Rejects if the record is lost. */
  readonly otlp: (record: OtlpRecord) => Promise<Answer | null>
  readonly close: () => Promise<void>
}

/** Writes each record as a line of JSON: `{v, kind: "syslog", message}`, `{v, kind: "otlp-logs", body}`. */
export class LineSink implements Sink {
  readonly #out: Writable

  constructor(out: Writable) {
    this.#out = out
  }

  readonly syslog = (message: string): Promise<void> => this.#write({ kind: 'syslog', message })

  readonly otlp = async ({ signal, type, body }: OtlpRecord): Promise<null> => {
    const bytes = Buffer.from(body)
    const content: unknown = type === 'json' ? JSON.parse(bytes.toString()) : undefined
    const held = type === 'json' ? { body: content } : { protobuf: bytes.toString('base64') }
    await this.#write({ kind: `otlp-${signal}`, ...held })
    return null
  }

  readonly close = async (): Promise<void> => {}

  async #write(record: object): Promise<void> {
    const hasRoom = this.#out.write(`${JSON.stringify({ v: 1, ...record })}\n`)
    if (!hasRoom) await once(this.#out, 'drain')
  }
}
