// Puts other content in the place of a file, whole or not at all.
import { asFault, Fault } from '#base'
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { identityOf, type Identity } from './mounts.ts'
import { openLeaf, withFolder } from './open.ts'
import { fileComponentsOf } from './path.ts'
import { readAt } from './steady.ts'

/** What is replaced, and by what. */
export interface Replacement {
  /** The very file; another one in its place is left alone. */
  readonly identity: Identity
  /** SHA-256, lower-case hex, of its present content. */
  readonly sha256: string
  readonly content: Uint8Array
  /** Name for the new file until it takes the other's place; nothing else may have it. */
  readonly temporary: string
}

/**
 * Replaces a file that still is what it was: written beside it, synced, and renamed over it. Mode and owner stay; extended
 * attributes and access lists do not. Between the last look and the rename lies a moment in which another's change is
 * lost: no system call renames only if.
 * @param root As for `openBeneath`. @param path As for `openBeneath`; attacker-controlled.
 * @returns Identity of the new file.
 * @throws Fault as `openBeneath`; `file-changed` if it is not what it was; `path-unreadable` where the folder or the owner
 *   does not allow it; `disk-full`. Then the file is as it was.
 */
export function replaceBeneath(root: string, path: string, replacement: Replacement): Identity {
  const components = fileComponentsOf(path)
  const name = components.pop()!
  return withFolder({ root, components, options: {} }, (folder, base) => {
    const here = `/proc/self/fd/${folder}`
    const temporary = `${here}/${replacement.temporary}`
    const open = () => openLeaf(folder, name, base, {})
    try {
      const { mode, uid, gid } = checked(open(), replacement)
      const identity = writeBeside(temporary, replacement.content, { mode, uid, gid })
      checked(open(), replacement)
      renameSync(temporary, `${here}/${name}`)
      syncFolder(here)
      return identity
    } catch (thrown) {
      rmSync(temporary, { force: true })
      throw thrown instanceof Fault ? thrown : failed(thrown)
    }
  })
}

interface Attributes {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

function checked({ fd }: { fd: number }, { identity, sha256 }: Replacement): Attributes {
  try {
    const stat = fstatSync(fd, { bigint: true })
    const { device, inode } = identityOf(stat)
    const content = readAt(fd, 0, Number(stat.size) + 1)
    const isSame = device === identity.device && inode === identity.inode
    if (!isSame || createHash('sha256').update(content).digest('hex') !== sha256) {
      throw new Fault('file-changed', 'the file changed since the edit was made')
    }
    return { mode: Number(stat.mode) & 0o777, uid: Number(stat.uid), gid: Number(stat.gid) }
  } finally {
    closeSync(fd)
  }
}

function writeBeside(path: string, content: Uint8Array, { mode, uid, gid }: Attributes): Identity {
  const fd = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  )
  try {
    writeFileSync(fd, content)
    const own = fstatSync(fd)
    if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid)
    fchmodSync(fd, mode)
    fsyncSync(fd)
    return identityOf(fstatSync(fd, { bigint: true }))
  } finally {
    closeSync(fd)
  }
}

function syncFolder(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** The system's own message holds the path, so it stays in `cause`. */
function failed(cause: unknown): Fault {
  const fault = asFault(cause, 'the file could not be written')
  return fault.code === 'internal'
    ? new Fault('path-unreadable', 'the system does not let us write the file', { cause })
    : fault
}
