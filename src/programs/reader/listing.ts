// Masks secrets in the names that a folder holds.
import type { FolderEntry } from '#files'
import { mask, type Lent } from './masking.ts'

/**
 * Gives the entries with the secrets in their names masked. A line feed in a name counts as part of it.
 * @throws Fault `redaction-failed`
 */
export function maskNames(entries: readonly FolderEntry[], lent: Lent): FolderEntry[] {
  const { cut } = mask(entries.map(({ name }) => name).join('\n'), lent)
  let at = 0
  return entries.map((entry) => {
    const start = at
    at += entry.name.length + 1
    return { ...entry, name: cut(start, start + entry.name.length) }
  })
}
