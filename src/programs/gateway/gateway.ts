// Serves clients on loopback for the broker: takes its messages, and puts keys in on the wire.
import { Fault, type Clock, type Milliseconds } from '#base'
import { parseKnownSecrets } from '#known'
import { LiveSecrets } from '#scrub'
import { Channel, SealingKey, type Handlers, type ReplyOf, type RequestOf } from '#wire'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { Admissions } from './admissions.ts'
import { Budgets } from './budgets.ts'
import { PhantomTable } from './phantoms.ts'
import { Records } from './records.ts'
import { makeServer } from './server.ts'
import { Upstreams } from './upstreams.ts'

/** What the process lends. */
export interface GatewayOptions {
  /** The pipe to the broker. */
  readonly stream: Duplex
  readonly clock: Clock
}

/** Answers that are under way get this long before connections are cut. */
const farewell: Milliseconds = 250

/** Serves until the broker goes away. */
export async function runGateway({ stream, clock }: GatewayOptions): Promise<void> {
  const gateway = new Gateway(clock, () => broker)
  const { handlers } = gateway
  const broker = new Channel({
    stream,
    self: 'gateway',
    peer: 'broker',
    handlers,
    clock,
    phase: () => 'ready',
  })
  await broker.closed
  await gateway.close()
}

class Gateway {
  readonly #clock: Clock
  readonly #sealing = new SealingKey()
  readonly #phantoms: PhantomTable
  readonly #records: Records
  readonly #budgets: Budgets
  readonly #admissions: Admissions
  #live: LiveSecrets | null = null
  #listening: Promise<Server> | null = null
  #upstreams: Upstreams | null = null

  readonly handlers: Handlers = {
    'gateway.serve': (request) => this.#serve(request),
    'gateway.phantoms': ({ phantoms }) => {
      this.#phantoms.replace(phantoms)
      return {}
    },
    'gateway.drop': ({ cut }) => {
      this.#admissions.drop()
      if (cut) this.#phantoms.cutAll(new Fault('calls-stopped', 'the person stopped all calls'))
      return {}
    },
    'reader.table': ({ table }) => {
      this.#live = new LiveSecrets(parseKnownSecrets(table))
      return {}
    },
  }

  constructor(clock: Clock, broker: () => Channel) {
    this.#clock = clock
    this.#phantoms = new PhantomTable(clock)
    this.#budgets = new Budgets(clock)
    this.#records = new Records(clock, (calls) => broker().tell('gateway.served', { calls }))
    this.#admissions = new Admissions({
      clock,
      ask: (request) => broker().ask('gateway.admit', request),
      open: (sealed, purpose) => this.#sealing.open(sealed, purpose),
    })
  }

  /** Ends what runs, with its record, and forgets every secret. */
  async close(): Promise<void> {
    this.#phantoms.replace([])
    this.#records.flush()
    this.#admissions.drop()
    const server = await this.#listening?.catch(() => null)
    if (server === null || server === undefined) return
    this.#clock.after(farewell, () => server.closeAllConnections())
    await new Promise((resolve) => server.close(resolve))
    await this.#upstreams?.close()
  }

  async #serve({ port, ca, usage }: RequestOf<'gateway.serve'>): Promise<ReplyOf<'gateway.serve'>> {
    this.#upstreams ??= new Upstreams(ca)
    this.#budgets.take(usage)
    this.#listening ??= this.#listen(port, this.#upstreams)
    return { port: portOf(await this.#listening), publicKey: this.#sealing.publicKey }
  }

  async #listen(port: number, upstreams: Upstreams): Promise<Server> {
    const server = makeServer({
      clock: this.#clock,
      phantoms: this.#phantoms,
      admissions: this.#admissions,
      records: this.#records,
      budgets: this.#budgets,
      upstreams,
      secrets: () => this.#secrets(),
    })
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void =>
        reject(new Fault('gateway-unavailable', `port ${port} is not free on 127.0.0.1`, { cause }))
      server.once('error', refuse)
      server.listen({ host: '127.0.0.1', port }, () => {
        server.off('error', refuse)
        resolve()
      })
    })
    return server
  }

  /** Without the table nothing could be masked, so nothing is asked for. */
  #secrets(): LiveSecrets {
    if (this.#live === null) throw new Fault('locked', 'the known secrets have not come yet')
    return this.#live
  }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
