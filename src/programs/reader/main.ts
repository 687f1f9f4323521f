// The reader's process, and, with --edits, the editor's: the only file of it that touches argv, env, exit and the real clock.
import { machineClock } from '#base'
import { Channel } from '#wire'
import { Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { readerHandlers } from './handlers.ts'

const clock = machineClock({ Date, performance, setTimeout })

const { edits } = parseArgs({ options: { edits: { type: 'string' } } }).values

const channel = new Channel({
  stream: new Socket({ fd: 3 }),
  self: edits === undefined ? 'reader' : 'editor',
  peer: 'broker',
  handlers: readerHandlers(edits),
  clock,
  phase: () => 'ready',
})
await channel.closed
process.exit(0)
