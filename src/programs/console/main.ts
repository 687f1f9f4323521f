// Starts the console: the broker's child that serves the person's page on loopback. Holds no key and writes nothing.
import { asFault, Fault, machineClock } from '#base'
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import process from 'node:process'
import { runConsole } from './console.ts'
import { readPages } from './pages.ts'

const clock = machineClock({ Date, performance, setTimeout })

try {
  await runConsole({
    stream: new Socket({ fd: 3 }),
    readPages: () => readPages(webFolder()),
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
  })
} catch (thrown) {
  const { code, message, exit } = asFault(thrown, 'the console could not start')
  process.stderr.write(`keyreeve console: ${message} (${code})\n`)
  process.exitCode = exit
}
process.exit()

function webFolder(): string {
  const [option, folder] = process.argv.slice(2)
  if (option === '--web' && folder !== undefined) return folder
  throw new Fault('usage', 'say where the built console is: --web FOLDER')
}
