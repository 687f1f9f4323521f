// Reads every cell of an SQLite database that nobody checked: its schema runs no code, and nothing is written.
import { utf8 } from '#base'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { Member, Opening } from './container.ts'
import type { Content } from './content.ts'

/**
 * Texts and blobs of a database, each a member: `table[rowid].column`, or by its key where the table is one of keys and
 * values, as the editors' are. Deleted rows are found with the file itself.
 * @see https://www.sqlite.org/security.html, "Untrusted SQLite Database Files"
 */
export function* sqliteMembers({ content, budget, note }: Opening): Generator<Member> {
  const database = open(content, budget.held)
  if (database === null) {
    note('damaged')
    return
  }
  try {
    for (const table of tablesOf(database)) {
      for (const member of cellsOf(database, table)) {
        if (!budget.enter()) return
        yield member
      }
    }
  } catch {
    note('damaged')
  } finally {
    database.close()
  }
}

/** Of a copy in memory, or of a file that is taken to stand still: no lock, no journal, no write. */
function open(content: Content, longestCell: number): DatabaseSync | null {
  const options = { readOnly: true, limits: { length: longestCell }, defensive: true }
  try {
    if (content.path !== undefined) {
      const place = pathToFileURL(content.path)
      place.search = '?immutable=1'
      return secured(new DatabaseSync(place, options))
    }
    if (content.size > longestCell) return null
    const database = new DatabaseSync(':memory:', { limits: options.limits, defensive: true })
    database.deserialize(content.read(0, content.size).slice())
    return secured(database)
  } catch {
    return null
  }
}

function secured(database: DatabaseSync): DatabaseSync {
  database.exec(
    'PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0',
  )
  return database
}

interface Table {
  readonly name: string
  readonly hasRowid: boolean
}

/** No views and no virtual tables: they would run what the schema says. */
function tablesOf(database: DatabaseSync): Table[] {
  return database
    .prepare('PRAGMA main.table_list')
    .all()
    .filter(({ type }) => type === 'table' || type === 'shadow')
    .map(({ name, wr }) => ({ name: String(name), hasRowid: wr === 0 }))
}

function* cellsOf(database: DatabaseSync, { name, hasRowid }: Table): Generator<Member> {
  const quoted = `"${name.replaceAll('"', '""')}"`
  const statement = database.prepare(`SELECT ${hasRowid ? 'rowid AS "", ' : ''}* FROM main.${quoted}`)
  statement.setReadBigInts(true)
  let count = 0
  for (const row of statement.iterate()) {
    const id = String(row[''] ?? ++count)
    const key = typeof row['key'] === 'string' ? row['key'] : id
    for (const [column, value] of Object.entries(row)) {
      const bytes = bytesOf(value)
      if (bytes !== null) yield { name: `${name}[${column === 'key' ? id : key}].${column}`, chunks: [bytes] }
    }
  }
}

function bytesOf(value: SQLOutputValue): Uint8Array | null {
  if (typeof value === 'string') return utf8(value)
  return value instanceof Uint8Array ? value : null
}
