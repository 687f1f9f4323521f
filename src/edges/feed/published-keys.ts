// The keys that a server publishes, asked for again when one is named that is not known yet.
import { Fault, type Clock, type Milliseconds } from '#base'
import { publicKeyOf, readPublicJwk, type PublicJwk } from '#token'
import type { KeyObject } from 'node:crypto'
import { get, type HttpPlace } from './source.ts'

/** How the keys are asked for. */
export interface PublishedKeysOptions {
  readonly clock: Clock
  /** Gives what the server publishes now. Its texts are attacker-controlled only where TLS is broken. */
  readonly fetch: (signal: AbortSignal) => Promise<readonly PublicJwk[]>
}

const mostBytes = 65_536
const mostKeys = 64
const patience: Milliseconds = 5000
/** A name that nobody knows must not make us ask all the time. */
const askAgain: Milliseconds = 1000

/** Knows the keys by name. One that was denied stays unknown for good. */
export class PublishedKeys {
  readonly #options: PublishedKeysOptions
  readonly #denied = new Set<string>()
  #keys = new Map<string, KeyObject>()
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | null = null

  constructor(options: PublishedKeysOptions) {
    this.#options = options
  }

  /** A key that is known now. @param kid Attacker-controlled. */
  readonly of = (kid: string): KeyObject | undefined =>
    this.#denied.has(kid) ? undefined : this.#keys.get(kid)

  /** Makes sure that a key is known, if it is published. @throws Fault `connection-closed` */
  async learn(kid: string): Promise<void> {
    if (this.#denied.has(kid) || this.#keys.has(kid)) return
    if (this.#options.clock.monotonic() - this.#askedAt >= askAgain) this.#asking ??= this.#ask()
    await this.#asking
  }

  deny(kid: string): void {
    this.#denied.add(kid)
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#options.clock.monotonic()
    try {
      const jwks = await this.#options.fetch(AbortSignal.timeout(patience))
      const named = jwks.slice(0, mostKeys).filter(({ kid }) => kid !== undefined)
      this.#keys = new Map(named.map((jwk) => [jwk.kid ?? '', publicKeyOf(jwk)]))
    } finally {
      this.#asking = null
    }
  }
}

/** Asks a server's JWKS. @throws Fault `connection-closed`, `frame-oversized`, `key-invalid` */
export function jwksAt(place: HttpPlace): PublishedKeysOptions['fetch'] {
  return async (signal) => {
    const response = await get(place, signal)
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of response) {
      if (!(chunk instanceof Uint8Array)) continue
      length += chunk.length
      if (length > mostBytes) throw new Fault('frame-oversized', 'the list of keys is too long')
      chunks.push(chunk)
    }
    return read(Buffer.concat(chunks).toString())
  }
}

/** Passes over keys of other kinds, which a server may publish for others. */
function read(text: string): PublicJwk[] {
  const list = listIn(text)
  return list.flatMap((jwk) => {
    const { kty, crv, kid } = jwk
    return kty === 'EC' && crv === 'P-256' && typeof kid === 'string' ? [{ ...readPublicJwk(jwk), kid }] : []
  })
}

function listIn(text: string): readonly Partial<Record<string, unknown>>[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const keys = isObject(value) ? value['keys'] : undefined
  if (Array.isArray(keys)) return keys.filter(isObject)
  throw new Fault('key-invalid', 'that is no list of keys')
}

function isObject(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
