// Redacts bytes that come in pieces. Where the redactor fails, the rest of the line is dropped, and a marker says so.
import { utf8 } from '#base'
import { StreamRedactor } from '#redaction'
import { Transform } from 'node:stream'
import { marker, tell, type LogOptions } from './line.ts'

const lineFeed = 0x0a
const markerLine = utf8(`${marker}\n`)

/** A stream of bytes, redacted; never throws. */
export class RedactedBytes {
  readonly #options: LogOptions
  /** Undefined while the rest of a line is dropped. */
  #stream: StreamRedactor | undefined

  constructor(options: LogOptions) {
    this.#options = options
    this.#stream = new StreamRedactor(options)
  }

  /** @returns What is settled by now. */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#stream !== undefined) return this.#try((stream) => stream.push(chunk), chunk)
    const next = chunk.indexOf(lineFeed) + 1
    if (next === 0) return []
    this.#stream = new StreamRedactor(this.#options)
    return this.push(chunk.subarray(next))
  }

  /** @returns The rest. */
  finish(): Uint8Array[] {
    return this.#stream === undefined ? [] : this.#try((stream) => stream.finish(), new Uint8Array())
  }

  /** What the redactor holds is lost with it; what follows the line of the chunk's end is read anew. */
  #try(act: (stream: StreamRedactor) => Uint8Array[], chunk: Uint8Array): Uint8Array[] {
    try {
      return this.#stream === undefined ? [] : act(this.#stream)
    } catch {
      tell(this.#options.onFault)
      const isWhole = chunk.at(-1) === lineFeed
      this.#stream = isWhole ? new StreamRedactor(this.#options) : undefined
      return [markerLine]
    }
  }
}

/** As a stream of Node's. */
export function redactedBytes(options: LogOptions): Transform {
  const bytes = new RedactedBytes(options)
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      for (const part of bytes.push(chunk)) this.push(part)
      done()
    },
    flush(done) {
      for (const part of bytes.finish()) this.push(part)
      done()
    },
  })
}
