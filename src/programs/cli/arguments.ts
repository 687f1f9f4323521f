// Makes of argv which command runs with what. Only here is commander used.
import { Fault, type ExitCode } from '#base'
import { Command as Parser, CommanderError } from 'commander'
import { commands, type Command } from './commands.ts'
import type { Call } from './machine.ts'

export interface Parsed {
  readonly command: Command
  readonly arguments: Call['arguments']
  readonly options: Call['options']
}

/** What there is to print when no command runs: help or the version. */
export interface Printed {
  readonly text: string
  readonly exit: ExitCode
}

const nouns: Readonly<Record<string, string>> = {
  secret: 'secrets that Keyreeve keeps',
  vault: 'the vault that holds them',
  passkey: 'passkeys, which allow what a click may not',
  grant: 'what assistants may do without asking',
  edit: 'what assistants changed in files',
  log: 'the record of what was asked and done',
  policy: 'rules that decide before anybody is asked',
  transcripts: 'what assistants keep of their conversations',
  device: 'this machine as a device of an organisation',
  admin: 'devices of an organisation, at its token server',
  token: 'tokens of minutes: phantoms for assistants, and those of an organisation',
  route: 'models and APIs that assistants may call',
}

/**
 * Reads the arguments of the command line.
 * @param argv Without Node and the script.
 * @throws Fault `usage` for what is no command, or lacks an argument; the message suggests the nearest name.
 */
export function parseArguments(argv: readonly string[], version: string): Parsed | Printed {
  const outcome: { parsed?: Parsed; text: string } = { text: '' }
  const parser = makeParser(version, (parsed) => (outcome.parsed = parsed))
  capture(parser, (text) => (outcome.text += text))
  try {
    parser.parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.exitCode !== 0) throw new Fault('usage', sentenceOf(thrown, argv), { cause: thrown })
  }
  return outcome.parsed ?? { text: outcome.text, exit: argv.length === 0 ? 2 : 0 }
}

function makeParser(version: string, found: (parsed: Parsed) => void): Parser {
  const root = new Parser('keyreeve')
    .description('The gate between AI assistants and your keys, logs and files.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .option('--json', 'print JSON, versioned "v":1')
  const parents = new Map(
    Object.entries(nouns).map(([noun, about]) => [noun, root.command(noun).description(about)]),
  )
  for (const command of commands) {
    const words = command.name.split(' ')
    const parent = words.length === 1 ? root : (parents.get(words[0] ?? '') ?? root)
    addCommand(parent.command(words.at(-1) ?? command.name), command, found)
  }
  return root
}

function addCommand(parser: Parser, command: Command, found: (parsed: Parsed) => void): void {
  parser.description(command.help).option('--json', 'print JSON, versioned "v":1')
  for (const argument of command.arguments ?? []) parser.argument(argument)
  for (const option of command.options ?? []) parser.option(option.flags, option.help)
  parser.action(() => {
    const given = parser.args.slice()
    found({ command, arguments: given, options: parser.optsWithGlobals() })
  })
}

/** Commander throws instead of ending the process, and prints nowhere by itself. */
function capture(parser: Parser, write: (text: string) => void): void {
  parser.exitOverride().configureOutput({ writeOut: write, writeErr: () => {} })
  for (const child of parser.commands) capture(child, write)
}

/** What went wrong, without values: somebody may have put a secret on the command line. */
function sentenceOf({ code, message }: CommanderError, argv: readonly string[]): string {
  if (code === 'commander.help') return `"${argv[0] ?? ''}" needs a verb`
  if (code === 'commander.excessArguments') return 'too many arguments'
  const [first = '', ...rest] = message.split('\n')
  const withoutValue = first.replace(/^error: /, '').replace(/=.*/s, "'")
  return [withoutValue, ...rest].filter((line) => line !== '').join(' ')
}
