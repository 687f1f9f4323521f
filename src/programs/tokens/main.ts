// The process that speaks with an organisation's token server. It holds tokens of minutes, and no key.
import { machineClock } from '#base'
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import process from 'node:process'
import { runTokens } from './tokens.ts'

await runTokens({
  stream: new Socket({ fd: 3 }),
  clock: machineClock({ Date, performance, setTimeout }),
  random: (length) => Uint8Array.from(randomBytes(length)),
})
process.exit(0)
