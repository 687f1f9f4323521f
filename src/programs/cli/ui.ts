// keyreeve ui
import { Fault, type ExitCode } from '#base'
import { placesOf } from '#wire'
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { withBroker } from './connection.ts'
import { cleanEnvironment } from './launch.ts'
import type { Call, Machine } from './machine.ts'

/** Prints a link to the console that is good once, for a minute, and opens it where there is a desktop. */
export async function ui({ machine, terminal, options }: Call): Promise<ExitCode> {
  const { url, expiresAt } = await withBroker(machine, (broker) => broker.ask('console.open', {}))
  const isOpened = options['open'] !== false && openLink(machine, url)
  terminal.data({ url, expiresAt, opened: isOpened }, [url])
  if (expiresAt === null) terminal.say('Sign in there with your passkey.')
  else terminal.say('The link is good once, for a minute. Give it to nobody.')
  return 0
}

/** Opens a link where there is a desktop. @returns False where there is none. */
export function openLink(machine: Machine, url: string): boolean {
  return hasDisplay(machine) && openInBrowser(machine, url)
}

function hasDisplay({ env, platform }: Machine): boolean {
  if (platform === 'darwin') return (env['SSH_CONNECTION'] ?? '') === ''
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== ''
}

/** Opens a private page that leads on to the link: every user of the machine can read argv, and the link holds a code. */
function openInBrowser(machine: Machine, url: string): boolean {
  const page = `${placesOf(machine).run}/open.html`
  rmSync(page, { force: true })
  writeFileSync(page, redirectPage(url), { mode: 0o600, flag: 'wx' })
  const child = spawn(machine.platform === 'darwin' ? 'open' : 'xdg-open', [page], {
    detached: true,
    env: cleanEnvironment(machine.env),
    stdio: 'ignore',
  })
  child.once('error', () => {})
  child.unref()
  return child.pid !== undefined
}

/** @throws Fault `internal` for a link that could break out of the attribute. */
export function redirectPage(url: string): string {
  if (!/^http:\/\/[\w.:[\]-]+\/[\w#/?=&%.-]*$/.test(url))
    throw new Fault('internal', 'the console gave an odd link')
  const target = url.replaceAll('&', '&amp;')
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${target}"><title>Keyreeve</title>\n`
}
