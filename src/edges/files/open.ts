// Opens files and folders beneath a root by descriptor, so that no swapped link or renamed folder leads outside.
import { errorCode, Fault } from '#base'
import { randomBytes } from 'node:crypto'
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  statSync,
} from 'node:fs'
import { type Identity, identityOf, mountIdOf, pathOnly, refusePseudoMount, requireLinux } from './mounts.ts'
import { componentsOf, fileComponentsOf, removedMark } from './path.ts'

/** How a folder is to be opened. */
export interface FolderOptions {
  /** The root must be this very folder, whatever its path leads to by now. */
  readonly identity?: Identity
}

/** How a file is to be opened. */
export interface OpenOptions extends FolderOptions {
  /** Bytes that the file may have at most. */
  readonly maxSize?: number
  /** Serves a file that has further names, which may lie outside the root. */
  readonly allowHardLinks?: boolean
}

/** What was opened. Close it once: with `using`, or with `closeSync(fd)`. */
export interface Opened extends Disposable {
  /** For a file open for reading, for a folder a place (O_PATH) to list or walk from. */
  readonly fd: number
  readonly stat: BigIntStats
  /** Absolute path that the system knows the descriptor by. */
  readonly path: string
}

/** A file that was opened and checked. Whoever opened it closes it. */
export interface OpenedFile extends Opened {
  /** Of the folder that holds the file. */
  readonly folder: Identity
}

/** The root as it was opened: all beneath must lie on the same device and the same mount. */
interface Base {
  readonly fd: number
  readonly device: bigint
  readonly mountId: string
}

const folderFlags = pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW
const leafFlags = pathOnly | constants.O_NOFOLLOW
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/**
 * Opens a regular file beneath a folder for reading. Each component is opened on its own, without following links; the
 * inode that was checked is the one that is opened, with no second look-up of its name. Pipes, sockets and devices are
 * looked at, never opened.
 * @param root Folder that the caller trusts; its own path is resolved as the system does.
 * @param path Relative to `root`. Attacker-controlled, as is all that lies beneath `root`.
 * @throws Fault `path-invalid`, `path-outside-root` (the root is not `identity`), `path-not-found`, `path-symlink`,
 *   `path-not-file`, `path-not-folder`, `path-hard-linked`, `path-crosses-mount`, `path-special`, `path-unreadable`,
 *   `file-too-large`, `busy`; `unsupported-here` on systems other than Linux.
 * @see openat2(2), `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS`, `RESOLVE_NO_XDEV`: the same rules, without the call
 */
export function openBeneath(root: string, path: string, options: OpenOptions = {}): OpenedFile {
  const components = fileComponentsOf(path)
  const name = components.pop() ?? ''
  return withFolder({ root, components, options }, (folder, base) => openLeaf(folder, name, base, options))
}

/**
 * Opens a folder beneath a folder, by the rules of `openBeneath`.
 * @param path Relative to `root`; an empty one is the root itself. Attacker-controlled.
 * @throws Fault as `openBeneath`, but for those of files.
 */
export function openFolderBeneath(root: string, path: string, options: FolderOptions = {}): Opened {
  const components = componentsOf(path)
  return withFolder({ root, components, options }, (folder, base) => {
    if (mountIdOf(folder) !== base.mountId) throw crossesMount()
    const fd = openDescriptor(`/proc/self/fd/${folder}`, pathOnly | constants.O_DIRECTORY)
    return closeUnless(fd, () => {
      const stat = fstatSync(fd, { bigint: true })
      if (stat.dev !== base.device) throw crossesMount()
      return opened(fd, stat, realPathOf(fd, stat))
    })
  })
}

interface Walk {
  readonly root: string
  readonly components: readonly string[]
  readonly options: FolderOptions
}

/** Walks to a folder, lends its descriptor, and closes all that it opened. */
export function withFolder<Result>(walk: Walk, use: (folder: number, base: Base) => Result): Result {
  const base = openRoot(walk.root, walk.options.identity)
  const held = [base.fd]
  try {
    let folder = base.fd
    for (const component of walk.components) {
      folder = openAt(folder, component, folderFlags)
      held.push(folder)
    }
    return use(folder, base)
  } finally {
    for (const fd of held) closeSync(fd)
  }
}

function openRoot(root: string, identity: Identity | undefined): Base {
  requireLinux()
  const fd = openRootFolder(root)
  return closeUnless(fd, () => {
    const stat = fstatSync(fd, { bigint: true })
    if (identity !== undefined && !isSame(identity, identityOf(stat))) {
      throw new Fault('path-outside-root', 'the folder is not the one that was meant')
    }
    const mountId = mountIdOf(fd)
    refusePseudoMount(mountId, stat.dev)
    return { fd, device: stat.dev, mountId }
  })
}

function openRootFolder(root: string): number {
  if (root === '' || root.includes('\0')) throw new Fault('path-invalid', 'the root is no path')
  try {
    return openSync(root, pathOnly | constants.O_DIRECTORY)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOTDIR') throw new Fault('path-not-folder', 'the root is no folder')
    throw pathFault(thrown)
  }
}

export function openLeaf(folder: number, name: string, base: Base, options: OpenOptions): OpenedFile {
  const leaf = openAt(folder, name, leafFlags)
  try {
    checkFile(fstatSync(leaf, { bigint: true }), base, options)
    if (mountIdOf(leaf) !== base.mountId) throw crossesMount()
    awaitChanges(folder)
    return { ...reopen(leaf, base, options), folder: identityOf(fstatSync(folder, { bigint: true })) }
  } finally {
    closeSync(leaf)
  }
}

/**
 * Waits for changes of a folder that are under way. While a name is removed, Linux counts it out before the path of what
 * was opened by it says so; both are done before anybody else may look for a name that it has not in mind.
 */
function awaitChanges(folder: number): void {
  statSync(`/proc/self/fd/${folder}/.${randomBytes(12).toString('hex')}`, { throwIfNoEntry: false })
}

/** Opens the very inode behind `leaf`, through the magic link of /proc: nobody can swap it any more. */
function reopen(leaf: number, base: Base, options: OpenOptions): Opened {
  const fd = openDescriptor(`/proc/self/fd/${leaf}`, readFlags)
  return closeUnless(fd, () => {
    const path = readlinkSync(`/proc/self/fd/${fd}`)
    // Somebody could make the name a second one of a file outside, and remove it before the names are counted. What was
    // opened by it then has this at the end of its path for ever, and no name that is asked for ends so.
    if (path.endsWith(removedMark)) throw notFound()
    const stat = fstatSync(fd, { bigint: true })
    checkFile(stat, base, options)
    return opened(fd, stat, path)
  })
}

function opened(fd: number, stat: BigIntStats, path: string): Opened {
  return { fd, stat, path, [Symbol.dispose]: () => closeSync(fd) }
}

function checkFile(stat: BigIntStats, base: Base, { allowHardLinks = false, maxSize }: OpenOptions): void {
  if (stat.isSymbolicLink()) throw new Fault('path-symlink', 'the path is a symbolic link')
  if (!stat.isFile()) throw new Fault('path-not-file', 'the path is no regular file')
  if (stat.dev !== base.device) throw crossesMount()
  if (stat.nlink === 0n) throw notFound()
  if (stat.nlink > 1n && !allowHardLinks)
    throw new Fault('path-hard-linked', 'the file has more than one name')
  if (maxSize !== undefined && stat.size > maxSize) {
    throw new Fault('file-too-large', `the file has ${stat.size} bytes; at most ${maxSize} are served`)
  }
}

function openAt(folder: number, name: string, flags: number): number {
  const path = `/proc/self/fd/${folder}/${name}`
  try {
    return openSync(path, flags)
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOTDIR') throw pathFault(thrown)
    // The open has failed already: a swap from here on changes only which refusal is given.
    throw isLink(path)
      ? new Fault('path-symlink', 'a folder on the way is a symbolic link')
      : new Fault('path-not-folder', 'something on the way is no folder')
  }
}

function openDescriptor(path: string, flags: number): number {
  try {
    return openSync(path, flags)
  } catch (thrown) {
    throw pathFault(thrown)
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

function realPathOf(fd: number, before: BigIntStats): string {
  const path = readlinkSync(`/proc/self/fd/${fd}`)
  if (before.nlink === 0n || fstatSync(fd, { bigint: true }).nlink === 0n) throw notFound()
  return path
}

function closeUnless<Result>(fd: number, use: () => Result): Result {
  try {
    return use()
  } catch (thrown) {
    closeSync(fd)
    throw thrown
  }
}

function isSame(a: Identity, b: Identity): boolean {
  return a.device === b.device && a.inode === b.inode
}

/** The system's own message holds the path, so it stays in `cause`. */
function pathFault(thrown: unknown): Fault {
  switch (errorCode(thrown)) {
    case 'ENOENT':
      return notFound(thrown)
    case 'ELOOP':
      return new Fault('path-symlink', 'the path holds a symbolic link', { cause: thrown })
    case 'ENAMETOOLONG':
      return new Fault('path-invalid', 'a name in the path is too long for its file system', {
        cause: thrown,
      })
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
      return new Fault('busy', 'too many files are open, or another process has a lease', { cause: thrown })
    case undefined:
    default:
      return new Fault('path-unreadable', 'the system does not let us open the path', { cause: thrown })
  }
}

function notFound(cause?: unknown): Fault {
  return new Fault('path-not-found', 'nothing has this path', { cause })
}

function crossesMount(): Fault {
  return new Fault('path-crosses-mount', 'the path leads to another file system')
}
