// What people granted, and for how long: grants end by themselves, by either clock, whatever happens.
import { asFault, base64url, Fault, type Clock, type Milliseconds, type Random, type Secret } from '#base'
import type { Caller, Grant, Identity } from '#wire'
import { Approval, type ApprovedObject } from './approval.ts'
import { programOf } from './card.ts'
import { readGrants, removeGrants, writeGrants } from './grants-file.ts'

/** What a store is opened with. */
export interface GrantStoreOptions {
  /** Holds the grants that outlive a connection. Its folder exists and is private. */
  readonly file: string
  /** Authenticates the file. Lent for the life of the store; the owner wipes it after `close`. */
  readonly key: Secret
  readonly clock: Clock
  readonly random: Random
}

/** A grant to be made, and the approval that it rests on. */
export interface GrantWish {
  readonly approval: Approval
  /** Who gets it: the one that the approval is for. */
  readonly caller: Caller
  /** Version of the policies in force. */
  readonly policy: string
  /** Real absolute path, one that the approval covers. */
  readonly path: string
  readonly identity: Identity
  /** The assistant's connection; needed for `file-session`. */
  readonly session?: string
}

interface Held {
  readonly grant: Grant
  /** Monotonic clock at which it ends. */
  readonly until: Milliseconds
  readonly session: string | null
  /** Card that it comes from; null for one that was read from the file. */
  readonly card: string | null
  /** Aborted when the grant ends, however it does. */
  readonly end: AbortController
}

const lifetime: Readonly<Record<ApprovedObject['scope'], Milliseconds>> = {
  'file-session': 12 * 3_600_000,
  'folder-hour': 3_600_000,
  'folder-until-revoked': 30 * 86_400_000,
}
const mostGrants = 1000
/** How late a jump of the wall clock is noticed at most. */
const beat = 60_000
/** How often the file learns that time went on. */
const savedEvery = 600_000

/**
 * Keeps grants. A grant lives from the person's answer, never longer than its scope says by the wall clock, nor by the
 * monotonic one; a wall clock that was set back between two runs ends all that the file held.
 */
export class GrantStore {
  /** Fault `grants-corrupt` if the file could not be trusted and all in it was dropped, or why it could not be saved. */
  problem: Fault | null = null
  readonly #options: GrantStoreOptions
  readonly #held = new Map<string, Held>()
  readonly #listeners = new Set<() => void>()
  #stopBeat: () => void = () => {}
  /** Monotonic clock of the last writing. */
  #savedAt = -Infinity
  #isClosed = false

  private constructor(options: GrantStoreOptions) {
    this.#options = options
  }

  /** Reads what the file holds. A file that was changed is no error here: nothing of it is taken, see `problem`. */
  static open(options: GrantStoreOptions): GrantStore {
    const store = new GrantStore(options)
    store.#load()
    store.#plan()
    return store
  }

  /**
   * Makes a grant of what a person approved. A second call for the same object of the same card gives the same grant.
   * @returns Durable for folders, in memory only for `file-session`.
   * @throws Fault `consent-scope-refused` if the approval does not cover it; `consent-gone` if it is older than the
   *   grant would live; `busy` at 1000 grants; `locked` after `close`; `disk-full` or `internal`: nothing was granted.
   */
  add(wish: GrantWish): Grant {
    if (this.#isClosed) throw new Fault('locked', 'no grants are taken while locked')
    const held = this.#hold(wish, objectOf(wish))
    if (!this.#isLive(held)) throw new Fault('consent-gone', 'the approval is too old to grant anything')
    const same = this.#sameAs(held)
    if (same !== undefined) return same
    if (this.#held.size >= mostGrants) throw new Fault('busy', 'too many grants')
    this.#held.set(held.grant.id, held)
    try {
      if (isLasting(held)) this.#save()
    } catch (thrown) {
      this.#held.delete(held.grant.id)
      throw thrown
    }
    this.#changed()
    return held.grant
  }

  /** Grants in force, of one assistant or of all, the newest first. */
  list(assistant?: string): Grant[] {
    return this.live()
      .filter((grant) => assistant === undefined || grant.assistant === assistant)
      .toSorted((a, b) => b.createdAt - a.createdAt)
  }

  /** All grants in force at this moment. */
  live(): Grant[] {
    return [...this.#held.values()].filter((held) => this.#isLive(held)).map(({ grant }) => grant)
  }

  /** True while the grant exists and its time is not up. */
  isInForce(id: string): boolean {
    const held = this.#held.get(id)
    return held !== undefined && this.#isLive(held)
  }

  /** A signal that is aborted when the grant ends: at once when it is revoked, within a minute when its time is up. */
  whileInForce(id: string): AbortSignal {
    return this.#held.get(id)?.end.signal ?? AbortSignal.abort()
  }

  /**
   * Notes that a grant is about to be used. Ask this at the very use: a decision may be older than the grant's end.
   * @returns False if it is not in force.
   */
  touch(id: string): boolean {
    const held = this.#held.get(id)
    if (held === undefined || !this.#isLive(held)) return false
    this.#held.set(id, { ...held, grant: usedNow(held.grant, this.#options.clock) })
    return true
  }

  /** @throws Fault `grant-unknown`; `internal` if the file could neither be written nor removed (it ended all the same). */
  revoke(id: string): void {
    if (!this.#held.has(id)) throw new Fault('grant-unknown', 'no such grant')
    this.end((grant) => grant.id === id)
  }

  /** Ends every grant that `isOver` says so of. @returns Those that were in force. @throws Fault as `revoke` */
  end(isOver: (grant: Grant) => boolean): Grant[] {
    const ended = this.live().filter(isOver)
    this.#drop(({ grant }) => isOver(grant))
    return ended
  }

  /** Ends what was granted for one connection. */
  endSession(session: string): void {
    this.#drop((held) => held.session === session)
  }

  /** Tells of every grant that begins or ends; an end by time is told within a minute. @returns Ends the listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends the grants of this run; those in the file wait for the next. */
  close(): void {
    if (this.#isClosed) return
    this.#savedAt = -Infinity
    this.#beat()
    this.#isClosed = true
    this.#stopBeat()
    this.#forget([...this.#held.values()])
    this.#tell()
  }

  #load(): void {
    const { file, key, clock } = this.#options
    try {
      const saved = readGrants(file, key)
      if (saved === null || clock.now() < saved.savedAt) return
      for (const grant of saved.grants) this.#take(grant)
    } catch (thrown) {
      this.problem = asFault(thrown, 'the grants could not be read')
    }
  }

  #take(grant: Grant): void {
    const { clock } = this.#options
    const left = Math.min(grant.expiresAt - clock.now(), lifetime[grant.scope])
    const until = clock.monotonic() + left
    const held = { grant, until, session: null, card: null, end: new AbortController() }
    if (isLasting(held) && this.#isLive(held)) this.#held.set(grant.id, held)
  }

  #hold({ approval, caller, policy, path, identity, session }: GrantWish, object: ApprovedObject): Held {
    const { scope, until: wished = Infinity } = object
    const life = Math.min(lifetime[scope], wished - approval.answeredAt)
    const grant: Grant = {
      id: base64url(this.#options.random(12)),
      assistant: caller.assistant,
      destination: caller.destination,
      executable: (caller.proved.launcher ?? caller.proved).executable,
      program: programOf(caller),
      policy,
      scope,
      path,
      identity: { ...identity },
      createdAt: approval.answeredAt,
      expiresAt: approval.answeredAt + life,
      lastUsedAt: null,
      uses: 0,
      method: approval.method,
    }
    const until = approval.answeredMonotonic + life
    const own = scope === 'file-session' ? (session ?? null) : null
    return { grant, until, session: own, card: approval.card, end: new AbortController() }
  }

  #sameAs({ grant, session, card }: Held): Grant | undefined {
    const same = [...this.#held.values()].find(
      (other) => other.card === card && other.session === session && other.grant.path === grant.path,
    )
    return same?.grant
  }

  #isLive({ grant, until }: Held): boolean {
    return this.#left(grant.expiresAt, until) > 0
  }

  #left(expiresAt: Milliseconds, until: Milliseconds): Milliseconds {
    const { clock } = this.#options
    return Math.min(expiresAt - clock.now(), until - clock.monotonic())
  }

  #drop(isDropped: (held: Held) => boolean): void {
    const dropped = [...this.#held.values()].filter(isDropped)
    if (dropped.length === 0) return
    this.#forget(dropped)
    try {
      if (dropped.some(isLasting)) this.#saveOrRemove()
    } finally {
      this.#changed()
    }
  }

  #forget(over: readonly Held[]): void {
    for (const { grant, end } of over) {
      this.#held.delete(grant.id)
      end.abort()
    }
  }

  /** What was revoked must not come back at the next start, even if the disk is full. */
  #saveOrRemove(): void {
    try {
      this.#save()
    } catch {
      removeGrants(this.#options.file)
    }
  }

  #save(): void {
    const { file, key, clock } = this.#options
    const savedAt = clock.now()
    // If the wall clock was set back meanwhile, the file must not hold more time than is left.
    const grants = [...this.#held.values()].filter(isLasting).map(({ grant, until }) => ({
      ...grant,
      expiresAt: Math.max(0, Math.floor(savedAt + this.#left(grant.expiresAt, until))),
    }))
    writeGrants(file, key, { savedAt, grants })
    this.#savedAt = clock.monotonic()
  }

  #changed(): void {
    this.#plan()
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #plan(): void {
    this.#stopBeat()
    const left = [...this.#held.values()].map(({ grant, until }) => this.#left(grant.expiresAt, until))
    if (left.length === 0) return
    this.#stopBeat = this.#options.clock.after(Math.max(1, Math.min(beat, ...left)), () => this.#beat())
  }

  /** Drops what has ended and writes the time down. A disk that is full ends no grant and lengthens none. */
  #beat(): void {
    const ended = [...this.#held.values()].filter((held) => !this.#isLive(held))
    const wasLasting = [...this.#held.values()].some(isLasting)
    this.#forget(ended)
    try {
      if (wasLasting && this.#isStale(ended)) this.#save()
    } catch (thrown) {
      this.problem = asFault(thrown, 'the grants could not be saved')
    }
    this.#plan()
    if (ended.length > 0) this.#tell()
  }

  #isStale(ended: readonly Held[]): boolean {
    return ended.length > 0 || this.#options.clock.monotonic() - this.#savedAt >= savedEvery
  }
}

function isLasting({ grant }: Held): boolean {
  return grant.scope !== 'file-session'
}

function usedNow(grant: Grant, clock: Clock): Grant {
  return { ...grant, lastUsedAt: clock.now(), uses: grant.uses + 1 }
}

function objectOf({ approval, caller, path, session }: GrantWish): ApprovedObject {
  const object = Approval.is(approval) ? approval.objects.find((one) => one.path === path) : undefined
  if (object === undefined || !isFor(approval, caller)) {
    throw new Fault('consent-scope-refused', 'the person did not approve this')
  }
  if (object.scope === 'file-session' && session === undefined) {
    throw new Fault('consent-scope-refused', 'a grant for the session needs a connection')
  }
  return object
}

function isFor({ assistant, destination, program }: Approval, caller: Caller): boolean {
  return assistant === caller.assistant && destination === caller.destination && program === programOf(caller)
}
