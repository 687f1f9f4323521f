// Redacts text that comes in pieces, line by line.
import { LineRedactor, type LogOptions } from './line.ts'

/** UTF-16 units. What does not end by then is dropped: cut, it could hide a secret at the cut. */
const longestLine = 2 ** 26

/** Holds what is no whole line yet. */
export class RedactedText {
  readonly #lines: LineRedactor
  readonly #decoder = new TextDecoder()
  #held: string[] = []
  #length = 0

  constructor(options: LogOptions) {
    this.#lines = new LineRedactor(options)
  }

  /** @returns The lines that are whole by now, redacted. */
  push(piece: string | Uint8Array): string {
    const text = typeof piece === 'string' ? piece : this.#decoder.decode(piece, { stream: true })
    const lines: string[] = []
    let from = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#hold(text.slice(from, at + 1))
      lines.push(this.#take())
      from = at + 1
    }
    this.#hold(text.slice(from))
    return lines.join('')
  }

  /** @returns What is left without a line feed, redacted. */
  finish(): string {
    this.#hold(this.#decoder.decode())
    return this.#take()
  }

  #hold(part: string): void {
    this.#length += part.length
    if (this.#length <= longestLine) this.#held.push(part)
    else this.#held = [part.slice(-1)]
  }

  #take(): string {
    const line = this.#held.join('')
    const isWhole = this.#length === line.length
    this.#held = []
    this.#length = 0
    if (line === '') return ''
    return isWhole ? this.#lines.redact(line) : this.#lines.drop(line)
  }
}
