// Cuts a TCP stream of syslog into messages: by their counted octets or by line, as each message says itself.

const lineFeed = 0x0a
const space = 0x20
const [zero, nine] = [0x30, 0x39]
const mostDigits = 8

/** A message, or `null` for one that was too long. */
export type SyslogMessage = Uint8Array | null

/**
 * Cuts by octet counting where a message begins with a digit, and at line feeds elsewhere. Holds one message, and nothing
 * of one that is too long.
 * @see RFC 6587, sections 3.4.1 and 3.4.2
 */
export class SyslogFrames {
  readonly #longest: number
  #held = new Uint8Array(0)
  /** Octets of a message that is too long, still to come; Infinity if a line feed ends it. */
  #skipping = 0

  /** @param longest Octets of one message. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** True while a message is not whole. */
  get isMidway(): boolean {
    return this.#held.length > 0 || this.#skipping > 0
  }

  /** Takes the next octets, attacker-controlled, and gives the messages that end in them. */
  push(chunk: Uint8Array): SyslogMessage[] {
    const messages: SyslogMessage[] = []
    let rest: Uint8Array = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    for (let before = -1; rest.length > 0 && rest.length !== before;) {
      before = rest.length
      rest = this.#skip(this.#skipping > 0 ? rest : this.#take(rest, messages))
    }
    this.#held = Uint8Array.from(rest)
    return messages
  }

  /** The stream has ended: what is left is a message, if lines end messages. */
  finish(): SyslogMessage[] {
    const held = this.#held
    this.#held = new Uint8Array(0)
    return held.length > 0 && !isDigit(held[0]) ? [held] : []
  }

  #take(bytes: Uint8Array, messages: SyslogMessage[]): Uint8Array {
    return isDigit(bytes[0]) ? this.#takeCounted(bytes, messages) : this.#takeLine(bytes, messages)
  }

  #takeCounted(bytes: Uint8Array, messages: SyslogMessage[]): Uint8Array {
    const gap = bytes.subarray(0, mostDigits + 1).indexOf(space)
    if (gap < 0 && bytes.length <= mostDigits) return bytes
    const count = Buffer.from(bytes.subarray(0, Math.max(gap, 0))).toString('latin1')
    if (!/^\d+$/.test(count)) return this.#takeLine(bytes, messages)
    const length = Number(count)
    const end = gap + 1 + length
    if (length > this.#longest) {
      messages.push(null)
      this.#skipping = end
      return bytes
    }
    if (end > bytes.length) return bytes
    messages.push(bytes.subarray(gap + 1, end))
    return bytes.subarray(end)
  }

  #takeLine(bytes: Uint8Array, messages: SyslogMessage[]): Uint8Array {
    const feed = bytes.indexOf(lineFeed)
    const length = feed < 0 ? bytes.length : feed
    if (length > this.#longest) {
      messages.push(null)
      this.#skipping = Infinity
      return bytes
    }
    if (feed < 0) return bytes
    if (feed > 0) messages.push(bytes.subarray(0, feed))
    return bytes.subarray(feed + 1)
  }

  #skip(bytes: Uint8Array): Uint8Array {
    if (this.#skipping === 0) return bytes
    if (this.#skipping === Infinity) {
      const feed = bytes.indexOf(lineFeed)
      if (feed >= 0) this.#skipping = 0
      return feed < 0 ? new Uint8Array(0) : bytes.subarray(feed + 1)
    }
    const skipped = Math.min(this.#skipping, bytes.length)
    this.#skipping -= skipped
    return bytes.subarray(skipped)
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine
}
