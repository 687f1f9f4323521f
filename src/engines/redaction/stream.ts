// Masks a stream of bytes: the same output however it is cut, and nothing of a secret before it is known to be one.
import { utf8 } from '#base'
import type { RedactOptions } from './finding.ts'
import { Flow } from './flow.ts'
import type { Redaction } from './merger.ts'
import { replace } from './placeholder.ts'
import { transformOf } from './transform.ts'
import { WideStream } from './wide.ts'

/**
 * A transform of bytes to bytes with secrets masked as `redact` does; UTF-16 stays UTF-16. Holds what may still become a secret: usually the
 * last word, at most about 100 KiB.
 */
export function redactStream(options: RedactOptions = {}): TransformStream<Uint8Array, Uint8Array> {
  return transformOf(new WideStream(new StreamRedactor(options)))
}

/**
 * The synchronous form of `redactStream`, for whoever has no streams of the platform or holds many at a time. Reads a
 * superset of ASCII, not UTF-16.
 */
export class StreamRedactor {
  readonly #flow: Flow
  readonly #options: RedactOptions
  readonly #lends: boolean
  /** Bytes before it are out, or masked. */
  #at = 0
  /** The placeholder of the redaction that is still growing is out. */
  #isMasking = false

  /** @param lends What is given is good until the next call only: for whoever is done with it by then. */
  constructor(options: RedactOptions = {}, { lends = false }: { readonly lends?: boolean } = {}) {
    this.#flow = new Flow(options)
    this.#options = options
    this.#lends = lends
  }

  /** True while something of what was pushed is not out yet. */
  get isHolding(): boolean {
    return this.#at < this.#flow.text.end || this.#isMasking
  }

  /** Takes the next bytes, copies what it keeps of them, and gives what is settled, in order. */
  push(chunk: Uint8Array): Uint8Array[] {
    const parts = this.#lends ? null : this.#pushFirst(chunk)
    return parts ?? this.#pushNext(chunk)
  }

  /** Takes the end of the input and gives the rest. Nothing can be pushed after it. */
  finish(): Uint8Array[] {
    this.#flow.text.isFinal = true
    return this.#step()
  }

  #pushFirst(chunk: Uint8Array): Uint8Array[] | null {
    let parts: Uint8Array[] = []
    const dropped = this.#flow.lookAtFirst(chunk, () => {
      parts = this.#step()
      return this.#at
    })
    if (dropped === null) return null
    this.#at -= dropped
    return parts
  }

  #pushNext(chunk: Uint8Array): Uint8Array[] {
    this.#at -= this.#flow.append(chunk, this.#at)
    return this.#flow.isWorthALook ? this.#step() : []
  }

  #step(): Uint8Array[] {
    const { redactions, plainUntil } = this.#flow.advance()
    const parts = redactions.flatMap((redaction) => this.#mask(redaction))
    parts.push(...this.#release(plainUntil))
    this.#flow.wait(this.#flow.text.end - this.#at)
    return parts
  }

  #mask(redaction: Redaction): Uint8Array[] {
    const parts = this.#isMasking ? [] : this.#release(redaction.start)
    if (!this.#isMasking) parts.push(utf8(this.#replace(redaction)))
    this.#at = Math.max(this.#at, redaction.end)
    this.#isMasking = redaction.isOpen
    return parts
  }

  #replace({ label, start, end }: Redaction): string {
    const { base, text } = this.#flow
    return replace(label, text.bytes, [base + start, base + end], this.#options)
  }

  #release(to: number): Uint8Array[] {
    if (to <= this.#at || this.#isMasking) return []
    const part = this.#flow.text.bytes.subarray(this.#at, to)
    this.#at = to
    return [this.#lends ? part : part.slice()]
  }
}
