// Asks the system who is at the other end of a unix socket.
import { execFile } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { nativeCalls } from './native.ts'
import { processOf } from './processes.ts'

/** A process as it was when it connected. */
export interface Peer {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/** What `ss` may take and print: a machine with very many sockets is not worth waiting for. */
const patience = 2000
const mostOutput = 16 * 1024 * 1024

/**
 * Identifies the process that connected to us. With koffi it is what the kernel noted at the moment of connecting;
 * without, `ss` names the process that holds the other end now, and user and group are those of that process.
 * @param socket A `net.Socket`, connected, of our own server.
 * @returns Null where it is not known or not certain: fail closed. Always null on macOS and Windows, which are not
 *   written yet.
 * @see unix(7), `SO_PEERCRED`
 */
export async function peerOf(socket: object): Promise<Peer | null> {
  const fd = descriptorOf(socket)
  if (process.platform !== 'linux' || fd === null) return null
  return credentialsOf(fd) ?? (await askSs(fd))
}

/** Node keeps the descriptor in the handle, whose shape it does not promise. */
function descriptorOf(socket: object): number | null {
  const handle = '_handle' in socket ? socket._handle : undefined
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return null
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : null
}

function credentialsOf(fd: number): Peer | null {
  const ucred = nativeCalls()?.peerCredentials(fd)
  const pid = ucred?.readInt32LE(0) ?? 0
  // 0 for a process outside our pid namespace.
  return ucred && pid > 0 ? { pid, uid: ucred.readUInt32LE(4), gid: ucred.readUInt32LE(8) } : null
}

/** The way without koffi. Exported for its test: where koffi is installed it would never run. */
export async function askSs(fd: number): Promise<Peer | null> {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]
    const pid = inode === undefined ? null : pidAtOtherEnd(await runSs(), inode)
    const found = pid === null ? null : processOf(pid)
    return found === null ? null : { pid: found.pid, uid: found.uid, gid: found.gid }
  } catch {
    return null
  }
}

function runSs(): Promise<string> {
  // A fixed path: what is first on ours may be anybody's.
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' }
  return new Promise((resolve, reject) => {
    execFile('ss', ['-xpnH'], { env, timeout: patience, maxBuffer: mostOutput }, (failed, stdout) => {
      if (failed === null) resolve(stdout)
      else reject(failed)
    })
  })
}

/**
 * Finds in the output of `ss` the one process at the other end of a socket. Socket paths and process names in it are
 * other processes' choice and can imitate lines and fields; so whatever is there twice makes the answer uncertain.
 * @param listing Attacker-controlled in part.
 * @param inode Of our end.
 * @returns Null unless exactly one process can be meant.
 */
export function pidAtOtherEnd(listing: string, inode: string): number | null {
  const rows = listing.split('\n').flatMap(parseRow)
  const ours = rows.filter((row) => row.inode === inode)
  const theirs = rows.filter((row) => row.inode === ours[0]?.peer && row.peer === inode)
  const pids = new Set(theirs[0]?.pids)
  const [pid] = pids
  return ours.length === 1 && theirs.length === 1 && pids.size === 1 && pid !== undefined ? pid : null
}

interface Row {
  readonly inode: string
  readonly peer: string
  readonly pids: readonly number[]
}

/** `u_str ESTAB 0 0 ADDRESS INODE ADDRESS INODE users:(("name",pid=1,fd=2))`; an address may hold spaces. */
function parseRow(line: string): Row[] {
  const [, inode, peer, users] = /^u_\w+ .* (\d+) +\* (\d+) *(users:.*)?$/.exec(line) ?? []
  if (inode === undefined || peer === undefined) return []
  return [{ inode, peer, pids: Array.from((users ?? '').matchAll(/pid=(\d+)/g), ([, pid]) => Number(pid)) }]
}
