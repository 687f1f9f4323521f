// Revokes: gateways deny at once, the register keeps it, and whoever asked hears of it when both are done.
import { asFault, Fault, type Clock, type Milliseconds } from '#base'
import { FeedHub, OpenStreams, type Sequenced } from '#feed'
import type { FleetEvent } from '#journal'
import type { Deny as KeptDeny, Device, Registry, Revocation } from '#registry'
import { denialLife, Denials, signerOf, type Denial, type Deny } from '#token'
import type { KeyObject } from 'node:crypto'
import { suspensionMargin } from './suspending.ts'

/** What revoking works with. */
export interface RevokingOptions {
  readonly registry: Pick<Registry, 'devices' | 'revocations' | 'suspensions'>
  /** The key to sign with now. */
  readonly keys: { current(): { readonly kid: string; readonly privateKey: KeyObject } }
  /** Takes a signing key out of use, on all servers. Durable once it settles. */
  readonly denyKey: (kid: string) => Promise<void>
  readonly issuer: string
  readonly clock: Clock
  /** Records what was done. Durable once it settles. */
  readonly record: (event: FleetEvent) => Promise<void>
  /** Something of ours failed in the background; it is tried again. */
  readonly onFault: (fault: Fault) => void
  /** Gets all that the feed says, but starts, for those who hear it another way. */
  readonly alsoTell?: ((text: string) => void) | undefined
}

/** Who revokes, and why. */
export interface Cause {
  readonly by: string
  /** For the journal; null if none was given. */
  readonly reason: string | null
}

/** What is revoked as a whole. */
export type Target =
  | { readonly kind: 'user' | 'tenant' | 'key'; readonly id: string }
  | { readonly kind: 'all' }

/** Who gets nothing until they are released. */
export type Suspended = { readonly kind: 'user' | 'tenant'; readonly id: string }

/** Above every epoch: a device that was revoked never comes back. */
const noEpoch = Number.MAX_SAFE_INTEGER
/** How often the register is asked what other processes revoked. */
const pollEvery = 250
/** Gateways that may follow one process. */
const mostListeners = 10_000

/** Revokes, and tells the feed what this process and all others revoked. */
export class Revoking {
  readonly hub: FeedHub
  /** What this server itself must refuse. */
  readonly denials = new Denials()
  /** Answers of this server that go on, such as the feed itself. */
  readonly streams = new OpenStreams(this.denials)
  readonly #options: RevokingOptions
  #catching: Promise<void> | null = null
  #stopPoll: () => void = () => {}
  #isClosed = false

  private constructor(options: RevokingOptions, seq: number) {
    const { keys, clock, issuer, alsoTell } = options
    this.#options = options
    const signer = () => {
      const { kid, privateKey } = keys.current()
      return { kid, sign: signerOf(privateKey) }
    }
    this.hub = new FeedHub({ clock, issuer, signer, mostListeners, alsoTell }, seq)
  }

  /** Takes up what is revoked already, and begins to ask for more. @throws Fault `database-…` */
  static async open(options: RevokingOptions): Promise<Revoking> {
    const { revocations } = options.registry
    const last = await revocations.last()
    const [first] = await revocations.after(0)
    const revoking = new Revoking(options, first === undefined ? last : first.seq - 1)
    await revoking.catchUp()
    revoking.#poll()
    return revoking
  }

  /**
   * Ends a device for good: its tokens, its answers under way and its key. Again if it was revoked before.
   * @returns Its number in the feed; durable, and told.
   * @throws Fault `device-not-listed`; `database-…` if it may not be durable: then gateways deny it for 16 minutes, and it
   *   must be revoked again.
   */
  async device(id: string, cause: Cause): Promise<number> {
    const deny: Deny = { kind: 'device', id, minEpoch: noEpoch }
    // Nothing is looked up before gateways are told: to deny a device that there is not takes nothing from anybody.
    const [device] = await Promise.all([this.#options.registry.devices.revoke(id), this.#early(deny)])
    return this.#enact(device, deny, { what: 'revoke', cause })
  }

  /**
   * Denies a device until it is released, and leaves it its key.
   * @returns Its number in the feed; durable, and told.
   * @throws Fault as for `device`
   */
  async quarantine(id: string, cause: Cause): Promise<number> {
    const { devices } = this.#options.registry
    const known = await devices.byId(id)
    // Its epoch stays, and release raises it.
    const deny: Deny = { kind: 'device', id, minEpoch: (known?.epoch ?? 0) + 1 }
    if (known !== null) await Promise.all([devices.quarantine(id), this.#early(deny)])
    return this.#enact(known, deny, { what: 'quarantine', cause })
  }

  /**
   * Denies all tokens that were issued until now to a user, in a tenant, with a key, or at all. Devices may mint anew,
   * but not with that key.
   * @returns Its number in the feed; durable, and told.
   */
  async all(target: Target, cause: Cause): Promise<number> {
    const deny = this.#denyOf(target)
    if (target.kind === 'key') await this.#options.denyKey(target.id)
    const [seq] = await Promise.all([this.#append(deny), this.#early(deny)])
    const what = target.kind === 'key' ? 'key' : 'deny'
    const of = target.kind === 'all' ? {} : { [target.kind]: target.id }
    await this.#record({ what, ...of, seq }, cause)
    return seq
  }

  /**
   * Gives a user, or everybody in a tenant, no new token until they are released, and denies all that they have.
   * @returns Its number in the feed; durable, and told.
   */
  async suspend(who: Suspended, cause: Cause): Promise<number> {
    const issuedBefore = Math.ceil((this.#options.clock.now() + suspensionMargin) / 1000)
    const deny: Deny = { ...who, issuedBefore }
    const life = denialLife + suspensionMargin
    const early = this.#early(deny, life)
    // First: whoever asks from now on gets none, so that the denial is about all there are.
    await Promise.all([this.#options.registry.suspensions.suspend(who), early])
    const seq = await this.#append(deny, life)
    await this.#record({ what: 'suspend', [who.kind]: who.id, seq }, cause)
    return seq
  }

  /**
   * Lets a user or a tenant have tokens again. Those that were denied stay denied; two minutes after a suspension all new
   * ones are good. The record comes first.
   * @throws Fault `not-suspended`
   */
  async resume(who: Suspended, cause: Cause): Promise<void> {
    await this.#record({ what: 'resume', [who.kind]: who.id }, cause)
    if (!(await this.#options.registry.suspensions.lift(who))) {
      throw new Fault('not-suspended', 'nobody of that name is suspended')
    }
  }

  /** Tells the feed all that the register holds by now. */
  catchUp(): Promise<void> {
    this.#catching ??= this.#catch().finally(() => {
      this.#catching = null
    })
    return this.#catching
  }

  /** Ends the feed. */
  close(): void {
    this.#isClosed = true
    this.#stopPoll()
    this.hub.close()
  }

  /** A stolen key signs whatever time its thief likes: it is denied for as long as anything it signed could be good. */
  #denyOf(target: Target): Deny {
    const issuedBefore = Math.floor(this.#options.clock.now() / 1000)
    if (target.kind === 'all') return { kind: 'all', issuedBefore }
    const { kind, id } = target
    return { kind, id, issuedBefore: kind === 'key' ? issuedBefore + 2 * (denialLife / 1000) : issuedBefore }
  }

  async #enact(
    device: Device | null,
    deny: Deny,
    { what, cause }: { readonly what: 'revoke' | 'quarantine'; readonly cause: Cause },
  ): Promise<number> {
    if (device === null) throw new Fault('device-not-listed', 'there is no such device')
    const { id, tenant, user } = device
    const seq = await this.#append(deny)
    await this.#record({ what, device: id, tenant, user, seq }, cause)
    return seq
  }

  async #early(deny: Deny, life = denialLife): Promise<void> {
    const now = this.#options.clock.now()
    const denial = { deny, until: Math.ceil((now + life) / 1000) }
    this.#deny(denial, now)
    await this.hub.early(denial)
  }

  async #append(deny: Deny, life = denialLife): Promise<number> {
    const { registry, clock } = this.#options
    const seq = await registry.revocations.append(kept(deny), clock.now() + life)
    // The one under way may have read before this was there.
    await this.#catching?.catch(() => {})
    if (this.hub.seq < seq) await this.catchUp()
    return seq
  }

  async #catch(): Promise<void> {
    const { registry, clock } = this.#options
    const found = await registry.revocations.after(this.hub.seq)
    for (const revocation of found) this.#deny(sequenced(revocation), clock.now())
    // What is missing between two was removed, and so were all before it, but for the skew of two servers' clocks.
    const gap = found.findLastIndex(({ seq }, at) => at > 0 && seq - 1 !== found[at - 1]?.seq)
    const fresh = found.slice(Math.max(gap, 0))
    const [first] = fresh
    if (first === undefined) return
    this.hub.skipTo(first.seq - 1)
    await this.hub.append(fresh.map(sequenced))
  }

  #deny(denial: Denial, now: Milliseconds): void {
    this.denials.deny(denial, now)
    this.streams.cut(denial.deny, now)
  }

  #poll(): void {
    const { clock, onFault } = this.#options
    this.#stopPoll = clock.after(pollEvery, () => {
      this.catchUp()
        .catch((thrown: unknown) => onFault(asFault(thrown, 'the register does not tell what is revoked')))
        .finally(() => {
          if (!this.#isClosed) this.#poll()
        })
    })
  }

  #record(event: Omit<FleetEvent, 'v' | 'kind'>, { by, reason }: Cause): Promise<void> {
    return this.#options.record({ v: 1, kind: 'fleet', ...event, by, ...(reason !== null && { reason }) })
  }
}

function kept(deny: Deny): KeptDeny {
  return deny.kind === 'all' ? { ...deny, id: '' } : deny
}

function sequenced({ seq, deny, until }: Revocation): Sequenced {
  const told: Deny = deny.kind === 'device' ? deny : wholly(deny)
  return { seq, deny: told, until: Math.ceil(until / 1000) }
}

function wholly({ kind, id, issuedBefore }: Exclude<KeptDeny, { kind: 'device' }>): Deny {
  return kind === 'all' ? { kind, issuedBefore } : { kind, id, issuedBefore }
}
