// Speaks the wire with a broker as any local program could: for tests that attack it.
import { machineClock } from '#base'
import { Channel, placesOf, socketOf, type RequestOf } from '#wire'
import { connect, type Socket } from 'node:net'
import { homedir } from 'node:os'

interface House {
  readonly env: Record<string, string>
}

const clock = machineClock({ Date, performance, setTimeout })

/** A raw connection to the socket of a house. */
export function dialRaw({ env }: House): Promise<Socket> {
  const places = placesOf({ env, userFolder: homedir(), platform: process.platform })
  const socket = connect(socketOf(places, { env }))
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** A connection that has said hello in a role. */
export async function dial(house: House, hello: Omit<RequestOf<'hello'>, 'v'>): Promise<Channel> {
  const stream = await dialRaw(house)
  const channel = new Channel({
    stream,
    self: hello.role,
    peer: 'broker',
    handlers: {},
    clock,
    phase: () => 'ready',
  })
  await channel.ask('hello', { v: 1, ...hello })
  return channel
}
