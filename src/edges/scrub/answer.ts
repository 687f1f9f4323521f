// An upstream's answer on its way to the client: decoded, and with every live secret masked.
import { Fault } from '#base'
import { decodersOf, Decoding, defaultLimits, type AnswerLimits } from './decoding.ts'
import { eventMask, isEvents } from './events.ts'
import { FlowMask, type Steps, type Told } from './masking.ts'
import type { LiveSecrets } from './live.ts'

/** Where the answer goes. */
export interface Outlet {
  /**
   * Takes the next bytes, which it may keep.
   * @returns False to ask for no more until `AnswerScrub.resume()`, as `Writable.write`: what is settled already still comes.
   */
  write(bytes: Uint8Array): boolean
  /** More can be pushed after `AnswerScrub.push` gave false. */
  ready(): void
  /** All is written. */
  end(): void
  /**
   * The answer cannot go on, and nothing is written any more: what is out must be cut off, so that nobody takes it for
   * whole. `answer-unreadable`: cut short, or not what its encoding says. `answer-too-large`: it swells beyond its limit.
   */
  fail(fault: Fault): void
}

/** What is looked for in an answer, what it says of itself, and where it goes. */
export interface AnswerOptions {
  readonly secrets: LiveSecrets
  /** The answer's own fields, attacker-controlled; several of one name joined by commas. */
  readonly contentEncoding?: string | undefined
  readonly contentType?: string | undefined
  /** Told of each secret that was masked, by its name, as often as it stood there. */
  readonly told: Told
  readonly limits?: AnswerLimits
  readonly outlet: Outlet
}

/**
 * The body of one answer. What was compressed (gzip, deflate, br, zstd, up to three times) comes out decoded, so that a
 * client reads the very bytes that were looked at; what was not and holds no secret comes out byte for byte. Bytes wait
 * only while they may still become a secret. Streamed events go by `redactEvents`: a secret is masked also where it is
 * cut over several. Memory is bounded, whatever comes.
 *
 * Nothing in here waits: what is not compressed is written within `push`.
 */
export class AnswerScrub {
  readonly #steps: Steps
  readonly #outlet: Outlet
  readonly #decoding: Decoding | undefined
  #isOver = false

  /** @throws Fault `encoding-unsupported` before anything was written. */
  constructor({ secrets, contentEncoding = '', contentType = '', told, limits, outlet }: AnswerOptions) {
    this.#steps = isEvents(contentType) ? eventMask(secrets, told) : new FlowMask(secrets, told)
    this.#outlet = outlet
    const decoders = decodersOf(contentEncoding)
    if (decoders.length === 0) return
    this.#decoding = new Decoding(decoders, limits ?? defaultLimits, {
      take: (bytes) => this.#write(this.#steps.push(bytes)),
      ready: () => outlet.ready(),
      end: () => this.#finish(),
      fail: (fault) => this.#fail(fault),
    })
  }

  /** Takes the next bytes of the body. @returns False to ask for no more until `Outlet.ready()` or `resume()` is called. */
  push(chunk: Uint8Array): boolean {
    if (this.#isOver) return true
    return this.#decoding?.push(chunk) ?? this.#write(this.#steps.push(chunk))
  }

  /** The body has ended. `Outlet.end()` or `Outlet.fail()` follows, at once unless it was compressed. */
  end(): void {
    if (this.#decoding === undefined) this.#finish()
    else this.#decoding.end()
  }

  /** The outlet can take more. */
  resume(): void {
    if (this.#decoding === undefined) this.#outlet.ready()
    else this.#decoding.resume()
  }

  /** The answer broke off, or nobody wants it: drops what is held, and calls the outlet no more. */
  abort(): void {
    this.#isOver = true
    this.#decoding?.abort()
  }

  #write(parts: readonly Uint8Array[]): boolean {
    let mayGoOn = true
    for (const part of parts) mayGoOn = this.#outlet.write(part)
    return mayGoOn
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#write(this.#steps.finish())
    this.#outlet.end()
  }

  #fail(fault: Fault): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#outlet.fail(fault)
  }
}
