// Asks in a plain window of the desktop. A low tier: any program of the session can press its buttons.
import { errorCode, Fault } from '#base'
import { spawn } from 'node:child_process'
import { osascript } from './window-osascript.ts'
import { zenity } from './window-zenity.ts'

/** How a window is shown. The text goes in by stdin: arguments can be read by every user of the machine. */
export interface WindowCommand {
  readonly command: string
  readonly arguments: readonly string[]
  readonly input: string
  /** What it means that the command ended so. Whatever is not clearly an allow is a denial. */
  readonly answer: (stdout: string, exit: number | null) => 'allow' | 'deny'
}

/** What a window says. */
export interface WindowText {
  /** Made harmless to look at. */
  readonly text: string
  readonly seconds: number
  readonly canAllow: boolean
}

/** Makes the command that shows a window here. */
export type WindowMaker = (shown: WindowText) => WindowCommand

/** What a desktop needs to be found; nothing else of the environment goes on. */
const kept = [
  'PATH',
  'HOME',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
]

/** @throws Fault `unsupported-here` where there is no desktop. */
export function windowMaker({
  env,
  platform,
}: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
}): WindowMaker {
  if (platform === 'darwin') return osascript
  if (platform === 'linux' && (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== '') return zenity
  throw new Fault('unsupported-here', 'there is no desktop to show a window on')
}

/**
 * Shows a window and waits for its button.
 * @param ended Takes the window away: the request ended elsewhere.
 * @returns Null if `ended` was first.
 * @throws Fault `unsupported-here` if the command is not installed.
 */
export function askInWindow(
  { command, arguments: words, input, answer }: WindowCommand,
  env: Readonly<Record<string, string | undefined>>,
  ended: AbortSignal,
): Promise<'allow' | 'deny' | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { env: ownEnvironment(env), stdio: ['pipe', 'pipe', 'ignore'] })
    let stdout = ''
    const close = (): void => void child.kill()
    if (ended.aborted) close()
    ended.addEventListener('abort', close, { once: true })
    child.stdout.on('data', (bytes) => (stdout += String(bytes)))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', (cause) => {
      const isAbsent = errorCode(cause) === 'ENOENT'
      reject(new Fault(isAbsent ? 'unsupported-here' : 'internal', `${command} cannot be run`, { cause }))
    })
    child.once('close', (exit) => {
      ended.removeEventListener('abort', close)
      resolve(ended.aborted ? null : answer(stdout, exit))
    })
  })
}

function ownEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found = kept.flatMap((name): [string, string][] => {
    const value = env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(found), LC_ALL: 'C.UTF-8' }
}
