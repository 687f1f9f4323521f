// Finds in a text that flows by what `scan` finds in it as a whole.
import { StreamRedactor, type Finding, type ScanOptions } from '#redaction'

export class StreamScanner {
  readonly #redactor: StreamRedactor
  readonly #found: Finding[] = []

  constructor(options: ScanOptions) {
    const onReplaced = ({ start, end, detector, confidence }: Finding): void => {
      this.#found.push({ start, end, detector, confidence })
    }
    this.#redactor = new StreamRedactor({ ...options, onReplaced })
  }

  /** Findings that are settled; offsets from the beginning of the text. Their ends grow no more, up to 64 KiB. */
  push(chunk: Uint8Array): Finding[] {
    this.#redactor.push(chunk)
    return this.#found.splice(0)
  }

  finish(): Finding[] {
    this.#redactor.finish()
    return this.#found.splice(0)
  }
}
