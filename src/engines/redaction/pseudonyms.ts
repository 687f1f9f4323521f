// Puts back, where policy allows it, what placeholders of one conversation stand for.
import { base64url, concat, Secret, utf8 } from '#base'
import type { RedactOptions, Replacement } from './finding.ts'
import { hmacSha256 } from './sha256.ts'

/** What a map holds at most. */
export interface PseudonymLimits {
  /** Secrets. Default 256. */
  readonly count: number
  /** Bytes of all secrets together. Default 256 KiB. */
  readonly bytes: number
  /** How long a secret is held after it was last seen, in units of the caller's clock. Default 3,600,000: an hour of milliseconds. */
  readonly age: number
}

/** Where placeholders may be restored. */
export interface Restoration {
  /**
   * Asked for each placeholder that stands for a secret of this conversation.
   * @param detector Id of the detector that found it.
   */
  readonly allow: (detector: string, placeholder: string) => boolean
  /** The caller's clock. */
  readonly now: number
}

interface Held {
  readonly secret: Secret
  readonly lastSeen: number
}

const usualLimits: PseudonymLimits = { count: 256, bytes: 262_144, age: 3_600_000 }
/** Placeholders that a map remembers, whether it holds their secrets or not. Further ones are never restored. */
const mostIssued = 65_536
const domain = utf8('keyreeve/restoration/v1\0')
const placeholder = /\[([a-z0-9-]+):[0-9a-f]{4}\]/g
/**
 * Nothing that could be more than a word where it is put: in JSON, in a shell's command, in a path, in a URL. Whoever
 * writes a file that the model reads chooses what looks like a secret in it.
 */
const restorable = /^[A-Za-z0-9_+/][A-Za-z0-9_+/=.~-]*$/

/**
 * What the placeholders of one conversation stand for. In memory only. Make one for each conversation, mask what goes to
 * the model with `at`, and put back with `restore` what the model says to a tool, nowhere else.
 *
 * It never restores known secrets and values that are easily guessed, whose placeholders tell nothing apart; values of
 * other characters than letters, digits and `_+/=.~-`; and a placeholder that stood for two secrets.
 */
export class PseudonymMap {
  readonly #key: Uint8Array
  readonly #limits: PseudonymLimits
  /** Keyed hashes of all secrets that were issued, held or not; null for a placeholder that stood for two. */
  readonly #issued = new Map<string, string | null>()
  /** Those seen last are last. */
  readonly #held = new Map<string, Held>()
  #bytes = 0
  #isDisposed = false

  /** @param key Key of the pseudonyms, 32 bytes; it stays the caller's. */
  constructor(key: Uint8Array, limits: Partial<PseudonymLimits> = {}) {
    this.#key = key
    this.#limits = { ...usualLimits, ...limits }
  }

  /** What `redact` and its kin take so that the map learns of what they mask. `now` is the caller's clock. */
  at(now: number): Required<Pick<RedactOptions, 'key' | 'onReplaced'>> {
    return { key: this.#key, onReplaced: (replacement) => this.#issue(replacement, now) }
  }

  /** Secrets that are held. */
  get count(): number {
    return this.#held.size
  }

  /**
   * Puts secrets where their placeholders stand, exactly as they were issued in this conversation.
   * @param text A tool's arguments as JSON, or any text; written by a model and so by whoever it listened to.
   * @returns UTF-8, JSON if the text was. It holds secrets: zero it once it is sent.
   */
  restore(text: string, { allow, now }: Restoration): Uint8Array {
    this.#expire(now)
    const parts: Uint8Array[] = []
    let at = 0
    for (const { 0: found, 1: detector = '', index } of text.matchAll(placeholder)) {
      const secret = this.#held.get(found)?.secret
      if (secret === undefined || !allow(detector, found)) continue
      parts.push(
        utf8(text.slice(at, index)),
        secret.lend((bytes) => bytes.slice()),
      )
      at = index + found.length
    }
    const whole = concat(...parts, utf8(text.slice(at)))
    for (const part of parts) part.fill(0)
    return whole
  }

  /** Zeroes what is held. The map restores nothing from then on. */
  dispose(): void {
    for (const name of this.#held.keys()) this.#release(name)
    this.#issued.clear()
    this.#isDisposed = true
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #issue({ placeholder, secret }: Replacement, now: number): void {
    if (secret === null || this.#isDisposed) return
    const print = this.#printOf(secret)
    const known = this.#issued.get(placeholder)
    if (known === undefined && this.#issued.size >= mostIssued) return
    const isSame = known === undefined || known === print
    this.#issued.set(placeholder, isSame ? print : null)
    this.#release(placeholder)
    if (isSame && isRestorable(secret))
      this.#hold(placeholder, { secret: Secret.copy(secret), lastSeen: now })
    this.#expire(now)
  }

  #printOf(secret: Uint8Array): string {
    return base64url(hmacSha256(this.#key, domain, secret))
  }

  #hold(placeholder: string, held: Held): void {
    this.#held.set(placeholder, held)
    this.#bytes += held.secret.length
  }

  /** Lets go of what is too old or too much, the oldest first. */
  #expire(now: number): void {
    const { count, bytes, age } = this.#limits
    for (const [placeholder, { lastSeen }] of this.#held) {
      if (this.#held.size <= count && this.#bytes <= bytes && now - lastSeen <= age) return
      this.#release(placeholder)
    }
  }

  #release(placeholder: string): void {
    const held = this.#held.get(placeholder)
    if (held === undefined) return
    this.#held.delete(placeholder)
    this.#bytes -= held.secret.length
    held.secret.dispose()
  }
}

function isRestorable(secret: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(secret)
  return restorable.test(text) && !text.includes('..')
}
