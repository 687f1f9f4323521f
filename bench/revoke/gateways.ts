// Gateways of one process: each follows the feed and has answers under way; tells when the last one of a device was cut.
import { machineClock } from '#base'
import { FeedSubscriber, httpSource } from '#feed'
import { PublishedKeys, type PublicJwk } from '#token'
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

/** What the bench sends first. */
export interface Order {
  readonly url: string
  readonly issuer: string
  readonly published: readonly PublicJwk[]
  readonly gateways: number
  readonly devices: readonly string[]
  readonly streams: number
}

/** What it gets for each gateway and device: milliseconds since 1970. */
export interface Cut {
  readonly device: string
  /** When its first answer was cut, and with it every new request denied. */
  readonly deniedAt: number
  readonly cutAt: number
}

process.once('message', (order: Order) => void follow(order))

async function follow({ url, issuer, published, gateways, devices, streams }: Order): Promise<void> {
  const clock = machineClock({ Date, performance, setTimeout })
  const subscribers = Array.from({ length: gateways }, () => {
    const keys = new PublishedKeys({ clock, fetch: async () => JSON.stringify({ keys: published }) })
    const source = httpSource({ url: new URL(url) })
    return new FeedSubscriber({ source, keys, issuer, clock, random })
  })
  for (const subscriber of subscribers) {
    void subscriber.follow()
    for (const device of devices) open(subscriber, device, streams)
  }
  while (subscribers.some(({ status }) => status.state !== 'live')) await wait(5)
  process.send?.('ready')
}

function random(length: number) {
  return Uint8Array.from(randomBytes(length))
}

function open(subscriber: FeedSubscriber, device: string, streams: number): void {
  let left = streams
  let deniedAt = 0
  const bearer = { device, sub: 'ann', tenant: 't', epoch: 1, iat: 1, kid: 'k' }
  for (let i = 0; i < streams; i++) {
    subscriber.streams.open(bearer, () => {
      if (left === streams) deniedAt = now()
      left--
      if (left === 0) process.send?.({ device, deniedAt, cutAt: now() } satisfies Cut)
    })
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
