// Knows the mounts of this machine, and which of them hold files of the system rather than of a person.
import { Fault } from '#base'
import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs'
import { beneath, componentsOf } from './path.ts'

/** O_PATH: a descriptor for the place, not the content. Node does not name it. @see open(2) */
export const pathOnly = 0o10000000

/** A file or folder on this machine; numbers as text, since inodes can exceed 2^53. */
export interface Identity {
  readonly device: string
  readonly inode: string
}

/** A folder beneath which something is opened. */
export interface Root {
  /** Absolute path, links resolved. */
  readonly path: string
  readonly identity: Identity
}

interface Mount {
  readonly id: string
  readonly path: string
  readonly type: string
}

/** File systems that speak for the kernel: reading them can leak other processes or set something off. */
const pseudoTypes: ReadonlySet<string> = new Set([
  'autofs',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'mqueue',
  'nsfs',
  'proc',
  'pstore',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'sysfs',
  'tracefs',
])

/**
 * Finds the mount that holds a path: the root beneath which it can be opened without leaving that file system.
 * @param path Absolute. Attacker-controlled.
 * @throws Fault `path-invalid`; `path-special` where the mount holds files of the system itself;
 *   `path-unreadable` where no mount can be opened; `unsupported-here` without /proc.
 * @see proc_pid_mountinfo(5)
 */
export function rootOf(path: string): Root {
  componentsOf(beneath('/', path))
  for (const mount of mountsAbove(path)) {
    if (pseudoTypes.has(mount.type)) throw special()
    const identity = identityOfMount(mount)
    if (identity !== null) return { path: mount.path, identity }
  }
  throw new Fault('path-unreadable', 'the mount that holds the path cannot be opened')
}

/**
 * Refuses a folder on a mount of the system itself.
 * @param device As in the folder's stat: with a block device behind it, no list of mounts is needed.
 * @throws Fault `path-special`
 */
export function refusePseudoMount(mountId: string, device: bigint): void {
  if (majorOf(device) !== 0n) return
  const type = readMounts().find(({ id }) => id === mountId)?.type
  if (type === undefined || pseudoTypes.has(type)) throw special()
}

/** Id of the mount behind a descriptor. @throws Fault `unsupported-here` without /proc. */
export function mountIdOf(fd: number): string {
  const id = /^mnt_id:\t(\d+)$/m.exec(infoOf(fd))?.[1]
  if (id === undefined) throw unsupported()
  return id
}

/** @throws Fault `unsupported-here` on a system whose way of opening files safely is not written yet. */
export function requireLinux(): void {
  if (process.platform !== 'linux') throw unsupported()
}

/** Device and inode of a file or folder, as the wire carries them. */
export function identityOf(stat: { readonly dev: bigint; readonly ino: bigint }): Identity {
  return { device: String(stat.dev), inode: String(stat.ino) }
}

/** Nearest first; of two on the same path the upper one first. */
function mountsAbove(path: string): Mount[] {
  return readMounts()
    .filter((mount) => mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`))
    .toReversed()
    .toSorted((a, b) => b.path.length - a.path.length)
}

/** Null where something else lies over the mount, so that its path leads to another place, or through a link. */
function identityOfMount(mount: Mount): Identity | null {
  let fd: number | undefined
  try {
    fd = openSync(mount.path, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    const isTheMount = mountIdOf(fd) === mount.id && readlinkSync(`/proc/self/fd/${fd}`) === mount.path
    return isTheMount ? identityOf(fstatSync(fd, { bigint: true })) : null
  } catch {
    return null
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function readMounts(): Mount[] {
  requireLinux()
  try {
    return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
  } catch (cause) {
    throw new Fault('unsupported-here', 'the mounts cannot be read: /proc is needed', { cause })
  }
}

/** Reads the lines of mountinfo; one that makes no sense is left out, so that its files are found on no mount. */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const fields = line.split(' ')
    const id = fields[0]
    const path = fields[4]
    const separator = fields.indexOf('-', 6)
    const type = separator === -1 ? undefined : fields[separator + 1]
    return id && path?.startsWith('/') && type ? [{ id, path: unescape(path), type }] : []
  })
}

/** The kernel writes space, tab, line feed, backslash and number sign in octal. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

/** Major number of a device; 0 for file systems without a block device. @see makedev(3) */
function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)
}

const scratch = Buffer.alloc(512)

/**
 * Files of /proc/self/fdinfo by the descriptor that they tell of. The kernel looks the number up at each read, so one that
 * stays open tells of whatever has that number by then, in a third of the time.
 */
const infos: number[] = []
const mostInfos = 64

function infoOf(fd: number): string {
  const held = infos[fd]
  if (held !== undefined) return readShort(held)
  const info = openSync(`/proc/self/fdinfo/${fd}`, constants.O_RDONLY)
  if (fd < mostInfos) infos[fd] = info
  try {
    return readShort(info)
  } finally {
    if (fd >= mostInfos) closeSync(info)
  }
}

function readShort(fd: number): string {
  return scratch.toString('latin1', 0, readSync(fd, scratch, 0, scratch.length, 0))
}

function special(): Fault {
  return new Fault('path-special', 'the path lies on a file system of the operating system itself')
}

function unsupported(): Fault {
  return new Fault('unsupported-here', 'files can be opened safely only on Linux with /proc so far')
}
