// The broker's process: the only file of it that touches argv, env, exit and the real clock.
import { asFault, type Clock } from '#base'
import { denyDump } from '#os'
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { startBroker } from './broker.ts'

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, act) {
    const timer = setTimeout(act, delay).unref()
    return () => clearTimeout(timer)
  },
}

denyDump()
try {
  const broker = await startBroker({
    env: process.env,
    userFolder: homedir(),
    platform: process.platform,
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
    version: '0.1.0',
    web: webFolder(),
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

function webFolder(): string {
  const isSource = import.meta.filename.endsWith('.ts')
  return new URL(isSource ? '../../../web/dist' : '../../web', import.meta.url).pathname
}
