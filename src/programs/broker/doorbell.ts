// The doorbell: a desktop notification that says only that somebody waits. It shows nothing foreign and decides nothing.
import { execFile } from 'node:child_process'
import type { Clock, Milliseconds } from '#base'

const title = 'Keyreeve'
const text = 'An assistant waits for your answer. Open the console, or run keyreeve watch.'
/** Not more often than this: it is for waking, not for nagging. */
const quiet: Milliseconds = 10_000
const patience: Milliseconds = 5000

/** The ways to ring, the first that works. Every word is fixed: nothing of a request can reach another program here. */
const ways: readonly (readonly [command: string, ...words: string[]])[] = [
  ['notify-send', '--app-name=Keyreeve', '--urgency=normal', '--expire-time=20000', title, text],
  [
    'gdbus',
    'call',
    '--session',
    '--dest=org.freedesktop.Notifications',
    '--object-path=/org/freedesktop/Notifications',
    '--method=org.freedesktop.Notifications.Notify',
    title,
    '0',
    '',
    title,
    text,
    '[]',
    '{}',
    '20000',
  ],
  ['osascript', '-e', `display notification "${text}" with title "${title}"`],
]

interface DoorbellOptions {
  /** Only what a desktop needs to be found goes on. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly clock: Clock
}

/** Makes the doorbell of this session; where there is no desktop it is silent. */
export function makeDoorbell({ env, platform, clock }: DoorbellOptions): () => void {
  const hasDesktop = platform === 'darwin' || (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== ''
  const names = ['PATH', 'DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'] as const
  const own = Object.fromEntries(
    names.map((name) => [name, env[name] ?? '']).filter(([, value]) => value !== ''),
  )
  let rungAt = -Infinity
  return () => {
    if (!hasDesktop || clock.monotonic() - rungAt < quiet) return
    rungAt = clock.monotonic()
    ring(own, ways)
  }
}

function ring(env: Record<string, string>, [way, ...others]: typeof ways): void {
  if (way === undefined) return
  const [command, ...words] = way
  execFile(command, words, { env, timeout: patience }, (failed) => {
    if (failed !== null) ring(env, others)
  })
}
