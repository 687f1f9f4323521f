// The texts of a stream that come in pieces: each has a redactor of its own, and a way to say what it held back.
import { utf8 } from '#base'
import type { Template } from './dialects.ts'
import type { RedactOptions } from './finding.ts'
import { newEvent, type Style } from './frames.ts'
import { StreamRedactor } from './stream.ts'

/** An event that can carry what is still held. */
export interface Carrier {
  readonly style: Style
  readonly template: Template
}

/** One text. */
export class Channel {
  readonly #redactor: StreamRedactor
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** The first half of a character whose second comes with the next piece. */
  #half = ''
  /** Null if there was no event that can be said again. */
  carrier: Carrier | null = null

  constructor(options: RedactOptions) {
    this.#redactor = new StreamRedactor(options)
  }

  /** Takes a piece and gives what may stand in its place. */
  push(piece: string): string {
    const text = this.#half + piece
    const end = /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length
    this.#half = text.slice(end)
    return this.#decoded(this.#redactor.push(utf8(text.slice(0, end))))
  }

  /** Takes the end of the text and gives what was held back. */
  finish(): string {
    const last = this.#redactor.push(utf8(this.#half))
    return this.#decoded([...last, ...this.#redactor.finish()]) + this.#decoder.decode()
  }

  /** Takes the end of the text and gives an event that says what was held back, if anything was. */
  close(): Uint8Array[] {
    const held = this.finish()
    if (held === '' || this.carrier === null) return []
    const { style, template } = this.carrier
    return [newEvent(style, template.name, `${template.before}${JSON.stringify(held)}${template.after}`)]
  }

  #decoded(parts: readonly Uint8Array[]): string {
    return parts.map((part) => this.#decoder.decode(part, { stream: true })).join('')
  }
}

/** The channels of a stream, by name. */
export class Channels {
  readonly #options: RedactOptions
  readonly #most: number
  readonly #open = new Map<string, Channel>()

  constructor(options: RedactOptions, most: number) {
    this.#options = options
    this.#most = most
  }

  /** The channel of that name, or null if there are too many. */
  open(name: string): Channel | null {
    const found = this.#open.get(name)
    if (found !== undefined) return found
    if (this.#open.size >= this.#most) return null
    const channel = new Channel(this.#options)
    this.#open.set(name, channel)
    return channel
  }

  /** Ends the channel of that name and gives what it held. */
  finish(name: string): string {
    const channel = this.#open.get(name)
    this.#open.delete(name)
    return channel?.finish() ?? ''
  }

  /** Ends the channels whose names begin so, and gives the events that say what they held. */
  close(beginning: string): Uint8Array[] {
    const closed = [...this.#open].filter(([name]) => name.startsWith(beginning))
    for (const [name] of closed) this.#open.delete(name)
    return closed.flatMap(([, channel]) => channel.close())
  }

  /** Forgets all, and what they held with them. */
  clear(): void {
    this.#open.clear()
  }
}
