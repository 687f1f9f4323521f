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
    readPages: () => readPages(folderOf('--web')),
    journal: folderOf('--journal'),
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
  })
} catch (thrown) {
  const { code, message, exit } = asFault(thrown, 'the console could not start')
  process.stderr.write(`keyreeve console: ${message} (${code})\n`)
  process.exitCode = exit
}
process.exit()

/** What follows an option on the command line, which the broker writes. */
function folderOf(option: '--web' | '--journal'): string {
  const at = process.argv.indexOf(option)
  const folder = process.argv[at + 1]
  if (at > 1 && folder !== undefined) return folder
  throw new Fault('usage', `say where things are: ${option} FOLDER`)
}
