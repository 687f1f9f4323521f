// Masks a stream of bytes: the same output however it is cut, and nothing of a secret before it is known to be one.
import { utf8 } from '#base'
import { Engine } from './engine.ts'
import type { RedactOptions } from './finding.ts'
import type { Redaction } from './merger.ts'
import { replace } from './placeholder.ts'
import { lookBehind, Text } from './text.ts'
import { WideStream } from './wide.ts'

/** From this many held bytes on the scan waits for an eighth more, so that single bytes cost no full look each. */
const patient = 4096
const firstCapacity = 16_384

/**
 * A transform of bytes to bytes with secrets masked as `redact` does; UTF-16 stays UTF-16. Holds what may still become a secret: usually the
 * last word, at most about 100 KiB.
 */
export function redactStream(options: RedactOptions = {}): TransformStream<Uint8Array, Uint8Array> {
  const redactor = new WideStream(new StreamRedactor(options))
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (const part of redactor.push(chunk)) controller.enqueue(part)
    },
    flush(controller) {
      for (const part of redactor.finish()) controller.enqueue(part)
    },
  })
}

/**
 * The synchronous form of `redactStream`, for whoever has no streams of the platform or holds many at a time. Reads a
 * superset of ASCII, not UTF-16.
 */
export class StreamRedactor {
  readonly #engine: Engine
  readonly #options: RedactOptions
  readonly #text = new Text(new Uint8Array(firstCapacity), false, 0)
  /** Bytes before it are out, or masked. */
  #at = 0
  #frontier = 0
  /** End of the text below which another look is not worth it. */
  #worthwhile = 0
  /** Bytes of the input that came before the text. */
  #base = 0
  /** The placeholder of the redaction that is still growing is out. */
  #isMasking = false

  constructor(options: RedactOptions = {}) {
    this.#engine = new Engine(options)
    this.#options = options
  }

  /** True while something of what was pushed is not out yet. */
  get isHolding(): boolean {
    return this.#at < this.#text.end || this.#isMasking
  }

  /** Takes the next bytes, copies what it keeps of them, and gives what is settled, in order. */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#text.end === 0 && chunk.length > firstCapacity) return this.#pushFirst(chunk)
    this.#append(chunk)
    return this.#text.end < this.#worthwhile ? [] : this.#step()
  }

  /** Takes the end of the input and gives the rest. Nothing can be pushed after it. */
  finish(): Uint8Array[] {
    this.#text.isFinal = true
    return this.#step()
  }

  #step(): Uint8Array[] {
    const { redactions, plainUntil, frontier } = this.#engine.advance(this.#text)
    this.#frontier = Math.min(frontier, this.#text.end)
    const parts = redactions.flatMap((redaction) => this.#mask(redaction))
    parts.push(...this.#release(plainUntil))
    const held = this.#text.end - this.#at
    this.#worthwhile = held < patient ? 0 : this.#text.end + (held >>> 3)
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
    const place = [this.#base + start, this.#base + end] as const
    return replace(label, this.#text.bytes, place, this.#options)
  }

  #release(to: number): Uint8Array[] {
    if (to <= this.#at || this.#isMasking) return []
    const part = this.#text.bytes.slice(this.#at, to)
    this.#at = to
    return [part]
  }

  /** Looks at a large chunk where it stands, and copies of it only what is kept. */
  #pushFirst(chunk: Uint8Array): Uint8Array[] {
    const { bytes } = this.#text
    this.#text.bytes = chunk
    this.#text.end = chunk.length
    const parts = this.#step()
    const kept = this.#takeKept()
    this.#text.bytes = kept.length <= bytes.length ? bytes : new Uint8Array(2 * kept.length)
    this.#text.bytes.set(kept)
    return parts
  }

  #append(chunk: Uint8Array): void {
    const text = this.#text
    if (text.end + chunk.length > text.bytes.length) this.#makeRoom(chunk.length)
    text.bytes.set(chunk, text.end)
    text.end += chunk.length
  }

  #makeRoom(length: number): void {
    const { bytes } = this.#text
    const kept = this.#takeKept()
    const needed = 2 * (kept.length + length)
    // Less than half of it is kept: so few moves cost each byte one.
    if (needed > bytes.length) this.#text.bytes = new Uint8Array(Math.max(firstCapacity, needed))
    this.#text.bytes.set(kept)
  }

  /** What a scanner may look back at, where it stands; from now on positions are counted from its first byte. */
  #takeKept(): Uint8Array {
    const text = this.#text
    const dropped = Math.max(0, Math.min(this.#at, this.#frontier) - lookBehind)
    const kept = text.bytes.subarray(dropped, text.end)
    text.end = kept.length
    this.#at -= dropped
    this.#frontier -= dropped
    this.#worthwhile -= dropped
    this.#base += dropped
    this.#engine.shift(dropped)
    return kept
  }
}
