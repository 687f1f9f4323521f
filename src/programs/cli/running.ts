// keyreeve run: starts a program with phantom tokens in place of keys, and nothing else of the environment.
import { Fault, shown } from '#base'
import { providerOf } from '#routes'
import type { ReplyOf } from '#wire'
import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { connect, type Connection } from './connection.ts'
import type { Call, Machine } from './machine.ts'
import type { Terminal } from './terminal.ts'

type Route = ReplyOf<'route.list'>['routes'][number]
type Variables = Readonly<Record<string, string>>

/** What a program needs to run at all; whoever set anything else for a shell did not set it for this program. */
const harmless = [
  /^(?:HOME|PATH|PWD|SHELL|TERM|TMPDIR|TZ|USER|LOGNAME|LANG|LANGUAGE|COLORTERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR)$/,
  /^LC_[A-Z]+$/,
  /^XDG_(?:CACHE|CONFIG|DATA|RUNTIME|STATE)_(?:HOME|DIR)$/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY)$/,
  /^(?:APPDATA|LOCALAPPDATA|USERPROFILE|SystemRoot|SystemDrive|ComSpec|PATHEXT|TEMP|TMP|WINDIR)$/i,
  /^KEYREEVE_HOME$/,
]

/**
 * Runs a program. Its phantoms are good while it runs and not a moment longer.
 * @returns The program's exit code; 128 and its number for a signal.
 * @throws Fault `usage`, `route-unknown`, `not-running`
 */
export async function runProgram({ machine, terminal, arguments: words, options }: Call): Promise<number> {
  const [command, ...rest] = words
  if (command === undefined) throw new Fault('usage', 'give a command: keyreeve run -- COMMAND')
  const assistant = typeof options['assistant'] === 'string' ? options['assistant'] : basename(command)
  const broker = await connect(machine, { role: 'cli' })
  try {
    const routes = await routesFor(broker, listOf(options['route']))
    const given = await Promise.all(routes.map((route) => variablesFor(broker, route, assistant)))
    const env = { ...environment(machine.env, listOf(options['env'])), ...Object.assign({}, ...given) }
    const child = spawn(command, rest, { stdio: 'inherit', env })
    void warnIfLost(broker, child, terminal)
    return await outcomeOf(child, machine)
  } finally {
    broker.close()
  }
}

/** A program that goes on without a broker gets nothing any more. */
async function warnIfLost(broker: Connection, child: ChildProcess, terminal: Terminal): Promise<void> {
  await broker.closed
  if (child.exitCode === null) terminal.say('keyreeve: the broker ended; its phantom tokens are void')
}

/** Those that were named, else all. */
async function routesFor(broker: Connection, names: readonly string[]): Promise<readonly Route[]> {
  const { routes } = await broker.ask('route.list', {})
  const missing = names.find((name) => routes.every((route) => route.name !== name))
  if (missing !== undefined) throw new Fault('route-unknown', `there is no route "${shown(missing, 64)}"`)
  return names.length === 0 ? routes : routes.filter(({ name }) => names.includes(name))
}

/** Under the names that the provider's own clients look at, and for other APIs under ours. */
async function variablesFor(broker: Connection, route: Route, assistant: string): Promise<Variables> {
  const { token, url } = await broker.ask('phantom.issue', { assistant, route: route.name, seconds: null })
  const known = route.provider === null ? null : providerOf(route.provider)
  const ours = `KEYREEVE_${route.name.toUpperCase().replaceAll('-', '_')}`
  const urls = [`${ours}_URL`, ...(known?.variables.url ?? [])]
  const keys = [`${ours}_KEY`, ...(known?.variables.key ?? [])]
  return Object.fromEntries([
    ...urls.map((name) => [name, url + (name.startsWith(ours) ? '' : (known?.suffix ?? ''))]),
    ...keys.map((name) => [name, token]),
  ])
}

/** What is harmless, and what the person named. */
function environment(env: Machine['env'], named: readonly string[]): Record<string, string | undefined> {
  const isKept = (name: string): boolean => named.includes(name) || harmless.some((form) => form.test(name))
  return Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name)))
}

/** Ctrl-C reaches the program by the terminal; we wait for what it makes of it. */
async function outcomeOf(child: ChildProcess, machine: Machine): Promise<number> {
  const interrupted = machine.interrupted()
  interrupted.addEventListener('abort', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Fault('usage', 'the command cannot be started', { cause })))
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

function listOf(text: string | boolean | undefined): string[] {
  return typeof text === 'string' ? text.split(/[\s,]+/).filter((one) => one !== '') : []
}
