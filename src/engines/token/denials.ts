// Tokens that were revoked before their time: asked for every request, so a few map look-ups and nothing else.
import { assertNever, type Milliseconds } from '#base'
import { clockSkew, longestLife, type AccessToken } from './access-token.ts'
import type { Denial, Deny } from './feed-event.ts'

/** What a denial looks at. */
export type Deniable = Pick<AccessToken, 'device' | 'epoch' | 'sub' | 'tenant' | 'kid' | 'iat'>

/** Below `least` is denied: an epoch, or a second of issue. */
interface Entry {
  readonly least: number
  /** Seconds. */
  readonly until: number
}

type Kind = Deny['kind']

/** How long a denial must be remembered: the life of a token and the skew of clocks, rounded up to 16 minutes. */
export const denialLife: Milliseconds = Math.ceil((longestLife * 1000 + clockSkew) / 60_000) * 60_000

const everything = ''

/**
 * Remembers denials until all tokens that they are about have expired. For one that is known already the stricter bound
 * holds. Dead entries leave when others come.
 */
export class Denials {
  readonly #entries: Readonly<Record<Kind, Map<string, Entry>>> = {
    device: new Map(),
    user: new Map(),
    tenant: new Map(),
    key: new Map(),
    all: new Map(),
  }
  #sweepAt: Milliseconds = 0

  /** How many are remembered, the dead among them. */
  get size(): number {
    return Object.values(this.#entries).reduce((sum, { size }) => sum + size, 0)
  }

  /** Denies from now on. */
  deny({ deny, until }: Denial, now: Milliseconds): void {
    if (now >= this.#sweepAt) this.#sweep(now)
    const entries = this.#entries[deny.kind]
    const id = deny.kind === 'all' ? everything : deny.id
    const known = entries.get(id)
    const least = Math.max(leastGood(deny), known?.least ?? 0)
    entries.set(id, { least, until: Math.max(until, known?.until ?? 0) })
  }

  /** Tells whether a token that is otherwise good must be refused. Takes well under 100 ns. */
  isDenied({ device, epoch, sub, tenant, kid, iat }: Deniable, now: Milliseconds): boolean {
    const entries = this.#entries
    return (
      isBelow(entries.device, device, epoch, now) ||
      isBelow(entries.user, sub, iat, now) ||
      isBelow(entries.tenant, tenant, iat, now) ||
      isBelow(entries.key, kid, iat, now) ||
      isBelow(entries.all, everything, iat, now)
    )
  }

  /** Once a minute. */
  #sweep(now: Milliseconds): void {
    this.#sweepAt = now + 60_000
    for (const entries of Object.values(this.#entries)) {
      for (const [id, { until }] of entries) if (until * 1000 <= now) entries.delete(id)
    }
  }
}

function leastGood(deny: Deny): number {
  switch (deny.kind) {
    case 'device':
      return deny.minEpoch
    case 'user':
    case 'tenant':
    case 'key':
    case 'all':
      return deny.issuedBefore + 1
    default:
      return assertNever(deny)
  }
}

function isBelow(entries: ReadonlyMap<string, Entry>, id: string, value: number, now: Milliseconds): boolean {
  if (entries.size === 0) return false
  const entry = entries.get(id)
  return entry !== undefined && value < entry.least && entry.until * 1000 > now
}
