// Prepares the folders of a home: private, ours, and used by one broker at a time.
import { Fault } from '#base'
import { lockFolder } from '#os'
import { socketOf, type Places } from '#wire'
import { chmodSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface PreparedHome {
  /** Where the socket must be bound. */
  readonly socket: string
  /** What had to be put right, one sentence each, for `doctor`. */
  readonly repairs: readonly string[]
  /** Gives the home up. */
  release(): void
}

/**
 * Makes the home's folders (0700), repairs their modes, takes the home's lock and clears a socket that was left behind.
 * @throws Fault `home-insecure` if a folder belongs to somebody else or is a link; `already-running` if a live broker
 *   holds the home.
 */
export function prepareHome(places: Places, env: NodeJS.ProcessEnv): PreparedHome {
  const socket = socketOf(places, { env })
  const folders = new Set([places.home, dirname(places.config), places.policies, places.run, dirname(socket)])
  const repairs = [...folders].flatMap((folder) => makePrivate(folder))
  const unlock = lockFolder(places.run, { busy: 'already-running', what: 'this home' })
  rmSync(socket, { force: true })
  if (socket === places.socket) rmSync(places.socketRecord, { force: true })
  else writeFileSync(places.socketRecord, socket, { mode: 0o600 })
  return {
    socket,
    repairs,
    release() {
      rmSync(socket, { force: true })
      unlock()
    },
  }
}

function makePrivate(folder: string): string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (!stat.isDirectory()) throw new Fault('home-insecure', `${folder} is no folder of its own`)
  if (stat.uid !== process.getuid?.()) throw new Fault('home-insecure', `${folder} belongs to another user`)
  if ((stat.mode & 0o077) === 0) return []
  chmodSync(folder, 0o700)
  return [`${folder} was open to others; it is private now`]
}
