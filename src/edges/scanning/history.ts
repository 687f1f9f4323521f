// Every version of every file that a repository ever had, each once, with the commit that brought it.
import { join } from 'node:path'
import type { Version } from './crew.ts'
import { gitFields, type GitPlace } from './git.ts'
import { Ignoring } from './ignoring.ts'

export interface Past extends Version {
  readonly size: number
  /** The first that has it, parents before children. */
  readonly commit: string
}

const log = [
  'log',
  '--all',
  '--topo-order',
  '--reverse',
  '--full-history',
  '--root',
  '-c',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-show-signature',
  '--no-ext-diff',
  '--no-textconv',
  '--no-mailmap',
  '--no-notes',
  '--no-decorate',
  '--no-color',
  '--format=%H',
]

/**
 * Lists all versions, the oldest first.
 * @param paths Absolute; none for all.
 * @throws Fault `git-failed`
 */
export async function pastFiles(place: GitPlace, paths: readonly string[]): Promise<Past[]> {
  const ignoring = Ignoring.at(place.folder, 'own')
  const versions = new Map<string, Past>()
  let commit = ''
  let id: string | null = null
  for await (const raw of gitFields(place, [...log, '--', ...paths])) {
    if (id === null) {
      const field = raw.replace(/^\n/, '')
      if (field.startsWith(':')) id = newVersion(field)
      else if (field !== '') commit = field
      continue
    }
    // This field is a path, whatever it looks like.
    if (id !== '' && !versions.has(id) && !ignoring.leavesOut(join(place.folder, raw), false)) {
      versions.set(id, { id, shown: raw, commit, size: 0 })
    }
    id = null
  }
  return [...versions.values()]
}

/** The id after the change, or '' if that is no file: `:MODES… IDS… STATUS`, a colon and a mode more for each parent. */
function newVersion(field: string): string {
  const parents = /^:+/.exec(field)?.[0].length ?? 1
  const parts = field.slice(parents).split(' ')
  return parts[parents]?.startsWith('100') === true ? (parts[2 * parents + 1] ?? '') : ''
}
