// The keys that an issuer publishes: read from its JWKS, known by their ids, asked for again when a new id is named.
import { Fault, type Clock, type Milliseconds } from '#base'
import type { KeyObject } from 'node:crypto'
import { publicKeyOf, readPublicJwk } from './jwk.ts'
import { isObject } from './members.ts'

const mostKeys = 64
/** An id that nobody knows must not make us ask all the time. */
const askAgain: Milliseconds = 1000

/**
 * Reads a JWKS: keys on P-256 by their ids. A key of another kind, malformed or without an id is left out, since an
 * issuer may publish keys for others.
 * @param text Attacker-controlled where TLS is broken.
 * @throws Fault `key-invalid` for what is no list of keys.
 * @see RFC 7517, section 5
 */
export function readKeySet(text: string): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>()
  for (const value of listIn(text).slice(0, mostKeys)) {
    const key = keyIn(value)
    if (key !== undefined && isObject(value) && typeof value['kid'] === 'string') keys.set(value['kid'], key)
  }
  return keys
}

/** The parser's own message would quote what it read. */
function listIn(text: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const keys = isObject(value) ? value['keys'] : undefined
  if (Array.isArray(keys)) return keys
  throw new Fault('key-invalid', 'that is no list of keys')
}

function keyIn(value: unknown): KeyObject | undefined {
  try {
    return publicKeyOf(readPublicJwk(value))
  } catch {
    return undefined
  }
}

/** How the keys are asked for. */
export interface PublishedKeysOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Gives the text of the JWKS as it is published now. */
  readonly fetch: () => Promise<string>
  /** Reads it, where other keys are taken than `readKeySet` takes. @throws Fault `key-invalid` */
  readonly read?: (text: string) => ReadonlyMap<string, KeyObject>
}

/** Knows an issuer's keys by their ids. One that was denied stays unknown for good. */
export class PublishedKeys {
  readonly #options: PublishedKeysOptions
  readonly #denied = new Set<string>()
  #keys: ReadonlyMap<string, KeyObject> = new Map()
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | null = null

  constructor(options: PublishedKeysOptions) {
    this.#options = options
  }

  /** A key that is known now. @param kid Attacker-controlled. */
  readonly of = (kid: string): KeyObject | undefined =>
    this.#denied.has(kid) ? undefined : this.#keys.get(kid)

  /** Makes sure that a key is known, if it is published. @throws Fault `key-invalid`; what `fetch` throws */
  async learn(kid: string): Promise<void> {
    if (this.#denied.has(kid) || this.#keys.has(kid)) return
    if (this.#options.clock.monotonic() - this.#askedAt >= askAgain) this.#asking ??= this.#ask()
    await this.#asking
  }

  deny(kid: string): void {
    this.#denied.add(kid)
  }

  async #ask(): Promise<void> {
    const { clock, fetch, read = readKeySet } = this.#options
    this.#askedAt = clock.monotonic()
    try {
      this.#keys = read(await fetch())
    } finally {
      this.#asking = null
    }
  }
}
