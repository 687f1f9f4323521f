// keyreeve server
import { Fault, type ExitCode } from '#base'
import { placesOf } from '#wire'
import { spawn, type ChildProcess } from 'node:child_process'
import { cleanEnvironment, programMain } from './launch.ts'
import type { Call } from './machine.ts'

const settings = ['--disable-sigusr1', '--report-exclude-env', '--disable-warning=ExperimentalWarning']

/** Options that the program takes under the same name. */
const passed = {
  config: 'config',
  listen: 'listen',
  issuer: 'issuer',
  database: 'database',
  vaultKey: 'vault-key',
  sharedKey: 'shared-key',
} as const

/** Runs a token server until it is stopped, and ends with its exit code. Its log goes to stderr, one JSON object a line. */
export async function server({ machine, options }: Call): Promise<ExitCode> {
  const given = Object.entries(passed).flatMap(([option, name]) => {
    const value = options[option]
    return typeof value === 'string' ? [`--${name}`, value] : []
  })
  const folder = options['embedded']
  const state = typeof folder === 'string' ? folder : `${placesOf(machine).home}/server`
  const child = spawn(
    machine.node,
    [...settings, programMain(machine, 'server'), ...given, '--state', state],
    // A group of its own: Ctrl-C at our terminal is for us to pass on.
    { stdio: ['ignore', 'inherit', 'inherit'], env: cleanEnvironment(machine.env), detached: true },
  )
  const interrupted = machine.interrupted()
  interrupted.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  return exitOf(await ended(child), interrupted.aborted)
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', (cause) =>
      reject(new Fault('program-gone', 'the server could not be started', { cause })),
    )
  })
}

function exitOf(code: number | null, wasStopped: boolean): ExitCode {
  if (code === 0 || wasStopped) return 0
  return code === 2 ? 2 : 1
}
