// Runs one command: finds it, loads its file, and turns whatever it throws into words and an exit code.
import type { ExitCode } from '#base'
import { reportFailure } from './failure.ts'
import type { Call, Machine } from './machine.ts'
import { terminalOf } from './terminal.ts'
import type { Run } from './commands.ts'

/**
 * Runs what the arguments say.
 * @param argv Without Node and the script.
 * @returns The exit code. Never throws.
 */
export async function run(argv: readonly string[], machine: Machine): Promise<number> {
  const isJson = jsonAsked(argv)
  try {
    const { stdout, stderr } = machine
    const found = (await shimCall(argv)) ?? (await parsedCall(argv, machine))
    if ('exit' in found) {
      ;(found.exit === 0 ? stdout : stderr).write(found.text)
      return found.exit
    }
    return await found.run({ machine, terminal: terminalOf({ stdout, stderr, isJson }), ...found.given })
  } catch (thrown) {
    return reportFailure(thrown, { machine, isJson })
  }
}

interface Found {
  readonly run: Run
  readonly given: Pick<Call, 'arguments' | 'options'>
}

/** The shim starts with each assistant, so its usual form needs neither the parser nor the table. */
async function shimCall([command, flag, assistant, ...rest]: readonly string[]): Promise<Found | null> {
  if (command !== 'mcp' || flag !== '--assistant' || assistant === undefined || rest.length > 0) return null
  if (assistant.startsWith('-')) return null
  const { mcp } = await import('./mcp.ts')
  return { run: mcp, given: { arguments: [], options: { assistant } } }
}

async function parsedCall(
  argv: readonly string[],
  { version }: Machine,
): Promise<Found | { text: string; exit: ExitCode }> {
  const { parseArguments } = await import('./arguments.ts')
  const parsed = parseArguments(argv, version)
  if ('exit' in parsed) return parsed
  const { command, ...given } = parsed
  return { run: await command.load(), given }
}

/** Known before parsing, so that a wrong command line is answered in JSON as well. */
function jsonAsked(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}
