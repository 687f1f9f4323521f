// Decodes compressed answers as they come: what is looked at is then the very bytes that a client gets.
import { Fault } from '#base'
import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'

/** How much may come out of a compressed answer. What is not compressed has no limit. */
export interface AnswerLimits {
  /** Bytes, after the last decoder. */
  readonly mostBytes: number
  /** Bytes that come out of one decoder for each that came with the answer, */
  readonly mostRatio: number
  /** and from how many bytes on that counts. */
  readonly ratioFrom: number
}

/** 4 GiB, and 200 bytes for one from 16 MiB on: text in logs reaches 100, what is made to swell 1,000 and more. */
export const defaultLimits: AnswerLimits = { mostBytes: 2 ** 32, mostRatio: 200, ratioFrom: 2 ** 24 }

/** Of what comes out at once. */
const chunkSize = 65_536
const mostEncodings = 3
/** @see RFC 9659: a decoder of `zstd` need support no larger window. */
const longestZstdWindow = 23

/** Makes a decoder; `first` is the first byte that it will get, and `second` the next. */
type Decoder = (first: number, second: number) => Transform

/** @see RFC 9110, section 8.4.1; RFC 7932; RFC 8878 */
const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', () => createBrotliDecompress({ chunkSize })],
  [
    'zstd',
    () =>
      createZstdDecompress({
        chunkSize,
        params: { [constants.ZSTD_d_windowLogMax]: longestZstdWindow },
      }),
  ],
])

function gunzip(): Transform {
  return createGunzip({ chunkSize })
}

/** Many send the bare form, without the header of zlib. @see RFC 1950, section 2.2 */
function inflate(first: number, second: number): Transform {
  const hasHeader = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
  return hasHeader ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })
}

/**
 * The decoders that an answer needs, in the order in which they are needed.
 * @param contentEncoding The field's value; attacker-controlled.
 * @throws Fault `encoding-unsupported` for one that is not known, and for more than three.
 */
export function decodersOf(contentEncoding: string): readonly Decoder[] {
  const names = contentEncoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > mostEncodings)
    throw new Fault('encoding-unsupported', `the answer is encoded ${names.length} times`)
  return names.toReversed().map((name) => {
    const decoder = decoders.get(name)
    if (decoder === undefined)
      throw new Fault('encoding-unsupported', 'the answer has an encoding that is not known here')
    return decoder
  })
}

/** Where decoded bytes go. */
export interface Decoded {
  /** False asks to wait until `Decoding.resume()`. */
  take(bytes: Uint8Array): boolean
  /** More can be pushed after `push` gave false. */
  ready(): void
  end(): void
  /** Nothing comes after it. */
  fail(fault: Fault): void
}

/** Decoders one behind another. Holds no more than a few chunks, whatever comes out of it. */
export class Decoding {
  readonly #stages: readonly Stage[]
  readonly #limits: AnswerLimits
  readonly #out: Decoded
  #received = 0
  #isOver = false

  /** @param decoders One at least. */
  constructor(decoders: readonly Decoder[], limits: AnswerLimits, out: Decoded) {
    this.#limits = limits
    this.#out = out
    const stages: Stage[] = []
    for (const [index, decoder] of decoders.entries())
      stages.push(new Stage(decoder, { ...this.#around(index), next: () => stages[index + 1] ?? out }))
    this.#stages = stages
  }

  /** @returns False to ask for nothing more until `Decoded.ready()`. */
  push(chunk: Uint8Array): boolean {
    if (this.#isOver) return true
    this.#received += chunk.length
    return this.#stages[0]?.take(chunk) ?? true
  }

  end(): void {
    if (!this.#isOver) this.#stages[0]?.end()
  }

  resume(): void {
    this.#stages.at(-1)?.resume()
  }

  /** Nothing more comes out. */
  abort(): void {
    this.#isOver = true
    for (const stage of this.#stages) stage.abort()
  }

  #around(index: number): Omit<Around, 'next'> {
    return {
      ready: () => {
        if (index === 0) this.#out.ready()
        else this.#stages[index - 1]?.resume()
      },
      mayMake: (bytes) => {
        const { mostBytes, mostRatio, ratioFrom } = this.#limits
        const isTooMuch = bytes > mostBytes || (bytes > ratioFrom && bytes > mostRatio * this.#received)
        if (isTooMuch) this.#fail('answer-too-large', 'the answer swells beyond its limit')
        return !isTooMuch
      },
      // Without a cause: what the library says may quote the data.
      broken: () => this.#fail('answer-unreadable', 'the answer is cut short, or not what its encoding says'),
    }
  }

  #fail(code: 'answer-unreadable' | 'answer-too-large', message: string): void {
    if (this.#isOver) return
    this.abort()
    this.#out.fail(new Fault(code, message))
  }
}

interface Around {
  readonly next: () => Pick<Decoded, 'take' | 'end'>
  /** There is room again. */
  readonly ready: () => void
  /** Whether so many bytes may come out of it. */
  readonly mayMake: (bytes: number) => boolean
  readonly broken: () => void
}

/** One decoder, from when it is known what it must read. */
class Stage {
  readonly #decoder: Decoder
  readonly #around: Around
  /** Too few to say what they begin. */
  #first = Buffer.alloc(0)
  #stream: Transform | undefined
  #made = 0
  #isOver = false

  constructor(decoder: Decoder, around: Around) {
    this.#decoder = decoder
    this.#around = around
  }

  take(chunk: Uint8Array): boolean {
    // What stands behind the end of what was compressed is nobody's.
    if (this.#isOver) return true
    if (this.#stream !== undefined) return this.#stream.write(chunk)
    this.#first = Buffer.concat([this.#first, chunk])
    return this.#first.length < 2 || this.#begin().write(this.#first)
  }

  /** An answer without a body is none that is cut short. */
  end(): void {
    if (this.#first.length === 0) this.#around.next().end()
    else (this.#stream ?? this.#beginWithAll()).end()
  }

  resume(): void {
    this.#stream?.resume()
  }

  abort(): void {
    this.#isOver = true
    this.#stream?.destroy()
  }

  #beginWithAll(): Transform {
    const stream = this.#begin()
    stream.write(this.#first)
    return stream
  }

  #begin(): Transform {
    const [first = 0, second = 0] = this.#first
    const stream = this.#decoder(first, second)
    const { next, ready, mayMake, broken } = this.#around
    stream.on('data', (bytes: Uint8Array) => {
      this.#made += bytes.length
      if (this.#isOver || !mayMake(this.#made)) return
      if (!next().take(bytes)) stream.pause()
    })
    stream.on('drain', ready)
    stream.on('end', () => {
      if (!this.#isOver) next().end()
      this.#isOver = true
      // Whoever waits for room waits no longer.
      ready()
    })
    stream.on('error', broken)
    this.#stream = stream
    return stream
  }
}
