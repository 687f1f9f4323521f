// A doorbell at the client: while the person is being asked, a client that can show a link shows the console's.
import type { Milliseconds } from '#base'
import type { McpServer } from '@modelcontextprotocol/server'
import type { BrokerLink } from './broker-link.ts'
import type { Machine } from './machine.ts'

/** What takes longer than this waits for a person, most likely. */
const patience: Milliseconds = 1500
/** Not more often than this. */
const quiet: Milliseconds = 60_000

/**
 * Rings by an elicitation in URL mode, for clients that declare it. What the client answers is thrown away: it is the
 * guarded party's word, and no consent. The link carries nothing and is of no use in a page that is not signed in.
 * Clients of the protocol of 2026 cannot be asked during a call, and get none.
 * @see MCP 2025-11-25, "Elicitation", URL mode
 */
export class ClientDoorbell {
  readonly #server: McpServer['server']
  readonly #link: BrokerLink
  readonly #machine: Pick<Machine, 'clock'>
  #rungAt = -Infinity

  constructor(server: McpServer, link: BrokerLink, machine: Pick<Machine, 'clock'>) {
    this.#server = server.server
    this.#link = link
    this.#machine = machine
  }

  /** Gives what `work` gives, and rings if that takes long. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    const cancel = this.#machine.clock.after(patience, () => void this.#ring().catch(() => {}))
    try {
      return await work
    } finally {
      cancel()
    }
  }

  async #ring(): Promise<void> {
    const now = this.#machine.clock.monotonic()
    if (this.#server.getClientCapabilities()?.elicitation?.url === undefined) return
    if (now - this.#rungAt < quiet) return
    this.#rungAt = now
    const { console: place } = await this.#link.ask('status', {}, new AbortController().signal)
    if (place === null) return
    await this.#server.elicitInput({
      mode: 'url',
      message: 'Keyreeve asks you in its console. Answer there; what you answer here decides nothing.',
      elicitationId: `keyreeve-${Math.trunc(now)}`,
      url: `http://console.localhost:${place.port}/`,
    })
  }
}
