// The cards that wait for the person, and the pages that show them.
import type { Clock, Milliseconds } from '#base'
import type { Card, ReplyOf, RequestOf } from '#wire'

/** A page that listens. */
export interface Watcher {
  /** Gives an event to the page. Never throws. */
  send(event: BoardEvent): void
  /** False once the page's session is over. */
  isSignedIn(): boolean
  end(): void
}

export type BoardEvent =
  /** First of every stream: what a page showed before is void. `now`: clock of this machine. */
  | { readonly name: 'hello'; readonly data: { readonly now: Milliseconds } }
  | { readonly name: 'card'; readonly data: Card }
  | { readonly name: 'ended'; readonly data: RequestOf<'consent.ended'> }
  /** Grants, log or status are no longer what a page has loaded. */
  | { readonly name: 'changed'; readonly data: Record<string, never> }
  | { readonly name: 'alive'; readonly data: Record<string, never> }
  | { readonly name: 'signed-out'; readonly data: Record<string, never> }
  /** The broker is gone: nothing can be answered any more. */
  | { readonly name: 'gone'; readonly data: Record<string, never> }

export interface BoardOptions {
  readonly clock: Clock
  /** Asks the broker how it is, to see whether anything changed. */
  readonly status: () => Promise<ReplyOf<'status'>>
}

/** A heartbeat comes this often. */
const beat: Milliseconds = 10_000
/** What follows an answer is in the log by then. */
const settling: Milliseconds = 400
const mostWatchers = 16

/** Keeps what is pending, and tells every page of what comes and goes. */
export class Board {
  readonly #options: BoardOptions
  readonly #cards = new Map<string, Card>()
  readonly #watchers = new Set<Watcher>()
  #isBeating = false
  #lastState = ''

  constructor(options: BoardOptions) {
    this.#options = options
  }

  show(card: Card): undefined {
    this.#cards.set(card.id, card)
    this.#tell({ name: 'card', data: card })
  }

  end(ended: RequestOf<'consent.ended'>): undefined {
    this.#cards.delete(ended.id)
    this.#tell({ name: 'ended', data: ended })
    this.changeSoon()
  }

  /** Lets pages load grants, log and status again, once what was just done is recorded. */
  changeSoon(): void {
    this.#options.clock.after(settling, () => this.#tell({ name: 'changed', data: {} }))
  }

  /** Gives a page all that is pending, and from here on all that happens. @returns False with too many pages. */
  attach(watcher: Watcher): boolean {
    if (this.#watchers.size >= mostWatchers) return false
    this.#watchers.add(watcher)
    watcher.send({ name: 'hello', data: { now: this.#options.clock.now() } })
    for (const card of this.#cards.values()) watcher.send({ name: 'card', data: card })
    this.#beatOn()
    return true
  }

  detach(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  /** The broker is gone: every page is told, and let go. */
  close(): void {
    this.#cards.clear()
    this.#tell({ name: 'gone', data: {} })
    for (const watcher of this.#watchers) watcher.end()
    this.#watchers.clear()
  }

  #tell(event: BoardEvent): void {
    for (const watcher of this.#watchers) watcher.send(event)
  }

  #beatOn(): void {
    if (this.#isBeating || this.#watchers.size === 0) return
    this.#isBeating = true
    this.#options.clock.after(beat, () => {
      this.#isBeating = false
      for (const watcher of this.#watchers) this.#beat(watcher)
      void this.#lookForChange()
      this.#beatOn()
    })
  }

  #beat(watcher: Watcher): void {
    if (watcher.isSignedIn()) return watcher.send({ name: 'alive', data: {} })
    watcher.send({ name: 'signed-out', data: {} })
    this.#watchers.delete(watcher)
    watcher.end()
  }

  /** Reads under a standing grant bring no card; the log that grew tells of them. */
  async #lookForChange(): Promise<void> {
    const state = await this.#options.status().then(stateOf, () => 'unknown')
    if (this.#lastState !== '' && state !== this.#lastState) this.#tell({ name: 'changed', data: {} })
    this.#lastState = state
  }
}

function stateOf({ phase, journal, grants, assistants, programs }: ReplyOf<'status'>): string {
  return JSON.stringify([phase, journal?.size, grants, assistants.length, programs.map(({ pid }) => pid)])
}
