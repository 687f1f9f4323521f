// The feed over NATS: one server tells, every gateway and every other server hears, and nobody has to trust what lies between.
import { Fault, type Milliseconds } from '#base'
import type { NatsConnection } from '@nats-io/transport-node'
import type { FeedSource } from './source.ts'

/** Where NATS is, and who we are there. */
export interface NatsPlace {
  /** HOST:PORT of each. */
  readonly servers: readonly string[]
  readonly subject: string
  /** PEM. With it the connection is encrypted, and fails where the server does not show a certificate of this authority. */
  readonly ca?: string
  readonly login?: { readonly user: string; readonly pass: string }
}

/** A connection to NATS, kept up by itself. */
export interface NatsFeed {
  /** Tells all. What cannot be sent now is left out: whoever lacks it sees the gap, and asks the server itself. */
  readonly tell: (text: string) => void
  /** Calls with each text that comes; they are attacker-controlled. @returns Stops it. */
  readonly hear: (take: (text: string) => void) => () => void
  readonly close: () => Promise<void>
}

const toConnect: Milliseconds = 3000
const betweenAttempts: Milliseconds = 500
/** Texts that may wait for a gateway that is slow to check them; beyond it the connection is begun anew. */
const mostWaiting = 10_000

/** @throws Fault `connection-closed` if no server takes us. */
export async function openNats({ servers, subject, ca, login }: NatsPlace): Promise<NatsFeed> {
  // Most servers and gateways have no NATS, and need not load it.
  const { connect } = await import('@nats-io/transport-node')
  const connection = await connect({
    servers: [...servers],
    timeout: toConnect,
    maxReconnectAttempts: -1,
    reconnectTimeWait: betweenAttempts,
    ...(ca !== undefined && { tls: { ca } }),
    ...login,
  }).catch((cause: unknown) => {
    throw new Fault('connection-closed', 'no NATS server takes us', { cause })
  })
  return {
    tell: (text) => tell(connection, subject, text),
    hear(take) {
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) take(message.string())
        },
      })
      return () => subscription.unsubscribe()
    },
    close: () => connection.close(),
  }
}

function tell(connection: NatsConnection, subject: string, text: string): void {
  if (!connection.isClosed()) connection.publish(subject, text)
}

/**
 * Hears the feed from NATS. Where it starts, and what was told before, comes from the server's own answer; all that is
 * told meanwhile is kept until then.
 */
export function natsSource(nats: NatsFeed, server: FeedSource): FeedSource {
  return {
    async listen(listening, take) {
      const { signal } = listening
      let waiting: string[] = []
      let wake: (() => void) | null = null
      const stop = nats.hear((text) => {
        waiting.push(text)
        wake?.()
      })
      signal.addEventListener('abort', () => wake?.())
      try {
        await server.listen({ ...listening, isOnce: true }, take)
        while (!signal.aborted && !listening.isOnce) {
          if (waiting.length > mostWaiting)
            throw new Fault('connection-closed', 'too much waits to be checked')
          const texts = waiting
          waiting = []
          if (texts.length > 0) await take(texts)
          else await new Promise<void>((resume) => (wake = resume))
        }
      } finally {
        stop()
      }
    },
  }
}
