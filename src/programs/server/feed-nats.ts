// Tells the feed to NATS too, where the settings name one. The feed itself needs none, so that a NATS that is away holds
// up nothing.
import { openNats, type NatsFeed, type NatsPlace } from '#feed'
import { Fault, type Clock, type Milliseconds } from '#base'
import { readFileSync } from 'node:fs'
import type { ServerConfig } from './config.ts'
import type { Say } from './lines.ts'

/** What tells. */
export interface NatsTeller {
  /** Leaves out what cannot be told now: whoever lacks it sees the gap, and asks the server itself. */
  readonly tell: (text: string) => void
  readonly close: () => Promise<void>
}

const pause: Milliseconds = 5000

/** @throws Fault `config-invalid` for a file that cannot be read */
export function natsTeller(
  config: NonNullable<ServerConfig['nats']>,
  { clock, say }: { readonly clock: Clock; readonly say: Say },
): NatsTeller {
  const place = placeOf(config)
  let feed: NatsFeed | undefined
  let isClosed = false
  let stop: (() => void) | undefined
  const open = async (): Promise<void> => {
    const opened = await openNats(place).catch(() => undefined)
    if (isClosed) return opened?.close()
    feed = opened
    say(feed === undefined ? 'warning' : 'info', feed === undefined ? 'nats-away' : 'nats-joined')
    if (feed === undefined) stop = clock.after(pause, () => void open())
  }
  const opening = open()
  return {
    tell: (text) => feed?.tell(text),
    async close() {
      isClosed = true
      stop?.()
      await opening
      await feed?.close()
    },
  }
}

function placeOf({
  servers,
  subject,
  caFile,
  user,
  passwordFile,
}: NonNullable<ServerConfig['nats']>): NatsPlace {
  const ca = caFile === undefined ? undefined : textOf(caFile)
  const pass = passwordFile === undefined ? undefined : textOf(passwordFile).trim()
  return {
    servers,
    subject,
    ...(ca !== undefined && { ca }),
    ...(user !== undefined && pass !== undefined && { login: { user, pass } }),
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', 'a file of the setting "nats" cannot be read', { cause })
  }
}
