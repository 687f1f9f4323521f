// The gateway's process: the only file of it that touches argv, env, exit and the real clock.
import { machineClock } from '#base'
import { Socket } from 'node:net'
import process from 'node:process'
import { runGateway } from './gateway.ts'

// Ctrl-C reaches the whole group. When the broker is done it closes the pipe, and that ends us.
process.on('SIGINT', () => {})

await runGateway({
  stream: new Socket({ fd: 3 }),
  clock: machineClock({ Date, performance, setTimeout }),
})
process.exit(0)
