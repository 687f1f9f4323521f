// The reader's process: the only file of it that touches argv, env, exit and the real clock.
import { machineClock } from '#base'
import { Channel } from '#wire'
import { Socket } from 'node:net'
import { readerHandlers } from './handlers.ts'

const clock = machineClock({ Date, performance, setTimeout })

const channel = new Channel({
  stream: new Socket({ fd: 3 }),
  self: 'reader',
  peer: 'broker',
  handlers: readerHandlers(),
  clock,
  phase: () => 'ready',
})
await channel.closed
process.exit(0)
