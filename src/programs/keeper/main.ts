// The keeper's process: the only file of it that touches argv, env, exit and the real clock.
import { machineClock } from '#base'
import { denyDump } from '#os'
import { Channel } from '#wire'
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { Keeper } from './keeper.ts'

const clock = machineClock({ Date, performance, setTimeout })

denyDump()
// Ctrl-C reaches the whole group. When the broker is done it closes the pipe, and that ends us.
process.on('SIGINT', () => {})

const [flag, dir] = process.argv.slice(2)
if (flag !== '--vault' || dir === undefined) process.exit(2)

const keeper = new Keeper({
  dir,
  platform: process.platform,
  env: process.env,
  clock,
  random: (length) => Uint8Array.from(randomBytes(length)),
  report: (sentence) => process.stderr.write(`keyreeve: ${sentence}\n`),
})
const channel = new Channel({
  stream: new Socket({ fd: 3 }),
  self: 'keeper',
  peer: 'broker',
  handlers: keeper.handlers,
  clock,
  phase: () => keeper.phase,
})
await channel.closed
keeper.lock()
process.exit(0)
