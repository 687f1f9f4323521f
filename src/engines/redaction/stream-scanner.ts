// Finds in a text that flows by what `scan` finds in it as a whole, and keeps no more of it than may still be looked at.
import type { Finding, ScanOptions } from './finding.ts'
import { Flow } from './flow.ts'
import type { Redaction } from './merger.ts'

/**
 * Scans bytes as they come: the findings of `scan`, however the input is cut. Reads a superset of ASCII, not UTF-16.
 * Of a finding longer than 64 KiB the end is told as far as it was known then.
 */
export class StreamScanner {
  readonly #flow: Flow
  /** The finding that is still growing is told. */
  #isTold = false

  constructor(options: ScanOptions = {}) {
    this.#flow = new Flow(options)
  }

  /**
   * Takes the next bytes, attacker-controlled, and copies what it keeps of them.
   * @returns Findings that are settled, in order; offsets in bytes from the beginning of the input.
   */
  push(chunk: Uint8Array): Finding[] {
    this.#flow.append(chunk)
    return this.#flow.isWorthALook ? this.#step() : []
  }

  /** Takes the end of the input and gives the rest. Nothing can be pushed after it. */
  finish(): Finding[] {
    this.#flow.text.isFinal = true
    return this.#step()
  }

  #step(): Finding[] {
    const { redactions, plainUntil } = this.#flow.advance()
    this.#flow.wait(this.#flow.text.end - plainUntil)
    return redactions.flatMap((redaction) => this.#tell(redaction))
  }

  #tell({ start, end, label, isOpen }: Redaction): Finding[] {
    const wasTold = this.#isTold
    this.#isTold = isOpen
    if (wasTold) return []
    const { base } = this.#flow
    const { detector, confidence } = label
    return [{ start: base + start, end: base + end, detector, confidence }]
  }
}
