// A server with a hub, and gateways that follow it over loopback, on clocks that only the test moves.
import { ManualClock, type Milliseconds } from '#base'
import {
  denialLife,
  publicJwkOf,
  PublishedKeys,
  signFeedEvent,
  signerOf,
  type Deny,
  type FeedEvent,
} from '#token'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { FeedHub, type Sequenced } from './hub.ts'
import { httpSource, type FeedSource } from './source.ts'
import { eventOf } from './sse.ts'
import { FeedSubscriber, type SilencePolicy } from './subscriber.ts'

export const issuer = 'https://as.example'

export class Keys {
  readonly pairs = new Map<string, ReturnType<typeof newPair>>([['k1', newPair()]])
  current = 'k1'

  sign(event: FeedEvent, clock: ManualClock, by: { issuer?: string; kid?: string } = {}): Promise<string> {
    const { kid = this.current, issuer: iss = issuer } = by
    return signFeedEvent(event, { issuer: iss, kid, now: clock.now() }, this.signer(kid).sign)
  }

  signer(kid = this.current) {
    return { kid, sign: signerOf((this.pairs.get(kid) ?? newPair()).privateKey) }
  }

  published() {
    return [...this.pairs].map(([kid, { publicKey }]) => ({ ...publicJwkOf(publicKey), kid }))
  }
}

function newPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** Serves `GET /feed` as a program would, and can be killed. */
export class Stand {
  readonly clock = new ManualClock()
  readonly keys: Keys
  readonly hub: FeedHub
  readonly server: Server
  asked: URL[] = []
  /** Answers instead of the hub, when set. */
  answer: ((url: URL, response: ServerResponse) => Promise<void> | void) | null = null

  constructor(keys = new Keys(), seq = 0, alsoTell?: (text: string) => void) {
    this.keys = keys
    const { clock } = this
    this.hub = new FeedHub({ clock, issuer, signer: () => keys.signer(), mostListeners: 8, alsoTell }, seq)
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', issuer)
      this.asked.push(url)
      const after = url.searchParams.get('after')
      const joining = {
        after: after === null ? null : Number(after),
        nonce: url.searchParams.get('nonce') ?? '',
        isOnce: url.searchParams.has('once'),
      }
      const answered = this.answer === null ? this.hub.serve(joining, response) : this.answer(url, response)
      answered?.catch(() => response.writeHead(503).end())
    })
  }

  async listen(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1')
    await once(this.server, 'listening')
    return this
  }

  get url(): URL {
    const address = this.server.address()
    return new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/feed`)
  }

  /** A gateway on a clock of its own. */
  gateway(options: { source?: FeedSource; policy?: SilencePolicy; now?: Milliseconds } = {}): Gateway {
    return new Gateway(this.keys, { source: httpSource({ url: this.url }), ...options })
  }

  deny(seq: number, deny: Deny): Promise<void> {
    return this.hub.append([this.sequenced(seq, deny)])
  }

  sequenced(seq: number, deny: Deny): Sequenced {
    return { seq, deny, until: Math.floor((this.clock.now() + denialLife) / 1000) }
  }

  async kill(): Promise<void> {
    this.hub.close()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Says what it is given, after a good start. */
  sayAfterStart(...events: readonly (FeedEvent | string)[]): void {
    this.answer = async (url, response) => {
      const base = Number(url.searchParams.get('after') ?? 0)
      const start = { kind: 'start', nonce: url.searchParams.get('nonce') ?? '', base, seq: base } as const
      for (const event of [start, ...events]) {
        response.write(eventOf(typeof event === 'string' ? event : await this.keys.sign(event, this.clock)))
      }
    }
  }
}

export class Gateway {
  readonly clock: ManualClock
  readonly subscriber: FeedSubscriber
  readonly followed: Promise<void>

  constructor(keys: Keys, options: { source: FeedSource; policy?: SilencePolicy; now?: Milliseconds }) {
    const { now, ...rest } = options
    this.clock = new ManualClock(now)
    const { clock } = this
    const published = new PublishedKeys({
      clock,
      fetch: async () => JSON.stringify({ keys: keys.published() }),
    })
    this.subscriber = new FeedSubscriber({
      clock,
      issuer,
      random: (length) => Uint8Array.from(randomBytes(length)),
      keys: published,
      ...rest,
    })
    this.followed = this.subscriber.follow()
  }

  async close(): Promise<void> {
    this.subscriber.close()
    await this.followed
  }
}

/** Waits for what must come; the time only bounds how long a test hangs. */
export async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 4000; round++) {
    if (holds()) return
    await wait(1)
  }
  throw new Error('it did not come')
}

/** A token of each kind of owner. */
export const token = { device: 'd1', epoch: 2, sub: 'ann', tenant: 't1', kid: 'k1', iat: 1_767_225_600 }
