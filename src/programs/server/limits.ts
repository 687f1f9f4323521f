// How often one device, one tenant and one source may ask. A failed proof counts against where it came from, never
// against the device that it names: anybody can name a device.
import type { Clock, Milliseconds } from '#base'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP, isIPv6 } from 'node:net'

/** So many at once, and so many a minute after that. */
export interface Rate {
  readonly burst: number
  readonly perMinute: number
}

/** What is let through. */
export const defaultRates = {
  device: { burst: 20, perMinute: 6 },
  tenant: { burst: 20_000, perMinute: 300_000 },
  /** Failed proofs only. */
  source: { burst: 120, perMinute: 60 },
} as const satisfies Record<string, Rate>

/** Names that are remembered at once; the one that was full longest is forgotten first. */
const mostNames = 100_000

interface Bucket {
  level: number
  at: Milliseconds
}

/** One bucket of tokens for each name. */
export class Limit {
  readonly #rate: Rate
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, clock: Pick<Clock, 'monotonic'>) {
    this.#rate = rate
    this.#clock = clock
  }

  /** Takes one. @returns 0, or the milliseconds until there is one again. */
  take(name: string): Milliseconds {
    const bucket = this.#bucketOf(name)
    if (bucket.level < 1) return this.#wait(bucket)
    bucket.level--
    return 0
  }

  /** The same without taking one. */
  waitOf(name: string): Milliseconds {
    const bucket = this.#buckets.get(name)
    if (bucket === undefined || bucket.level >= 1) return 0
    this.#fill(bucket)
    return bucket.level < 1 ? this.#wait(bucket) : 0
  }

  #wait({ level }: Bucket): Milliseconds {
    return Math.ceil(((1 - level) * 60_000) / this.#rate.perMinute)
  }

  #bucketOf(name: string): Bucket {
    const bucket = this.#buckets.get(name) ?? { level: this.#rate.burst, at: this.#clock.monotonic() }
    this.#fill(bucket)
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size > mostNames) this.#forgetOldest()
    return bucket
  }

  #fill(bucket: Bucket): void {
    const now = this.#clock.monotonic()
    const gained = ((now - bucket.at) * this.#rate.perMinute) / 60_000
    bucket.level = Math.min(this.#rate.burst, bucket.level + gained)
    bucket.at = now
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}

/** Tells where a request comes from. */
export type SourceOf = (request: {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}) => string

/**
 * Makes what tells where a request comes from.
 * @param hops How many proxies of ours stand in front, each of which adds whom it heard to X-Forwarded-For. What stands
 *   before those is a stranger's word and counts for nothing; so does a header that is too short.
 */
export function sourcing(hops: number): SourceOf {
  return ({ headers, socket }) =>
    networkOf(forwardedFor(String(headers['x-forwarded-for'] ?? ''), hops) ?? socket.remoteAddress)
}

function forwardedFor(header: string, hops: number): string | undefined {
  if (hops === 0) return undefined
  const address = header.split(',').at(-hops)?.trim() ?? ''
  const bare = address.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')
  return isIP(bare) === 0 ? undefined : bare
}

/** The network that an address is counted under: itself, or its /64. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  if (!address.includes(':')) return address
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = plain.split('::')
  const before = head.split(':')
  const missing = plain.includes('::') ? 8 - before.length - (tail === '' ? 0 : tail.split(':').length) : 0
  return [...before, ...Array.from({ length: missing }, () => '0'), ...tail.split(':')].slice(0, 4).join(':')
}
