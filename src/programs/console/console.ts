// Serves the console for the broker: takes its messages, and listens on loopback once it is asked to.
import { Fault, type Clock, type Milliseconds, type Random } from '#base'
import { Channel, type Handlers, type ReplyOf, type RequestOf } from '#wire'
import type { Duplex } from 'node:stream'
import type { Desk } from './asking.ts'
import { Board } from './board.ts'
import { originOf } from './entrance.ts'
import { listenOnLoopback, type Listening } from './loopback.ts'
import type { Pages } from './pages.ts'
import { publishedLog } from './published.ts'
import { makeServer } from './server.ts'
import { Sessions } from './sessions.ts'

export interface ConsoleOptions {
  /** The pipe to the broker. */
  readonly stream: Duplex
  /** Reads what is served. @throws Fault `console-unavailable` */
  readonly readPages: () => Pages
  /** Folder of the journal. */
  readonly journal: string
  readonly clock: Clock
  readonly random: Random
}

/** Answers that are under way get this long before connections are cut. */
const farewell: Milliseconds = 250

/**
 * Speaks with the broker until it goes away, and serves the pages meanwhile. Ends too where it cannot serve: the broker
 * then starts a fresh one with the next link that a person asks for.
 * @returns Settles once every page was told and nothing listens any more.
 */
export async function runConsole(options: ConsoleOptions): Promise<void> {
  const { stream, clock, random } = options
  const sessions = new Sessions(clock, random)
  const board = new Board({ clock, status: () => broker.ask('status', {}, { within: 5000 }) })
  const ask: Desk['broker'] = { ask: (...asked) => broker.ask(...asked) }
  const published = publishedLog(options.journal)
  const place = new Place(options, { sessions, board, broker: ask, clock, published })
  const handlers: Handlers = {
    'console.serve': (request) => place.serve(request).catch(giveUp),
    'console.open': ({ bare = false }) => linkOf(sessions, place.port, bare),
    'consent.card': (card): undefined => board.show(card),
    'consent.ended': (ended): undefined => board.end(ended),
  }
  const broker = new Channel({
    stream,
    self: 'console',
    peer: 'broker',
    clock,
    phase: () => 'ready',
    handlers,
  })
  await broker.closed
  board.close()
  await place.close()

  function giveUp(thrown: unknown): never {
    clock.after(farewell, () => broker.close())
    throw thrown
  }
}

/** A code goes in the fragment, which no browser sends or logs. A bare link needs none: its page asks for a passkey. */
function linkOf(sessions: Sessions, port: number, isBare: boolean): ReplyOf<'console.open'> {
  if (port === 0) throw new Fault('console-unavailable', 'the console does not listen yet')
  if (isBare) return { url: `${originOf(port)}/`, expiresAt: null }
  const { code, expiresAt } = sessions.issueCode()
  return { url: `${originOf(port)}/#code=${code}`, expiresAt }
}

/** Where the console listens: nowhere, or on one port for as long as the process lives. */
class Place {
  readonly #options: ConsoleOptions
  readonly #desk: Desk
  #listening: Promise<Listening> | null = null
  #port = 0

  constructor(options: ConsoleOptions, desk: Desk) {
    this.#options = options
    this.#desk = desk
  }

  /** 0 before it listens. */
  get port(): number {
    return this.#port
  }

  /** Listens, or says where it listens already. @throws Fault `console-unavailable` */
  async serve({ port }: RequestOf<'console.serve'>): Promise<ReplyOf<'console.serve'>> {
    this.#listening ??= this.#listen(port)
    this.#port = (await this.#listening).port
    return { port: this.#port }
  }

  /** Lets what was just sent go out, then cuts every connection. */
  async close(): Promise<void> {
    const servers = (await this.#listening?.catch(() => null))?.servers ?? []
    this.#options.clock.after(farewell, () => servers.forEach((server) => server.closeAllConnections()))
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }

  async #listen(port: number): Promise<Listening> {
    const pages = this.#options.readPages()
    return listenOnLoopback(port, () => makeServer({ desk: this.#desk, pages, port: () => this.#port }))
  }
}
