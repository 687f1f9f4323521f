// Length-prefixed frames: four bytes, big endian, then that many bytes of UTF-8 JSON.
import { concat, Fault, utf8 } from '#base'

const headerBytes = 4

/** Puts the length before the JSON of `envelope`. @throws Fault `frame-oversized` above `max` bytes. */
export function encodeFrame(envelope: object, max: number): Uint8Array {
  const body = utf8(JSON.stringify(envelope))
  if (body.length > max)
    throw new Fault('frame-oversized', `a frame of ${body.length} bytes; at most ${max} are sent`)
  const frame = new Uint8Array(headerBytes + body.length)
  new DataView(frame.buffer).setUint32(0, body.length)
  frame.set(body, headerBytes)
  return frame
}

/** Cuts a stream of bytes into frames. Holds at most one unfinished frame of `max` bytes. */
export class FrameReader {
  #parts: Uint8Array[] = []
  #held = 0
  #wanted: number | undefined
  #lastSize = 0
  readonly #max: () => number

  /** @param max Bytes of the largest frame that the present phase may bring. */
  constructor(max: () => number) {
    this.#max = max
  }

  /** True while part of a frame has come and the rest has not. */
  get isPartial(): boolean {
    return this.#held > 0
  }

  /** Bytes of the frame that `push` gave last, without its header. */
  get lastSize(): number {
    return this.#lastSize
  }

  /**
   * Takes what came and gives the whole frames in it, parsed.
   * @param bytes Attacker-controlled.
   * @throws Fault `frame-oversized` as soon as a header announces more than `max`; `frame-malformed` for what is no
   *   UTF-8 JSON object.
   */
  *push(bytes: Uint8Array): Generator<Record<string, unknown>> {
    this.#parts.push(bytes)
    this.#held += bytes.length
    for (;;) {
      this.#wanted ??= this.#header()
      if (this.#wanted === undefined || this.#held < headerBytes + this.#wanted) return
      const whole = this.#parts.length === 1 ? this.#parts[0]! : concat(...this.#parts)
      const end = headerBytes + this.#wanted
      const rest = whole.subarray(end)
      this.#parts = rest.length > 0 ? [rest] : []
      this.#held = rest.length
      this.#lastSize = this.#wanted
      this.#wanted = undefined
      yield parseEnvelope(whole.subarray(headerBytes, end))
    }
  }

  #header(): number | undefined {
    if (this.#held < headerBytes) return undefined
    if (this.#parts[0]!.length < headerBytes) this.#parts = [concat(...this.#parts)]
    const first = this.#parts[0]!
    const length = new DataView(first.buffer, first.byteOffset).getUint32(0)
    if (length > this.#max()) throw new Fault('frame-oversized', `a frame of ${length} bytes was announced`)
    return length
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parseEnvelope(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decoder.decode(body))
    if (isRecord(value)) return value
  } catch {
    // The parser's own message would quote the input.
  }
  throw new Fault('frame-malformed', 'a frame that is no JSON object')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
