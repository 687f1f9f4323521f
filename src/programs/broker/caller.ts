// Finds out who is at the other end of a connection: what the system proves, apart from what is only claimed.
import { Fault, shown } from '#base'
import { ancestryOf, launcherOf, peerOf, processOf, programOf } from '#os'
import type { Caller, Destination } from '#wire'
import type { Socket } from 'node:net'
import { basename } from 'node:path'

const mostAncestors = 8

export interface Peer {
  readonly pid: number
  readonly uid: number
}

/**
 * Identifies the process at the other end and refuses those of other users.
 * @throws Fault `peer-refused` for another user; `peer-unknown` where the system does not say (fails closed on Linux).
 */
export async function identifyPeer(socket: Socket): Promise<Peer> {
  const peer = await peerOf(socket)
  const ownUid = process.getuid?.() ?? 0
  if (peer === null) {
    // Elsewhere than on Linux only the socket's mode keeps others out; the threat page says so.
    if (process.platform !== 'linux') return { pid: 0, uid: ownUid }
    throw new Fault('peer-unknown', 'the system does not say which process is connected')
  }
  if (peer.uid !== ownUid) throw new Fault('peer-refused', `a process of user ${peer.uid} was refused`)
  return peer
}

/** Describes an assistant for cards and journal. Foreign strings are made harmless here, once. */
export function describeCaller(peer: Peer, assistant: string, destination: Destination): Caller {
  const launcher = launcherOf(peer.pid)
  const ancestors = ancestryOf(peer.pid).slice(1, 1 + mostAncestors)
  return {
    assistant: shown(assistant, 64),
    destination,
    proved: {
      ...bare(peer.pid, processOf(peer.pid)?.executable ?? 'unknown'),
      uid: peer.uid,
      launcher: launcher === null ? null : bare(launcher.pid, launcher.executable),
      ancestry: ancestors.map(({ pid, executable }) => ({ pid, executable: shown(executable, 512) })),
    },
    claimed: null,
  }
}

type Known = NonNullable<Caller['proved']['launcher']>

function bare(pid: number, executable: string): Known {
  return { pid, executable: shown(executable, 512), sha256: null, package: null }
}

/** Adds what takes time to find out: the hashes of the programs, and the packages that they are from. */
export async function proveCaller({ proved, ...caller }: Caller): Promise<Caller> {
  const [own, launcher] = await Promise.all([
    programOf(proved.pid),
    proved.launcher === null ? null : programOf(proved.launcher.pid),
  ])
  const started = proved.launcher === null ? null : { ...proved.launcher, ...launcher }
  return { ...caller, proved: { ...proved, ...own, launcher: started } }
}

/**
 * Refuses what only a person may do when it is asked below a known assistant. A speed bump: a process can leave its
 * tree, so the boundary is the passkey or a user of its own for the broker.
 * @throws Fault `peer-refused`
 */
export function refuseAssistants(peer: Peer, known: readonly string[]): void {
  const names = new Set(known)
  const found = ancestryOf(peer.pid).find((ancestor) => names.has(basename(ancestor.executable)))
  if (found !== undefined) {
    throw new Fault('peer-refused', `not from below the assistant "${shown(basename(found.executable), 64)}"`)
  }
}

/** The controlling terminal of a process, or null where it has none. */
export function terminalOf(pid: number): number | null {
  const terminal = processOf(pid)?.tty ?? 0
  return terminal === 0 ? null : terminal
}
