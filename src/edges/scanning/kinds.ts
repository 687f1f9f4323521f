// Which kind of container a file is, by its first bytes and never by its name alone.
import { asarMembers, isAsar } from './asar.ts'
import type { Opener } from './container.ts'
import { latin1 } from './content.ts'
import { notebookMembers } from './notebook.ts'
import { gzipMembers, isTarHeader, tarMembers } from './tar.ts'
import { zipMembers } from './zip.ts'

/** Bytes that it takes to tell. */
export const headLength = 512

export interface Kind {
  readonly open: Opener
  /** Its own bytes are read as well: they hold more than its members show. */
  readonly isText: boolean
}

const longestMark = 16
/** Of those below, the first bytes: what begins otherwise need not be compared. */
const firstOfMarks = new Set(['P', '\u001f', 'S'].map((char) => char.charCodeAt(0)))
const zip: Kind = { open: zipMembers, isText: false }
const marks: readonly (readonly [mark: string, kind: Kind])[] = [
  ['PK\u0003\u0004', zip],
  // Without a member.
  ['PK\u0005\u0006', zip],
  ['\u001f\u008b\u0008', { open: gzipMembers, isText: false }],
]
const sqliteMark = 'SQLite format 3\0'

/** The kind of a container, or null for what is none. */
export async function kindOf(head: Uint8Array, path: string): Promise<Kind | null> {
  const start = firstOfMarks.has(head[0] ?? 0) ? latin1(head.subarray(0, longestMark)) : ''
  const marked = marks.find(([mark]) => start.startsWith(mark))
  if (marked !== undefined) return marked[1]
  // Loaded when met: few files are databases.
  if (start === sqliteMark) return { open: (await import('./sqlite.ts')).sqliteMembers, isText: true }
  if (isAsar(head)) return { open: asarMembers, isText: false }
  if (isTarHeader(head)) return { open: tarMembers, isText: false }
  return path.endsWith('.ipynb') ? { open: notebookMembers, isText: true } : null
}
