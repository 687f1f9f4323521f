// The shim's way to the broker: connects when needed, starts a broker where none runs, and connects again after a loss.
import { Fault } from '#base'
import { messages, type MessageName, type ReplyOf, type RequestOf } from '#wire'
import * as z from 'zod'
import { connect, type Connection } from './connection.ts'
import { launchBroker } from './launch.ts'
import type { Machine } from './machine.ts'

/** What a client says of itself; longer names are cut. */
const claimShape = z.object({ name: z.string().transform(tidy), version: z.string().transform(tidy) })

/** Another shim may be starting the broker at the same moment: milliseconds between looks, and how many. */
const pause = 100
const looks = 50
const longestName = 128

export class BrokerLink {
  readonly #machine: Machine
  readonly #assistant: string
  #connecting: Promise<Connection> | null = null
  #open: Connection | null = null
  #claim: RequestOf<'client.claim'> | null = null
  #isClosed = false

  constructor(machine: Machine, assistant: string) {
    this.#machine = machine
    this.#assistant = assistant
  }

  /** Connects ahead of the first call. */
  prepare(): void {
    this.#connected().catch(() => {})
  }

  /**
   * Tells the broker what the client claims to be, once, and again after each reconnection.
   * @param client Attacker-controlled; anything of another shape is no claim.
   */
  claim(client: unknown): void {
    const parsed = claimShape.safeParse(client)
    if (!parsed.success || this.#claim !== null) return
    this.#claim = parsed.data
    this.#open?.tell('client.claim', parsed.data)
  }

  /**
   * Asks the broker. `signal` takes the request back, and with it the card that it raised.
   * @throws Fault `message-invalid` for a request that the broker would hang up on; `connection-closed` if it goes away
   *   meanwhile or `signal` is aborted; those of `connect` and of the broker.
   */
  async ask<Name extends MessageName>(
    name: Name,
    request: RequestOf<Name>,
    signal: AbortSignal,
  ): Promise<ReplyOf<Name>> {
    if (!messages[name].request.safeParse(request).success) {
      throw new Fault('message-invalid', 'an argument is too long or has the wrong shape')
    }
    const connection = await this.#connected()
    return connection.ask(name, request, { signal })
  }

  close(): void {
    this.#isClosed = true
    this.#connecting?.then((connection) => connection.close()).catch(() => {})
  }

  #connected(): Promise<Connection> {
    this.#connecting ??= this.#reach()
    return this.#connecting
  }

  async #reach(): Promise<Connection> {
    try {
      const connection = await this.#connectOrStart()
      this.#open = connection
      void connection.closed.then(() => (this.#connecting = this.#open = null))
      if (this.#claim !== null) connection.tell('client.claim', this.#claim)
      if (this.#isClosed) connection.close()
      return connection
    } catch (thrown) {
      this.#connecting = null
      throw thrown
    }
  }

  async #connectOrStart(): Promise<Connection> {
    try {
      return await this.#connect()
    } catch (thrown) {
      if (!isFault(thrown, 'not-running')) throw thrown
    }
    try {
      const broker = await launchBroker(this.#machine, 'ignore')
      broker.leave()
    } catch (thrown) {
      if (!isFault(thrown, 'already-running')) throw thrown
    }
    return this.#connectSoon(looks)
  }

  async #connectSoon(left: number): Promise<Connection> {
    try {
      return await this.#connect()
    } catch (thrown) {
      if (!isFault(thrown, 'not-running') || left === 0) throw thrown
    }
    await this.#machine.pause(pause)
    return this.#connectSoon(left - 1)
  }

  #connect(): Promise<Connection> {
    return connect(this.#machine, { role: 'shim', assistant: this.#assistant })
  }
}

function isFault(thrown: unknown, code: Fault['code']): boolean {
  return thrown instanceof Fault && thrown.code === code
}

function tidy(text: string): string {
  return text.slice(0, longestName).toWellFormed() || 'unnamed'
}
