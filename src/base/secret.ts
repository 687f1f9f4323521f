// Holds bytes that must not be printed, serialised or forgotten in memory.
import { Fault } from './fault.ts'

/**
 * A secret value. `toString`, `toJSON` and inspection all give `[secret]`; the one way in is `lend`, and `dispose`
 * zeroes. Never turn the lent bytes into a string unless the receiver takes nothing else.
 */
export class Secret {
  #bytes: Uint8Array | undefined

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Takes the bytes over: the caller's array is the secret's own from here on and is zeroed by `dispose`. */
  static own(bytes: Uint8Array): Secret {
    return new Secret(bytes)
  }

  /** Copies the bytes; the caller's array stays the caller's. */
  static copy(bytes: Uint8Array): Secret {
    return new Secret(Uint8Array.from(bytes))
  }

  static is(value: unknown): value is Secret {
    return typeof value === 'object' && value !== null && #bytes in value
  }

  /** Length in bytes. @throws Fault `secret-disposed` */
  get length(): number {
    return this.#held().length
  }

  /**
   * Lends the bytes for the time of the call (for an async `use`, until its promise settles). Do not keep them.
   * @throws Fault `secret-disposed` after `dispose`.
   */
  lend<Result>(use: (bytes: Uint8Array) => Result): Result {
    return use(this.#held())
  }

  /** Zeroes the bytes. A second call does nothing. */
  dispose(): void {
    this.#bytes?.fill(0)
    this.#bytes = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }

  #held(): Uint8Array {
    if (this.#bytes === undefined) throw new Fault('secret-disposed', 'a secret was used after it was wiped')
    return this.#bytes
  }
}
