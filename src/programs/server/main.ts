// The token server's process: the only file of it that touches argv, env, exit and the real clock.
import { asFault, machineClock } from '#base'
import { denyDump } from '#os'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readServerConfig } from './config.ts'
import { lineWriter } from './lines.ts'
import { startServer } from './server.ts'

const root = new URL(import.meta.filename.endsWith('.ts') ? '../../../' : '../../', import.meta.url)
const clock = machineClock({ Date, performance, setTimeout })
const say = lineWriter((line) => void writeSync(2, line), clock)

denyDump()
try {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      listen: { type: 'string' },
      issuer: { type: 'string' },
      state: { type: 'string' },
      database: { type: 'string' },
      'vault-key': { type: 'string' },
      'shared-key': { type: 'string' },
    },
  })
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const server = await startServer({
    config: readServerConfig(values.config ?? null, { issuer: values.issuer, listen: values.listen }),
    folder: values.state ?? 'keyreeve-server',
    vaultKey: values['vault-key'] ?? null,
    sharedKey: values['shared-key'] ?? null,
    database: values.database ?? null,
    version,
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
    say,
  })
  await new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await server.stop()
  process.exit(0)
} catch (thrown) {
  const { code, message, next, exit } = asFault(thrown, 'the server could not start')
  say('error', 'not-started', { code, message, next })
  process.exit(exit)
}
