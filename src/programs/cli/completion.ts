// keyreeve completion SHELL: made from the table of commands.
import { Fault, type ExitCode } from '#base'
import { commands } from './commands.ts'
import type { Call } from './machine.ts'

/** @throws Fault `usage` for a shell that has no completions here. */
export async function completion({ machine, arguments: [shell = ''] }: Call): Promise<ExitCode> {
  machine.stdout.write(completionScript(shell))
  return 0
}

/** Source text for `eval` or a completions folder. */
export function completionScript(shell: string): string {
  if (shell === 'bash') return bashScript()
  if (shell === 'zsh')
    return `#compdef keyreeve\nautoload -U +X bashcompinit && bashcompinit\n${bashScript()}`
  if (shell === 'fish') return fishScript()
  throw new Fault('usage', 'completions exist for bash, zsh and fish')
}

/** The words that may follow a beginning; '' is the beginning of all. */
function continuations(): Map<string, string[]> {
  const words = new Map<string, string[]>([['', ['help']]])
  for (const { name, options = [] } of commands) {
    const [first = '', second] = name.split(' ')
    add('', first)
    if (second !== undefined) add(first, second)
    for (const { flags } of options) add(name, flags.split(' ')[0] ?? '')
    add(name, '--json')
  }
  return words

  function add(beginning: string, word: string): void {
    const known = words.get(beginning) ?? []
    if (!known.includes(word)) words.set(beginning, [...known, word])
  }
}

function bashScript(): string {
  const cases = [...continuations()].map(
    ([beginning, words]) => `    "${beginning}") words="${words.join(' ')}" ;;`,
  )
  return [
    '_keyreeve() {',
    '  local words line="${COMP_WORDS[*]:1:COMP_CWORD-1}"',
    '  case "$line" in',
    ...cases,
    '    *) words="" ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _keyreeve keyreeve',
    '',
  ].join('\n')
}

function fishScript(): string {
  const lines = [...continuations()].flatMap(([beginning, words]) =>
    words.map((word) => {
      const place = beginning === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${beginning}`
      const offer = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      return `complete -c keyreeve -n "${place}" ${offer}`
    }),
  )
  return `${lines.join('\n')}\n`
}
