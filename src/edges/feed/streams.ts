// The answers that are under way, so that a revocation ends them and not only the next request.
import type { Milliseconds } from '#base'
import type { AccessToken, Denials, Deny } from '#token'

/** What is known of the token behind an answer. */
export type Bearer = Pick<AccessToken, 'device' | 'sub' | 'tenant' | 'epoch' | 'iat' | 'kid'>

interface Stream {
  readonly bearer: Bearer
  readonly cut: () => void
}

/** Knows who is being answered, by device, user and tenant. */
export class OpenStreams {
  readonly #denials: Denials
  readonly #all = new Set<Stream>()
  readonly #by = {
    device: new Map<string, Set<Stream>>(),
    user: new Map<string, Set<Stream>>(),
    tenant: new Map<string, Set<Stream>>(),
  }

  /** @param denials Those that say, once a revocation is among them, whose stream it ends. */
  constructor(denials: Denials) {
    this.#denials = denials
  }

  get size(): number {
    return this.#all.size
  }

  /**
   * Takes note of an answer that begins. Call it after the token was found good, and before anything is awaited.
   * @param cut Ends the answer and what feeds it; called at most once, and not after it was closed.
   * @returns To be called when the answer has come to its own end.
   */
  open(bearer: Bearer, cut: () => void): () => void {
    const stream = { bearer, cut }
    this.#all.add(stream)
    for (const [index, name] of this.#placesOf(bearer)) {
      const those = index.get(name) ?? new Set()
      index.set(name, those.add(stream))
    }
    return () => this.#forget(stream)
  }

  /** Ends what a revocation hits. @returns How many answers that were. */
  cut(deny: Deny, now: Milliseconds): number {
    const hit = [...this.#candidates(deny)].filter(({ bearer }) => this.#denials.isDenied(bearer, now))
    for (const stream of hit) {
      this.#forget(stream)
      stream.cut()
    }
    return hit.length
  }

  #candidates(deny: Deny): Iterable<Stream> {
    return deny.kind === 'all' || deny.kind === 'key' ? this.#all : (this.#by[deny.kind].get(deny.id) ?? [])
  }

  #forget(stream: Stream): void {
    this.#all.delete(stream)
    for (const [index, name] of this.#placesOf(stream.bearer)) {
      const those = index.get(name)
      those?.delete(stream)
      if (those?.size === 0) index.delete(name)
    }
  }

  #placesOf({ device, sub, tenant }: Bearer): readonly (readonly [Map<string, Set<Stream>>, string])[] {
    const { device: devices, user, tenant: tenants } = this.#by
    return [
      [devices, device],
      [user, sub],
      [tenants, tenant],
    ]
  }
}
