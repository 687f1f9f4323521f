// The broker's process: the only file of it that touches argv, env, exit and the real clock.
import { asFault, machineClock } from '#base'
import { denyDump } from '#os'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { startBroker } from './broker.ts'

const isClone = import.meta.filename.endsWith('.ts')
const root = new URL(isClone ? '../../../' : '../../', import.meta.url)

const clock = machineClock({ Date, performance, setTimeout })

denyDump()
try {
  const broker = await startBroker({
    env: process.env,
    userFolder: homedir(),
    platform: process.platform,
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
    version: packageVersion(),
    web: new URL(isClone ? 'web/dist' : 'web', root).pathname,
  })
  process.on('SIGINT', () => broker.stop())
  process.on('SIGTERM', () => broker.stop())
  report({ ready: true, locked: broker.isLocked })
  await broker.stopped
  process.exit(0)
} catch (thrown) {
  const { code, message, next, exit } = asFault(thrown, 'the broker could not start')
  report({ error: { code, message, next } })
  process.exit(exit)
}

/** Tells whoever started us, on fd 3 if there is one. */
function report(line: object): void {
  try {
    writeSync(3, `${JSON.stringify(line)}\n`)
  } catch {
    // Started without a pipe: nobody asked.
  }
}

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  return version
}
