// Prepares the folders of a home: private, ours, and used by one broker at a time.
import { errorCode, Fault } from '#base'
import { processOf } from '#os'
import { socketOf, type Places } from '#wire'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  closeSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
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
  const lock = `${places.run}/broker.lock`
  takeLock(lock)
  rmSync(socket, { force: true })
  if (socket === places.socket) rmSync(places.socketRecord, { force: true })
  else writeFileSync(places.socketRecord, socket, { mode: 0o600 })
  return {
    socket,
    repairs,
    release() {
      rmSync(socket, { force: true })
      rmSync(lock, { force: true })
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

/** The lock names its holder by pid and start time, so that a reused pid is not taken for a live broker. */
function takeLock(path: string): void {
  const holder = `${process.pid} ${processOf(process.pid)?.startTime ?? 0}\n`
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const fd = openSync(path, 'wx', 0o600)
      writeSync(fd, holder)
      closeSync(fd)
      return
    } catch (thrown) {
      if (errorCode(thrown) !== 'EEXIST') throw thrown
      const pid = liveHolder(path)
      if (pid !== null) throw new Fault('already-running', `a broker with pid ${pid} holds this home`)
      rmSync(path, { force: true })
    }
  }
  throw new Fault('already-running', 'another broker takes this home at the same moment')
}

function liveHolder(path: string): number | null {
  const [pid = 0, startTime = 0] = readLock(path).split(' ').map(Number)
  const holder = pid > 0 ? processOf(pid) : null
  return holder !== null && Number(holder.startTime) === startTime ? pid : null
}

function readLock(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
