// The reader's process: the only file of it that touches argv, env, exit and the real clock.
import type { Clock } from '#base'
import { Channel } from '#wire'
import { Socket } from 'node:net'
import { readerHandlers } from './handlers.ts'

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, act) {
    const timer = setTimeout(act, delay).unref()
    return () => clearTimeout(timer)
  },
}

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
