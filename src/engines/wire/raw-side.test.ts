// For the tests of this room: channels with each other, and a channel with a raw stream at its other end.
import assert from 'node:assert/strict'
import { duplexPair, type Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from '#base'
import { Channel, type Handlers } from './channel.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import type { Phase, Role } from './roles.ts'

export interface Setting {
  readonly self?: Role
  readonly peer?: Role | null
  readonly phase?: Phase
  readonly handlers?: Handlers
}

/** A channel, and the raw stream at its other end. */
export function open({ self = 'broker', peer = 'cli', phase = 'ready', handlers = {} }: Setting = {}) {
  const [stream, far] = duplexPair()
  const clock = new ManualClock()
  const refused: string[] = []
  const channel = new Channel({
    stream,
    self,
    peer,
    handlers,
    clock,
    phase: () => phase,
    refused: ({ code }) => refused.push(code),
  })
  return { channel, far: new Far(far), clock, refused }
}

class Far {
  readonly stream: Duplex
  readonly #got: Record<string, unknown>[] = []

  constructor(stream: Duplex) {
    this.stream = stream
    const frames = new FrameReader(() => 100_000_000)
    stream.on('data', (bytes: Uint8Array) => this.#got.push(...frames.push(bytes)))
  }

  /** Sends one envelope and gives what has come back since the last call. */
  async send(envelope: object): Promise<Record<string, unknown>[]> {
    return this.raw(encodeFrame(envelope, 100_000_000))
  }

  async raw(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
    this.stream.write(bytes)
    await turns()
    return this.#got.splice(0)
  }
}

export async function turns(): Promise<void> {
  for (let round = 0; round < 4; round++) await turn()
}

/** Two channels that speak with each other. */
export function pair(
  near: Setting,
  distant: Setting,
): { near: Channel; distant: Channel; clock: ManualClock } {
  const [one, other] = duplexPair()
  const clock = new ManualClock()
  const make = (
    stream: Duplex,
    { self = 'broker', peer = 'cli', phase = 'ready', handlers = {} }: Setting,
  ): Channel => new Channel({ stream, self, peer, handlers, clock, phase: () => phase })
  return { near: make(one, near), distant: make(other, distant), clock }
}

/** The fault in an envelope. */
export function faultOf(envelope: Record<string, unknown> | undefined): { code: string; message: string } {
  assert.ok(envelope !== undefined)
  return envelope['f'] as { code: string; message: string }
}
