// The command line: the one file of this program that touches argv, env, exit and the real clock.
import { type Clock, machineClock } from '#base'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Machine } from './machine.ts'
import { run } from './run.ts'

const isClone = import.meta.filename.endsWith('.ts')
const root = new URL(isClone ? '../../../' : '../../', import.meta.url)

// Whatever is written from here on is for this user alone.
process.umask(0o077)
// Whoever reads our output may go away, as `head` does: then there is nobody left to tell.
process.stdout.on('error', () => process.exit(1))
process.exitCode = await run(process.argv.slice(2), realMachine())

function realMachine(): Machine {
  return {
    env: process.env,
    userFolder: homedir(),
    platform: process.platform,
    clock: realClock(),
    pause: (delay) => new Promise((resolve) => setTimeout(resolve, delay)),
    random: (length) => Uint8Array.from(randomBytes(length)),
    uid: process.getuid?.() ?? null,
    cwd: process.cwd(),
    node: process.execPath,
    nodeVersion: process.version,
    main: import.meta.filename,
    command: isClone ? fileURLToPath(new URL('bin/keyreeve', root)) : (process.argv[1] ?? 'keyreeve'),
    version: packageVersion(),
    // Opened when first asked for: most commands read nothing.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    interrupted,
  }
}

function realClock(): Clock {
  return machineClock({ Date, performance, setTimeout })
}

function interrupted(): AbortSignal {
  const wish = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => wish.abort())
  return wish.signal
}

function packageVersion(): string {
  const text = readFileSync(new URL('package.json', root), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
