// Answers the broker: what a path is, what a folder holds, what a file says once its secrets are masked.
import { Fault, fromBase64url } from '#base'
import {
  beneath,
  identityOf,
  listFolder,
  openBeneath,
  type Opened,
  type OpenedFile,
  openFolderBeneath,
  rootOf,
  searchFolder,
  withoutIgnored,
} from '#files'
import { parseKnownSecrets } from '#known'
import type { Handlers, ReplyOf, RequestOf } from '#wire'
import { editHandlers } from './editing.ts'
import { kindsOf } from './kinds.ts'
import { grepContent } from './grepping.ts'
import { maskNames } from './listing.ts'
import type { Lent, Task } from './masking.ts'
import { type Content, readContent } from './reading.ts'

type Root = RequestOf<'reader.read'>['root']

/**
 * The handlers of one reader, which share the table of known secrets. Without a table nothing is read.
 * @param edits Where an editor keeps what undoes its edits; a reader has no such folder, and changes nothing.
 */
export function readerHandlers(edits?: string): Handlers {
  let held: Lent | null = null
  const lent = (): Lent => {
    if (held === null) throw new Fault('locked', 'the table of known secrets has not come yet')
    return held
  }
  return {
    'reader.table': ({ table, pseudonymKey }) => {
      // If the new one cannot be read, the old one must not serve in its place.
      held = null
      held = { known: parseKnownSecrets(table), key: fromBase64url(pseudonymKey) }
      return {}
    },
    'reader.read': (request, { signal }) => read(request, { lent: lent(), signal }),
    'reader.grep': (request, { signal }) => grep(request, { lent: lent(), signal }),
    'reader.list': (request, { signal }) => list(request, { lent: lent(), signal }),
    'reader.search': (request, { signal }) => search(request, { lent: lent(), signal }),
    'reader.identify': ({ path }) => identify(path),
    ...(edits === undefined ? {} : editHandlers(edits, lent)),
  }
}

function read(request: RequestOf<'reader.read'>, task: Task): Promise<ReplyOf<'reader.read'>> {
  return found(request, request.mode, (fd) => readContent(fd, request, task))
}

function grep(request: RequestOf<'reader.grep'>, task: Task): Promise<ReplyOf<'reader.grep'>> {
  return found(request, 'grep', (fd) => grepContent(fd, request, task))
}

/** Opens a file, reads it in some way, and says what was found and of what kind it is. */
async function found(
  { path, root }: Pick<RequestOf<'reader.read'>, 'path' | 'root'>,
  mode: ReplyOf<'reader.read'>['released']['mode'],
  use: (fd: number) => Promise<Content>,
): Promise<ReplyOf<'reader.read'>> {
  using file = openFile(path, root)
  const { classes, ...content } = await use(file.fd)
  return {
    released: { status: 'ok', path: file.path, mode, size: Number(file.stat.size), ...content },
    identity: identityOf(file.stat),
    folder: file.folder,
    classes: [...new Set([...kindsOf(file.fd), ...classes])],
  }
}

async function list(
  request: RequestOf<'reader.list'>,
  { lent, signal }: Task,
): Promise<ReplyOf<'reader.list'>> {
  using folder = openFolder(request.path, request.root)
  const { entries: all, truncated } = await listFolder(folder.fd, { glob: request.glob, signal })
  const { entries, ignored } = request.withIgnored
    ? { entries: all, ignored: 0 }
    : withoutIgnored(folder, all)
  return {
    listing: { status: 'ok', path: folder.path, entries: maskNames(entries, lent), truncated, ignored },
    identity: identityOf(folder.stat),
    classes: [],
  }
}

async function search(
  request: RequestOf<'reader.search'>,
  { lent, signal }: Task,
): Promise<ReplyOf<'reader.search'>> {
  using folder = openFolder(request.path, request.root)
  const { entries, next, ignored } = await searchFolder(folder, request.pattern, { ...request, signal })
  return {
    found: {
      status: 'ok',
      path: folder.path,
      entries: maskNames(entries, lent),
      next,
      ignored,
      withheld: 0,
    },
    names: entries.map(({ name }) => name),
    identity: identityOf(folder.stat),
    classes: [],
  }
}

function identify(path: string): ReplyOf<'reader.identify'> {
  using found = openEither(path)
  const kind = found.stat.isDirectory() ? 'folder' : 'file'
  return { path: found.path, kind, identity: identityOf(found.stat), classes: [] }
}

/** A granted folder must be that very folder; without a grant the walk begins where the file system does. */
function openFile(path: string, granted: Root): OpenedFile {
  const root = granted ?? rootOf(path)
  return openBeneath(root.path, beneath(root.path, path), { identity: root.identity })
}

function openFolder(path: string, granted: Root): Opened {
  const root = granted ?? rootOf(path)
  return openFolderBeneath(root.path, beneath(root.path, path), { identity: root.identity })
}

function openEither(path: string): Opened {
  try {
    return openFolder(path, null)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'path-not-folder') return openFile(path, null)
    throw thrown
  }
}
