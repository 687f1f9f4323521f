// Names a finding so that a baseline can hold it, and whoever reads the name learns nothing of the secret.
import { estimatedBits, utf8 } from '#base'
import { createHmac } from 'node:crypto'

/** Without a salt: keeps these names apart from every other use of a hash. */
const fixedKey = utf8('keyreeve/scan/fingerprint/v1')
/** A name is public, and its key perhaps too: a value that can be guessed must not be hashed. */
const leastBits = 64
const mostHashed = 65_536
const length = 16

/** Names the findings of one path. */
export class Fingerprints {
  readonly #key: Uint8Array
  readonly #path: string
  readonly #ordinals = new Map<string, number>()

  constructor(key: Uint8Array | null, path: string) {
    this.#key = key ?? fixedKey
    this.#path = path
  }

  /**
   * Names a finding by its value, or, where that is easily guessed or not at hand, by its place: path, detector, and
   * which of its kind it is.
   */
  of(detector: string, value: Uint8Array | null): string {
    const isGuessable = value === null || value.length > mostHashed || estimatedBits(value) < leastBits
    return isGuessable ? this.ofPlace(detector) : this.#hash('value', detector, value)
  }

  /** Names the next finding of a detector by its place. */
  ofPlace(detector: string): string {
    const ordinal = (this.#ordinals.get(detector) ?? 0) + 1
    this.#ordinals.set(detector, ordinal)
    return this.#hash('place', detector, this.#path, String(ordinal))
  }

  #hash(...parts: readonly (string | Uint8Array)[]): string {
    const mac = createHmac('sha256', this.#key)
    for (const part of parts) mac.update(part).update('\0')
    return mac.digest('hex').slice(0, length)
  }
}
