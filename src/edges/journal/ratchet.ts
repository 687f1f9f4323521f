// The key that moves on with every frame, so that whoever takes over today cannot forge yesterday.
import { Secret, utf8 } from '#base'
import { createHmac } from 'node:crypto'
import { sha256 } from '#tlog'

const evolve = utf8('evolve')

/**
 * One MAC for each frame, each with a key of its own: k becomes SHA-256("evolve" || k) and the old one is zeroed.
 * Whoever was given the first key of a session checks them all.
 */
export class Ratchet {
  #key: Buffer

  /** @param first Is taken over: the caller's secret is wiped. */
  constructor(first: Secret) {
    this.#key = first.lend((bytes) => Buffer.from(bytes))
    first.dispose()
  }

  /** HMAC-SHA-256 over the parts, one after the other. The key that made it is gone when this returns. */
  mac(...parts: readonly Uint8Array[]): Buffer {
    const hmac = createHmac('sha256', this.#key)
    for (const part of parts) hmac.update(part)
    const mac = hmac.digest()
    this.#evolve()
    return mac
  }

  /** Zeroes the key. */
  wipe(): void {
    this.#key.fill(0)
  }

  #evolve(): void {
    const input = Buffer.concat([evolve, this.#key])
    const next = sha256(input)
    input.fill(0)
    this.#key.fill(0)
    this.#key = next
  }
}
