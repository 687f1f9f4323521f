// Installs the system packages that tests need, where that is possible: root on a system with apt. Elsewhere it names what
// is missing and ends well: the tests concerned then skip with the reason, or fail where CI=true.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Each package by a command that it brings. */
const packages: readonly (readonly [command: string, name: string, why: string])[] = [
  ['dbus-run-session', 'dbus', 'a session bus of its own for the tests'],
  ['gnome-keyring-daemon', 'gnome-keyring', 'a system keychain'],
  ['secret-tool', 'libsecret-tools', 'looks at the keychain from outside'],
  ['strace', 'strace', 'sees the system calls of a program'],
  ['ss', 'iproute2', 'sees sockets and their owners'],
  ['setpriv', 'util-linux', 'runs a test as another user'],
  ['script', 'bsdutils', 'gives a test a terminal'],
  ['zenity', 'zenity', 'asks in a window'],
  ['Xvfb', 'xvfb', 'gives a test a screen'],
  ['xdotool', 'xdotool', 'presses the buttons of a window'],
  ['nats-server', 'nats-server', 'carries the feed'],
  ['openssl', 'openssl', 'signs certificates of tests'],
  ['chromium', 'chromium', 'shows the console'],
  ['initdb', 'postgresql', 'a database that several servers share'],
]

// Where an administrator's commands lie is not always on a user's path.
const folders = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/sbin',
  ...globSync('/usr/lib/postgresql/*/bin'),
]

if (process.platform === 'linux') {
  const missing = packages.filter(([command]) => !isInstalled(command))
  if (missing.length > 0 && mayInstall()) install(missing.map(([, name]) => name))
  for (const [command, name, why] of missing) {
    if (!isInstalled(command))
      console.error(`keyreeve: no ${command} (package ${name}): ${why}; its tests are skipped`)
  }
}

function isInstalled(command: string): boolean {
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && isInstalled('apt-get')
}

function install(names: readonly string[]): void {
  console.error(`keyreeve: installing ${names.join(', ')} for the tests (once)…`)
  apt('update')
  if (apt('install', ...names)) return
  // One that does not exist on this release must not keep the others away.
  for (const name of names) apt('install', name)
}

function apt(command: 'update' | 'install', ...names: readonly string[]): boolean {
  const { status } = spawnSync('apt-get', [command, '-y', '-qq', '--no-install-recommends', ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return status === 0
}
